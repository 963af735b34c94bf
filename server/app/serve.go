package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bloghorn/bloghorn/admin"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/logline"
)

// Warn logs what an operator should know about the settings.
func (a *App) Warn() {
	s := a.Settings
	config.WarnOfReaders(s, a.Log)
	if len(s.Feed.AllowPrivate) > 0 {
		a.Log.Warn("feeds may be fetched from these private addresses", "feed.allow_private", strings.Join(s.Feed.AllowPrivate, " "))
	}
	if len(s.Federation.AllowPrivate) > 0 {
		a.Log.Warn("federation may reach these private addresses", "federation.allow_private", strings.Join(s.Federation.AllowPrivate, " "))
	}
	if config.ThisComputer(hostOnly(s.PublicURL)) {
		a.Log.Warn("public_url is this computer, so no other server can follow yet; set it to the address your proxy serves", "public_url", s.PublicURL)
	}
	if _, path, found := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(s.PublicURL, "https://"), "http://"), "/"); found {
		a.Log.Info("public_url has a path: the proxy must pass it on, not strip it", "path", "/"+path)
	}
}

// Serve answers on both listeners and runs the loops until ctx ends; then it drains: no new
// requests, no new claims, what is under way may finish within ops.shutdown_timeout. What remains
// is in the database.
func (a *App) Serve(ctx context.Context, public, private net.Listener) error {
	pages := &admin.Pages{
		DB: a.DB, Log: a.part("admin"), Now: a.Now, Interval: time.Duration(a.Settings.Feed.PollInterval),
		ReleaseHeld: time.Duration(a.Settings.Feed.ReleaseHeld), WakeNext: a.Wake,
		AnswerIn: a.answerIn, Ready: a.ready, LinksFrom: a.LinksFrom,
	}
	servers := []*http.Server{NewServer(a.Handler()), NewServer(a.proxies.Middleware(pages.Handler()))}
	all, ctx := errgroup.WithContext(ctx)
	for i, l := range []net.Listener{public, private} {
		all.Go(func() error {
			if err := servers[i].Serve(l); !errors.Is(err, http.ErrServerClosed) {
				return fmt.Errorf("serve %s: %w", l.Addr(), err)
			}
			return nil
		})
	}
	all.Go(func() error { return a.Run(ctx) })
	all.Go(func() error {
		<-ctx.Done()
		a.Draining.Store(true)
		a.Log.Info("stopping: finishing what is under way", "timeout", time.Duration(a.Settings.Ops.ShutdownTimeout))
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Duration(a.Settings.Ops.ShutdownTimeout))
		defer cancel()
		return errors.Join(drain(grace, servers[0]), drain(grace, servers[1]))
	})
	return all.Wait()
}

// NewLogger is the only way to a logger: what it writes is bounded.
func NewLogger(w io.Writer, level slog.Level, text bool) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if text {
		return slog.New(logline.New(slog.NewTextHandler(w, options)))
	}
	return slog.New(logline.New(slog.NewJSONHandler(w, options)))
}

// drain lets requests finish until the grace is over, and then cuts what is left: a connection that
// a browser opened in advance and never used would otherwise hold a stop up for 5 s.
func drain(grace context.Context, server *http.Server) error {
	err := server.Shutdown(grace)
	if errors.Is(err, context.DeadlineExceeded) {
		return server.Close()
	}
	return err
}

func hostOnly(base string) string {
	host := config.HostOf(base)
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

// NewServer bounds what a stranger's connection can cost.
func NewServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 60 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug), // broken handshakes of scanners
	}
}
