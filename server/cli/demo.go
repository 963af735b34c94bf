package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bloghorn/bloghorn/admin"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/demo"
	"github.com/bloghorn/bloghorn/server/exit"
)

// demoName is the command that has settings of its own.
const demoName = "demo"

type demoCommand struct {
	Once bool `help:"Play a scripted conversation, check each step from outside, and exit 0 if all of them hold."`
}

// Help shows how it is used.
func (demoCommand) Help() string {
	return "For example:\n\n  bloghorn demo\n  bloghorn demo --once\n\nEverything runs on this computer and nothing is sent to the internet. The data is deleted at the end; " +
		"your own configuration and database are neither read nor touched. Of the settings it takes --listen and --admin-listen, with an address of this computer."
}

// Run starts sample blog, toy reader and server, and stops them when it is told to, or when the
// script has played.
func (c demoCommand) Run(in *invocation) (err error) {
	if err := in.mayGive("once", "listen", "admin-listen"); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "bloghorn-demo-")
	if err != nil {
		return fmt.Errorf("make a folder for the demo: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	stage, err := newStage(in, folder)
	if err != nil {
		return err
	}
	defer stage.close()

	ctx, stop := context.WithCancel(in.ctx)
	all, ctx := errgroup.WithContext(ctx)
	all.Go(func() error { return stage.serve(ctx) })
	all.Go(func() error {
		defer stop() // the curtain falls when the play is over
		if c.Once {
			return stage.playOnce(ctx, in)
		}
		return stage.playOn(ctx, in)
	})
	return all.Wait()
}

// mayGive refuses flags that would have no effect on the demo.
func (in *invocation) mayGive(taken ...string) error {
	for _, name := range slices.Sorted(maps.Keys(in.given)) {
		if !slices.Contains(taken, name) {
			return exit.With(exit.Usage, "the demo does not take --%s: it has addresses and data of its own, so that nothing of yours is touched. "+
				"Nothing was started. Leave it out; of the settings the demo takes --listen and --admin-listen.", name)
		}
	}
	return nil
}

// stage is where the demo plays: four listeners on loopback, and what answers on them.
type stage struct {
	app     *app.App
	options demo.Options
	reader  *demo.Reader

	public, private, blogDoor, readerDoor net.Listener
	servers                               []*http.Server
}

func newStage(in *invocation, folder string) (s *stage, err error) {
	s = &stage{}
	if s.public, err = in.namedDoor("listen", in.settings.Listen); err != nil {
		return nil, err
	}
	if s.private, err = in.namedDoor("admin-listen", in.settings.Admin.Listen); err != nil {
		return nil, err
	}
	doors, err := openDoors(8484, 8485, 8486, 8487)
	if err != nil {
		return nil, err
	}
	for i, door := range []*net.Listener{&s.public, &s.private, &s.blogDoor, &s.readerDoor} {
		if *door == nil {
			*door = doors[i]
		} else {
			doors[i].Close() // it was named
		}
	}
	log := app.NewLogger(in.stderr, slog.LevelWarn, true)
	if s.app, err = app.New(in.ctx, demoSettings(folder, s), log, app.Outside{NewKey: app.OutsideOf(in.ctx).NewKey}); err != nil {
		return nil, err
	}
	public := "http://" + s.public.Addr().String()
	s.options = demo.Options{
		Bloghorn: public, Actor: public + "/blogs/harbour", BlogURL: "http://" + s.blogDoor.Addr().String(),
		ReaderURL: "http://" + s.readerDoor.Addr().String(), AdminLink: s.adminLink, Log: log,
	}
	s.app.LinksFrom = s.options.BlogURL + "/admin"
	if s.reader, err = demo.NewReader(s.options); err != nil {
		return nil, fmt.Errorf("make the toy reader: %w", err)
	}
	s.app.Inbox.HoldOf = s.reader.Stranger()
	s.servers = []*http.Server{app.NewServer(demo.NewBlog(s.options)), app.NewServer(s.reader)}
	return s, nil
}

// adminLink makes a link that signs in to the admin pages.
func (s *stage) adminLink(ctx context.Context) (string, error) {
	token, err := admin.NewLink(ctx, s.app.DB, time.Now())
	return adminLink(s.private.Addr().String(), token), err
}

// demoSettings are those of the product but for addresses and patience. The configuration of the
// person who tries it plays no part: a demo must not touch their database.
func demoSettings(folder string, s *stage) config.Settings {
	const short = config.Duration(200 * time.Millisecond)
	return config.Settings{
		PublicURL: "http://" + s.public.Addr().String(), Listen: s.public.Addr().String(), DataDir: folder,
		SecretKeyFile: filepath.Join(folder, "secret.key"), Database: config.Database{URL: "sqlite:" + filepath.Join(folder, "bloghorn.db")},
		Feed: config.Feed{
			PollInterval: short, PublishDelay: 0, UpdateInterval: 0, MaxAge: config.Duration(7 * 24 * time.Hour), AllowPrivate: []string{s.blogDoor.Addr().String()},
		},
		Federation: config.Federation{AllowPrivate: []string{s.readerDoor.Addr().String()}},
		Moderation: config.Moderation{Unknown: "show"}, Admin: config.Admin{Listen: s.private.Addr().String()},
		Ops: config.Ops{ShutdownTimeout: config.Duration(2 * time.Second)},
	}
}

// namedDoor listens where a flag says; nil where it was not given. What the configuration has is
// for the real server.
func (in *invocation) namedDoor(flag, address string) (net.Listener, error) {
	if !in.given[flag] {
		return nil, nil
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil || port == "" || !config.ThisComputer(host) {
		return nil, exit.With(exit.Usage, "--%s %q is not an address of this computer, and nobody else may reach the demo: its admin pages and readers are for trying. "+
			"Write it as 127.0.0.1:9000", flag, address)
	}
	return bind(address, "--"+flag)
}

// openDoors listens on these ports of the loopback address; for one that is taken, on the next free
// one above them all.
func openDoors(ports ...int) ([]net.Listener, error) {
	var doors []net.Listener
	next := ports[len(ports)-1] + 1
	for _, port := range ports {
		l, err := listenLoopback(port)
		for ; err != nil && next < ports[0]+200; next++ {
			l, err = listenLoopback(next)
		}
		if err != nil {
			return nil, exit.With(exit.Failed, "no free port between %d and %d on 127.0.0.1: %v. Stop one of the programs there and try again.", ports[0], next, err)
		}
		doors = append(doors, l)
	}
	return doors, nil
}

func listenLoopback(port int) (net.Listener, error) {
	return net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
}

// serve runs everything until ctx ends.
func (s *stage) serve(ctx context.Context) error {
	all, ctx := errgroup.WithContext(ctx)
	all.Go(func() error { return s.app.Serve(ctx, s.public, s.private) })
	for i, door := range []net.Listener{s.blogDoor, s.readerDoor} {
		all.Go(func() error {
			if err := s.servers[i].Serve(door); !errors.Is(err, http.ErrServerClosed) {
				return err
			}
			return nil
		})
	}
	<-ctx.Done()
	for _, server := range s.servers {
		server.Close()
	}
	return all.Wait()
}

func (s *stage) close() error { return s.app.Close() }

// begin gives the sample blog its account, through the same door as blog add.
func (s *stage) begin(ctx context.Context) error {
	_, _, err := addBlog(ctx, s.app, blogAddCommand{Address: s.options.BlogURL, Handle: "harbour"})
	return err
}

func (s *stage) playOnce(ctx context.Context, in *invocation) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	ok, total := demo.Script(ctx, in.stdout, s.options)
	if ctx.Err() != nil && ok < total {
		return ctx.Err()
	}
	if ok < total || total == 0 {
		return exit.With(exit.Failed, "%d of %d exchanges failed", total-ok, total)
	}
	fmt.Fprintf(in.stdout, "OK %d/%d exchanges\n", ok, total)
	return nil
}

func (s *stage) playOn(ctx context.Context, in *invocation) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	if err := s.reader.Seed(ctx); err != nil {
		return fmt.Errorf("let the readers say something: %w", err)
	}
	fmt.Fprintf(in.stdout, `
  bloghorn %s demo: everything runs on this computer, nothing is sent to the internet

  Sample blog and comments   %s/
  Toy fediverse reader       %s/
  Admin                      %s

  Try: reply in the reader and watch the blog, or answer on the blog as @ada@%s. A reply waits on the admin page.
  Ctrl-C stops and deletes the demo data.
  Your own blog: bloghorn serve, then bloghorn blog add https://your.blog
`, app.Version, s.options.BlogURL, s.options.ReaderURL, s.app.LinksFrom, strings.TrimPrefix(s.options.ReaderURL, "http://"))
	<-ctx.Done()
	return nil
}
