package cli

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/bloghorn/bloghorn/server/config"
)

// settingsWord is what follows help to list the settings.
const settingsWord = "settings"

var (
	belowZero = regexp.MustCompile(`^-[0-9]`)
	flagAlone = regexp.MustCompile(`^(--[a-z][a-z-]*|-[a-z])$`)
)

// withValues gives flags a value below zero, which kong takes for another flag: what is wrong with
// it is said in words, then.
func withValues(args []string) (all []string) {
	for i, arg := range args {
		if arg == "--" {
			return append(all, args[i:]...)
		}
		last := len(all) - 1
		switch {
		case last < 0 || !belowZero.MatchString(arg) || !flagAlone.MatchString(all[last]):
			all = append(all, arg)
		case strings.HasPrefix(all[last], "--"):
			all[last] += "=" + arg
		default:
			all[last] += arg // -n-1
		}
	}
	return all
}

// inFlags turns the words that people type first, help and version, into the flags of that name.
func inFlags(args []string) []string {
	args = withValues(args)
	switch {
	case len(args) == 0:
		return []string{"--help"}
	case args[0] == "version" && len(args) == 1:
		return []string{"--version"}
	case args[0] == "help" && !slices.Contains(args, settingsWord):
		return append(slices.Clone(args[1:]), "--help")
	}
	return args
}

// printHelp tells of a command, and in one line of the settings, which are the same for all.
func printHelp(options kong.HelpOptions, ctx *kong.Context) error {
	for _, flag := range ctx.Model.Flags {
		flag.Hidden = flag.Hidden || flag.Group != nil && flag.Group.Key == "Settings"
	}
	if err := kong.DefaultHelpPrinter(options, ctx); err != nil {
		return err
	}
	_, err := fmt.Fprintln(ctx.Stdout, "\nSettings, such as --config FILE or --data-dir DIR, are the same for every command: bloghorn help settings")
	return err
}

// helpCommand lists the settings; what else it is asked never comes here (inFlags).
type helpCommand struct {
	Topic string `arg:"" optional:"" help:"A command, or settings."`
}

// Run prints each setting with its names, what it does, and what it is where nobody sets it.
func (c helpCommand) Run(in *invocation, app *kong.Kong) error {
	fmt.Fprint(in.stdout, "Each setting can be a flag, an environment variable, or a line of bloghorn.toml; the first of these that is there counts.\n")
	for _, flag := range app.Model.Flags {
		if flag.Group == nil || flag.Group.Key != "Settings" {
			continue
		}
		usual := ""
		if flag.HasDefault && flag.Default != "" {
			usual = " (" + flag.Default + ")"
		}
		fmt.Fprintf(in.stdout, "\n--%s%s\n", flag.Name, usual)
		for _, env := range flag.Envs {
			fmt.Fprintf(in.stdout, "  %s", env)
		}
		fmt.Fprintf(in.stdout, "  %s\n  %s\n", config.KeyOf(flag.Name), flag.OrigHelp)
	}
	return nil
}
