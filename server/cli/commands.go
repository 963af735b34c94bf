package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"text/tabwriter"

	"github.com/alecthomas/kong"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
)

// examples are indented in each help text, because kong folds the lines of what is not.
const examples = `  Try it:     bloghorn demo
  Look first: bloghorn preview https://blog.example
  Run it:     bloghorn serve
  Your blog:  bloghorn blog add https://blog.example --handle blog`

// newCommandLine returns a command line that knows the settings of blogs.
func newCommandLine() (line commandLine) {
	line.Blog.Add.Flags, line.Blog.Edit.Flags = config.BlogFlags(), config.BlogFlags()
	return line
}

// commandLine is everything one can type. Settings are accepted before and after any command.
type commandLine struct {
	config.Settings `group:"Settings"`

	Serve       serveCommand       `cmd:"" help:"Run the server."`
	Demo        demoCommand        `cmd:"" help:"Try everything on this computer: a sample blog, a toy fediverse reader and the server between them."`
	Preview     previewCommand     `cmd:"" help:"See how a blog will look on the fediverse, and what to improve; stores and sends nothing."`
	Plan        planCommand        `cmd:"" help:"Say what the next poll of a blog's feed would do; stores and sends nothing."`
	Blog        blogCommands       `cmd:"" help:"Add, list and edit blogs."`
	Feed        feedCommands       `cmd:"" help:"Look after the feeds: what is known of one, read it now, held posts, hooks for deploy scripts."`
	Post        postCommands       `cmd:"" help:"List, share and pin posts, decide about held ones, and fetch older ones."`
	Reply       replyCommands      `cmd:"" help:"List, approve and hide replies."`
	Received    receivedCommands   `cmd:"" help:"Read the journal: what other servers sent, and what became of it."`
	Reaction    reactionCommands   `cmd:"" help:"List likes and boosts, and take single ones out of the counts."`
	Quote       quoteCommands      `cmd:"" help:"List who may quote a post, and take that back."`
	Report      reportCommands     `cmd:"" help:"Reports from other servers, and yours to them."`
	Follower    followerCommands   `cmd:"" help:"List, export and remove followers, and accept them again."`
	Key         keyCommands        `cmd:"" help:"List and change the keys of a blog."`
	Delivery    deliveryCommands   `cmd:"" help:"See what was delivered and what was not, try again, give up, pause a server."`
	Block       blockCommands      `cmd:"" help:"Keep people and servers out."`
	Admin       adminCommands      `cmd:"" help:"Open the admin pages."`
	Healthcheck healthcheckCommand `cmd:"" help:"Ask a running server whether it is ready: exit code 0 or 1, for containers."`

	Help helpCommand `cmd:"" help:"Tell of a command, as --help after it does, or list all settings: bloghorn help settings."`

	Version kong.VersionFlag `help:"Print the version."`
}

// invocation is what a command gets: the settings and where to write.
type invocation struct {
	ctx      context.Context
	settings config.Settings
	stdout   io.Writer       // data
	stderr   io.Writer       // messages
	given    map[string]bool // flags that were typed, by name
}

// withDatabase does something with the configured database. Whoever has another secret key than the
// database has mistaken one of the two.
func (in *invocation) withDatabase(do func(*database.DB) error) error {
	db, err := config.OpenDatabase(in.ctx, in.existing())
	if err != nil {
		return err
	}
	defer db.Close()
	if err := config.CheckSecret(in.ctx, in.settings, db); err != nil {
		return err
	}
	defer app.TellServers(db, in.logger())
	return do(db)
}

// existing are the settings of a command that makes nothing: a mistyped path shall not become
// another installation.
func (in *invocation) existing() config.Settings {
	s := in.settings
	s.MustExist = true
	return s
}

// app is everything that a server has, for commands that need more than the database. The caller
// closes it.
func (in *invocation) app() (*app.App, error) {
	return app.New(in.ctx, in.existing(), in.logger(), app.OutsideOf(in.ctx))
}

// withBlog does something to a blog, given by its name or the only one, with everything that a
// server has.
func (in *invocation) withBlog(name string, do func(*app.App, feeds.Blog) error) error {
	a, err := in.app()
	if err != nil {
		return err
	}
	defer a.Close()
	b, err := oneBlog(in.ctx, a.DB, name)
	if err != nil {
		return err
	}
	return do(a, b)
}

// parseID reads the id of a thing, which the command list prints.
func parseID(text, thing, list string) (database.ID, error) {
	id, err := database.ParseID(text)
	switch {
	case err == nil:
		return id, nil
	case database.LooksLikeID(text):
		return 0, exit.With(exit.NotFound, "there is no %s %s. See: bloghorn %s", thing, text, list)
	}
	return 0, exit.With(exit.Usage, "%.200q is not the id of a %s, which has 13 letters and digits. See: bloghorn %s", text, thing, list)
}

// line is what a command shows of something: a name and a value.
type line config.Line

func (l line) isEmpty() bool { return l.Value == "" }

// show prints a line for each value.
func (in *invocation) show(values []line) error {
	table := tabwriter.NewWriter(in.stdout, 0, 8, 2, ' ', 0)
	for _, v := range values {
		fmt.Fprintf(table, "%s\t%s\n", v.Name, v.Value)
	}
	return table.Flush()
}

// logger writes to stderr as ops.log_format says: text for people, JSON for machines.
func (in *invocation) logger() *slog.Logger {
	var level slog.Level
	level.UnmarshalText([]byte(in.settings.Ops.LogLevel)) // kong has checked the word
	format := in.settings.Ops.LogFormat
	return app.NewLogger(in.stderr, level, format == "text" || format == "auto" && isTerminal(in.stderr))
}

func isTerminal(w io.Writer) bool {
	file := fileOf(w)
	if file == nil {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// atMost is how many rows a list has at most. None is no list: it would say that there is nothing.
type atMost int

// UnmarshalText reads a number from 1 on.
func (n *atMost) UnmarshalText(text []byte) error {
	v, err := strconv.Atoi(string(text))
	if err != nil || v < 1 {
		return fmt.Errorf("%q is not a number from 1 on", text)
	}
	*n = atMost(v)
	return nil
}
