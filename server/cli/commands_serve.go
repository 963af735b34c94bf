package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bloghorn/bloghorn/admin"
	"github.com/bloghorn/bloghorn/feeds"
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
	a, err := newApp(in.ctx, in.settings, in.logger(), outsideOf(in.ctx))
	if err != nil {
		return err
	}
	defer a.close()
	slog.SetDefault(a.log)
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
	if err := a.settle(in.ctx); err != nil { // not before: a server that runs already may have the blogs where they are
		return err
	}
	if err := in.greet(a, private.Addr().String()); err != nil {
		return err
	}
	a.warn()
	return a.serve(in.ctx, public, private)
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
func (in *invocation) greet(a *app, adminAddress string) error {
	blogs, err := feeds.ListBlogs(in.ctx, a.db, 0, 1)
	if err != nil {
		return fmt.Errorf("list the blogs: %w", err)
	}
	next := "Comments are on. Put this on your pages: <script type=\"module\" src=\"" + a.settings.PublicURL + "/widget/1/comments.js\"></script> <bloghorn-comments></bloghorn-comments>"
	if len(blogs) == 0 {
		next = "Next: bloghorn blog add https://your.blog"
	}
	fmt.Fprintf(in.stderr, "bloghorn %s serves %s\nAdmin: %s\n%s\n", version, a.settings.PublicURL, in.door(a, adminAddress), next)
	return nil
}

// door is how to get into the admin pages. A link is shown on a terminal only: elsewhere is the
// journal of a service, which more people read and which is kept. That none can be made is no
// reason not to serve.
func (in *invocation) door(a *app, adminAddress string) string {
	if isTerminal(in.stderr) {
		token, err := admin.NewLink(in.ctx, a.db, a.now())
		if err == nil {
			return adminLink(adminAddress, token) + " (valid 30 min, once)"
		}
		a.log.Warn("no link to the admin pages can be made at the moment", "err", err)
	}
	return "http://" + config.Dialable(adminAddress) + "/admin/ (for a link that signs you in: bloghorn admin link)"
}

func adminLink(address, token string) string {
	return "http://" + config.Dialable(address) + "/admin/?token=" + token
}

// warn logs what an operator should know about the settings.
func (a *app) warn() {
	s := a.settings
	config.WarnOfReaders(s, a.log)
	if len(s.Feed.AllowPrivate) > 0 {
		a.log.Warn("feeds may be fetched from these private addresses", "feed.allow_private", strings.Join(s.Feed.AllowPrivate, " "))
	}
	if len(s.Federation.AllowPrivate) > 0 {
		a.log.Warn("federation may reach these private addresses", "federation.allow_private", strings.Join(s.Federation.AllowPrivate, " "))
	}
	if config.ThisComputer(hostOnly(s.PublicURL)) {
		a.log.Warn("public_url is this computer, so no other server can follow yet; set it to the address your proxy serves", "public_url", s.PublicURL)
	}
	if _, path, found := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(s.PublicURL, "https://"), "http://"), "/"); found {
		a.log.Info("public_url has a path: the proxy must pass it on, not strip it", "path", "/"+path)
	}
}

func hostOnly(base string) string {
	host := config.HostOf(base)
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

// serve answers on both listeners and runs the loops until ctx ends; then it drains: no new requests, no new claims,
// what is under way may finish within ops.shutdown_timeout. What remains is in the database.
func (a *app) serve(ctx context.Context, public, private net.Listener) error {
	pages := &admin.Pages{
		DB: a.db, Log: a.part("admin"), Now: a.now, Interval: time.Duration(a.settings.Feed.PollInterval),
		ReleaseHeld: time.Duration(a.settings.Feed.ReleaseHeld), WakeNext: a.wake,
		AnswerIn: a.answerIn, Ready: a.ready, LinksFrom: a.linksFrom,
	}
	servers := []*http.Server{newServer(a.handler()), newServer(a.proxies.Middleware(pages.Handler()))}
	all, ctx := errgroup.WithContext(ctx)
	for i, l := range []net.Listener{public, private} {
		all.Go(func() error {
			if err := servers[i].Serve(l); !errors.Is(err, http.ErrServerClosed) {
				return fmt.Errorf("serve %s: %w", l.Addr(), err)
			}
			return nil
		})
	}
	all.Go(func() error { return a.run(ctx) })
	all.Go(func() error {
		<-ctx.Done()
		a.draining.Store(true)
		a.log.Info("stopping: finishing what is under way", "timeout", time.Duration(a.settings.Ops.ShutdownTimeout))
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Duration(a.settings.Ops.ShutdownTimeout))
		defer cancel()
		return errors.Join(drain(grace, servers[0]), drain(grace, servers[1]))
	})
	return all.Wait()
}

// drain lets requests finish until the grace is over, and then cuts what is left: a connection that a browser opened in
// advance and never used would otherwise hold a stop up for 5 s.
func drain(grace context.Context, server *http.Server) error {
	err := server.Shutdown(grace)
	if errors.Is(err, context.DeadlineExceeded) {
		return server.Close()
	}
	return err
}

// newServer bounds what a stranger's connection can cost.
func newServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 60 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug), // broken handshakes of scanners
	}
}
