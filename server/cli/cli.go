package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/web"
)

// Main runs the program as its arguments say, until it is done or told to stop, and exits.
func Main(ctx context.Context) {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as it is under nohup
		signals = append(signals, syscall.SIGHUP)
		// A terminal that is closed may send two: one by the system, one by the shell.
		signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(ctx, signals...)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is the whole program: arguments in, an exit code out. Data goes to stdout, messages to
// stderr, and both through terminal.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	stdout, stderr = &terminal{to: stdout}, &terminal{to: stderr}
	code, err := command(ctx, args, stdout, stderr)
	if err != nil {
		if ctx.Err() != nil && cutShort(err) {
			code, err = exit.Interrupted, errStopped
		}
		fmt.Fprintln(stderr, "bloghorn: "+said(err))
	}
	return code
}

// said are the words of an error. What a server calls too many requests is here a command that was
// typed twice, and its own words tell that.
func said(err error) string {
	if !errors.Is(err, web.ErrTooMany) {
		return err.Error()
	}
	return strings.Replace(err.Error(), web.ErrTooMany.Error()+": ", "", 1)
}

var errStopped = errors.New("stopped by you before it was done. To finish it, run it again")

// cutShort reports whether err comes of a context that ended. Some errors have only the words of
// that.
func cutShort(err error) bool {
	return errors.Is(err, context.Canceled) || slices.ContainsFunc(
		[]string{"context canceled", "operation was canceled", "interrupted (9)"},
		func(words string) bool { return strings.Contains(err.Error(), words) })
}

// command parses the arguments and runs the command they name.
func command(ctx context.Context, args []string, stdout, stderr io.Writer) (code int, err error) {
	line := newCommandLine()
	exited := -1
	parser, err := kong.New(&line, parserOptions(stdout, stderr, &exited)...)
	if err != nil {
		return exit.Failed, fmt.Errorf("build the command line: %w", err)
	}
	parsed, err := parser.Parse(inFlags(args))
	switch {
	case exited >= 0: // --help or --version has said what was asked
		return exited, nil
	case err != nil:
		return exit.CodeOf(err, exit.Usage), withHelp(err)
	}
	if parsed.Command() != demoName { // which has settings of its own
		if err := line.Settings.Check(); err != nil {
			return exit.CodeOf(err, exit.Config), err
		}
	}
	given := map[string]bool{}
	for _, step := range parsed.Path {
		if step.Flag != nil && !step.Resolved {
			given[step.Flag.Name] = true
		}
	}
	err = config.WithAdvice(parsed.Run(&invocation{ctx: ctx, settings: line.Settings, stdout: stdout, stderr: stderr, given: given}))
	return exit.CodeOf(err, exit.Failed), err
}

// withHelp says where to look what a command wants. Errors with an exit code of their own say it
// themselves.
func withHelp(err error) error {
	var e *exit.Error
	var wrong *kong.ParseError
	if errors.As(err, &e) || !errors.As(err, &wrong) {
		return err
	}
	words := []string{"bloghorn"}
	for _, step := range wrong.Context.Path {
		if step.Command != nil {
			words = append(words, step.Command.Name)
		}
	}
	said := strings.Replace(err.Error(), `must be one of "",`, "must be one of ", 1) // "" is what it is when it is left out
	if missing, is := strings.CutPrefix(said, "expected "); is {
		said = "something is missing behind " + strings.Join(words, " ") + ": " + missing
	}
	return fmt.Errorf("%s\nSee: %s --help", said, strings.Join(words, " "))
}

func parserOptions(stdout, stderr io.Writer, exited *int) []kong.Option {
	return []kong.Option{
		kong.Name("bloghorn"),
		kong.Description("Your blog on the fediverse: its posts reach followers everywhere, their replies come back as comments.\n\n" + examples),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { *exited = code }),
		kong.Help(printHelp),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true, WrapUpperBound: 100}),
		kong.Vars{"version": "bloghorn " + app.Version},
		kong.WithBeforeResolve(config.WarnOfEnvironment),
		kong.WithBeforeResolve(func(ctx *kong.Context) error {
			if ctx.Command() == demoName { // it reads no file
				return nil
			}
			return config.ReadFile(ctx)
		}),
	}
}
