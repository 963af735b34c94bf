package cli

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"syscall"

	"github.com/bloghorn/bloghorn/admin"
	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/exit"
)

type serveCommand struct {
	NewDatabase bool `help:"Begin with an empty database although the secret key is there already."`
}

// Help shows how it is used.
func (serveCommand) Help() string {
	return "For example:\n\n  At home:     bloghorn serve\n  For real:    bloghorn serve --public-url https://blog.example/fedi\n" +
		"  With MySQL:  BLOGHORN_DATABASE_URL=mysql://user:pass@host:3306/bloghorn bloghorn serve\n\n" +
		"Nothing has to be configured: it keeps its data in ./data and listens on 127.0.0.1:8484. SIGTERM, Ctrl-C or the end of its terminal lets what is under way finish and then stops."
}

// Run serves until it is told to stop.
func (c serveCommand) Run(in *invocation) error {
	in.settings.NewDatabase = c.NewDatabase
	in.settings.ServesGuess, in.settings.PublicGuessed = in.settings.PublicGuessed, false // here is decided what the others go by
	a, err := app.New(in.ctx, in.settings, in.logger(), app.OutsideOf(in.ctx))
	if err != nil {
		return err
	}
	defer a.Close()
	slog.SetDefault(a.Log)
	public, err := bind(in.settings.Listen, "--listen")
	if err != nil {
		return err
	}
	defer public.Close()
	private, err := bind(in.settings.Admin.Listen, "--admin-listen")
	if err != nil {
		return err
	}
	defer private.Close()
	if err := a.Settle(in.ctx); err != nil { // not before: a server that runs already may have the blogs where they are
		return err
	}
	if err := in.greet(a, private.Addr().String()); err != nil {
		return err
	}
	a.Warn()
	return a.Serve(in.ctx, public, private)
}

// bind opens a listener and says in words why it cannot.
func bind(address, flag string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, exit.With(exit.Failed, "%s is taken by another program, perhaps a Bloghorn that already runs. Stop that one, or choose another address with %s.", address, flag)
	case err != nil:
		return nil, exit.With(exit.Failed, "cannot listen on %s: %v. Choose another address with %s.", address, err, flag)
	}
	return l, nil
}

// greet says on stderr where everything is and what to do next.
func (in *invocation) greet(a *app.App, adminAddress string) error {
	blogs, err := feeds.ListBlogs(in.ctx, a.DB, 0, 1)
	if err != nil {
		return fmt.Errorf("list the blogs: %w", err)
	}
	next := "Comments are on. Put this on your pages: <script type=\"module\" src=\"" + a.Settings.PublicURL + "/widget/1/comments.js\"></script> <bloghorn-comments></bloghorn-comments>"
	if len(blogs) == 0 {
		next = "Next: bloghorn blog add https://your.blog"
	}
	fmt.Fprintf(in.stderr, "bloghorn %s serves %s\nAdmin: %s\n%s\n", app.Version, a.Settings.PublicURL, in.door(a, adminAddress), next)
	return nil
}

// door is how to get into the admin pages. A link is shown on a terminal only: elsewhere is the
// journal of a service, which more people read and which is kept. That none can be made is no
// reason not to serve.
func (in *invocation) door(a *app.App, adminAddress string) string {
	if isTerminal(in.stderr) {
		token, err := admin.NewLink(in.ctx, a.DB, a.Now())
		if err == nil {
			return adminLink(adminAddress, token) + " (valid 30 min, once)"
		}
		a.Log.Warn("no link to the admin pages can be made at the moment", "err", err)
	}
	return "http://" + config.Dialable(adminAddress) + "/admin/ (for a link that signs you in: bloghorn admin link)"
}

func adminLink(address, token string) string {
	return "http://" + config.Dialable(address) + "/admin/?token=" + token
}
