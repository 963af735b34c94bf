package app

import (
	"cmp"
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/websub"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/publisher/keyring"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/replies/crawl"
	"github.com/bloghorn/bloghorn/replies/inbox"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/replies/widget"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/logline"
	"github.com/bloghorn/bloghorn/server/loop"
	"github.com/bloghorn/bloghorn/server/safehttp"
	"github.com/bloghorn/bloghorn/server/web"
)

// Version is set at release time by -ldflags "-X
// github.com/bloghorn/bloghorn/server/app.Version=…".
var Version = "0.1.0"

// Outside is what a test puts in place of the world: the network, the clock and the making of keys,
// and how long others wait for a process that died. The zero value is the real one.
type Outside struct {
	Transport http.RoundTripper
	Now       func() time.Time
	NewKey    func() (*rsa.PrivateKey, error)
	Lease     time.Duration // of a delivery and of a poll; 0 is the usual one
	AnswerIn  time.Duration // a request has this time; 0 is bounds.AnswerIn
}

type outsideKey struct{}

// Within gives a test's world to the commands it runs.
func (o Outside) Within(ctx context.Context) context.Context {
	return context.WithValue(ctx, outsideKey{}, o)
}

// OutsideOf is the world of a command, with a clock.
func OutsideOf(ctx context.Context) Outside {
	o, _ := ctx.Value(outsideKey{}).(Outside)
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// App is all the parts, wired. New starts nothing; Run starts the loops, Handler is the public
// pages.
type App struct {
	Settings config.Settings
	Log      *slog.Logger
	DB       *database.DB
	Keys     *keyring.Keys
	Remotes  *remote.Directory

	Poller      *feeds.Poller
	Hubs        *websub.Subscriber
	hooks       *feeds.HookHandler
	PageChecker *feeds.PageChecker
	Announcer   *publisher.Announcer
	deleted     *publisher.Marks
	Worker      *delivery.Worker
	departed    *followers.Pruning
	Inbox       *inbox.Inbox
	Crawler     *crawl.Crawler

	proxies     web.Proxies
	bodies      web.Bodies
	Gate        *inbox.AuthorizedFetch
	Sites       *publisher.Sites
	Actors      *publisher.Handlers
	Collections *thread.Collections
	documents   *moderation.Documents
	Comments    *widget.Handlers

	FeedClient *safehttp.Client
	Now        func() time.Time
	answerIn   time.Duration
	LinksFrom  string // where one gets a link to the admin pages; "" is from the command
	Readiness  *Readiness
	unsettled  bool      // the blogs do not agree with the settings yet; of settle alone
	began      time.Time // by the computer's own clock, which may be set since
	Draining   atomic.Bool
	notReady   atomic.Bool // as readyz said last
}

// New opens the database, checks the secret key and builds every part. The caller closes it.
func New(ctx context.Context, s config.Settings, log *slog.Logger, world Outside) (*App, error) {
	db, err := config.OpenDatabase(ctx, s)
	if err != nil {
		return nil, err
	}
	a := &App{began: time.Now(), Settings: s, Log: log, DB: db, Now: world.Now, answerIn: cmp.Or(world.AnswerIn, bounds.AnswerIn), Readiness: &Readiness{Probe: db.Probe}}
	if a.Now == nil {
		a.Now = time.Now
	}
	if err := a.build(ctx, world); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return a, nil
}

func (a *App) build(ctx context.Context, world Outside) error {
	var err error
	if a.Settings, err = a.Settings.AsServed(ctx, a.DB); err != nil {
		return err
	}
	if a.Keys, err = config.OpenKeys(ctx, a.Settings, a.DB, a.Now); err != nil {
		return err
	}
	if world.NewKey != nil {
		a.Keys.Generate = world.NewKey
	}
	s := a.Settings
	if a.proxies, err = web.ParseProxies(s.TrustedProxies); err != nil {
		return fmt.Errorf("read trusted_proxies: %w", err)
	}
	a.FeedClient = FeedClient(s, world)
	federation := safehttp.New(safehttp.Options{UserAgent: UserAgent(s.PublicURL), Allow: s.Federation.AllowPrivate, OnlyHTTPS: true, Transport: world.Transport})
	a.Remotes = &remote.Directory{
		DB: a.DB, Client: federation, Keys: a.Keys, PublicURL: s.PublicURL, Log: a.part("remotes"), Now: a.Now, UnknownKeyLimit: web.NewShare(bounds.KeyQuestions, a.Now),
		Schemes: &delivery.Schemes{DB: a.DB, Log: a.part("delivery"), Now: a.Now},
	}

	if a.deleted, err = publisher.OpenMarks(filepath.Join(s.DataDir, "deleted-posts")); err != nil {
		a.Log.Warn("the file of deleted posts cannot be read: an older copy of the database would show some of them again, until it can", "err", err)
	}
	a.departed = &followers.Pruning{DB: a.DB, Remotes: a.Remotes, Log: a.part("departures"), Now: a.Now}
	a.speak()
	if world.Lease > 0 {
		a.Worker.Lease, a.Worker.Timeout = world.Lease, world.Lease/3
		a.Poller.Lease = world.Lease
	}
	a.Actors = &publisher.Handlers{DB: a.DB, Keys: a.Keys, PublicURL: s.PublicURL, Now: a.Now, Version: Version, Engagement: a.engagement, Blocked: moderation.Blocked}
	a.listen()
	a.Sites = &publisher.Sites{DB: a.DB, PublicURL: s.PublicURL, Log: a.part("sites")}
	return nil
}

// FeedClient asks blogs for their feeds and pages.
func FeedClient(s config.Settings, world Outside) *safehttp.Client {
	return safehttp.New(safehttp.Options{UserAgent: UserAgent(s.PublicURL), Allow: s.Feed.AllowPrivate, Transport: world.Transport})
}

// engagement is how the publisher learns what readers made of a post, without knowing the package
// that keeps it.
func (a *App) engagement(ctx context.Context, postID string) (likes, shares int, firstReplies []string, err error) {
	return thread.Engagement(ctx, a.DB, postID)
}

// speak builds the way of a post: poller, page checker, announcer, worker, each waking the next.
func (a *App) speak() {
	s := a.Settings
	a.Worker = &delivery.Worker{
		DB: a.DB, Client: a.Remotes.Client, Keys: a.Keys.Signer, KeysThen: a.Keys.SignerAt, Prove: a.Keys.Prove,
		Schemes: a.Remotes.Schemes, Log: a.part("delivery"), Now: a.Now,
		InboxGone: a.departed.InboxGone, HostDead: a.departed.HostDead, Grace: time.Duration(s.Ops.ShutdownTimeout),
	}
	a.Announcer = &publisher.Announcer{
		DB: a.DB, Log: a.part("announcer"), Now: a.Now, UpdateInterval: time.Duration(s.Feed.UpdateInterval), WakeNext: a.announced,
		Engagement: a.engagement, Readers: thread.Readers, Deleted: a.deleted, Blocked: moderation.Blocked, Remotes: a.Remotes, Spread: time.Duration(s.Federation.Spread),
	}
	a.PageChecker = &feeds.PageChecker{DB: a.DB, Client: a.FeedClient, Log: a.part("page_checker"), Now: a.Now, WakeNext: a.Announcer.Wake}
	a.Poller = &feeds.Poller{
		DB: a.DB, Client: a.FeedClient, Log: a.part("poller"), Now: a.Now, Interval: time.Duration(s.Feed.PollInterval),
		PublishDelay: time.Duration(s.Feed.PublishDelay), MaxAge: time.Duration(s.Feed.MaxAge),
		Pages: a.PageChecker, ReleaseHeld: time.Duration(s.Feed.ReleaseHeld), Patience: 15 * time.Second, // longer than a fetch
		WakeNext: func() {
			a.Announcer.Wake()
			a.Hubs.Wake()
		},
	}
	a.Hubs = &websub.Subscriber{
		DB: a.DB, Client: a.FeedClient, Log: a.part("hubs"), Now: a.Now, WakeNext: a.Poller.Wake,
		Local: func(address string) bool { return config.ThisComputer(hostOnly(address)) },
	}
	a.hooks = &feeds.HookHandler{DB: a.DB, Now: a.Now, WakeNext: a.Poller.Wake}
}

// listen builds the way of a reply: inbox, collections, comments.
func (a *App) listen() {
	a.Remotes.Changed = moderation.ReviewAuthor
	acquainted := &inbox.Acquaintances{Now: a.Now}
	a.Remotes.Acquainted = acquainted.With
	answers := followers.NewAnswers(a.Now)
	answers.Acquainted = acquainted.With
	verify := signature.Verifier{Keys: a.Remotes.Key, Now: a.Now}
	a.Inbox = &inbox.Inbox{
		DB: a.DB, Verify: verify, UnknownKeyLimit: a.limiter(bounds.UnverifiedRequests), ForwardLimit: web.NewShare(bounds.ForwardLimit, a.Now),
		Activities: inbox.Quota{Person: a.limiter(bounds.ActivitiesPerPerson), Site: web.NewShare(bounds.ActivitiesPerSite, a.Now)},
		NewWords:   inbox.Quota{Person: a.limiter(bounds.NewWordsPerPerson), Site: web.NewShare(bounds.NewWordsPerSite, a.Now)},
		Answers:    answers, Acquainted: acquainted,
		Remotes: a.Remotes, PublicURL: a.Settings.PublicURL,
		Rules: moderation.Rules{UnknownShow: a.Settings.Moderation.Unknown == "show"}, Log: a.part("inbox"), Now: a.Now, WakeNext: a.Worker.Wake,
	}
	a.Crawler = &crawl.Crawler{DB: a.DB, Remotes: a.Remotes, Log: a.part("crawler"), Now: a.Now, WakeNext: a.Inbox.Wake}
	a.Gate = &inbox.AuthorizedFetch{DB: a.DB, Verify: verify, Strict: a.Settings.Federation.AuthorizedFetch, Log: a.part("gate"), WakeNext: a.Worker.Wake,
		UnknownKeyLimit: a.Inbox.UnknownKeyLimit, Remotes: a.Remotes}
	a.Collections = &thread.Collections{DB: a.DB}
	a.documents = &moderation.Documents{DB: a.DB}
	a.Actors.Shown = a.documents.NoteShown
	a.Comments = &widget.Handlers{
		DB: a.DB, Version: Version, AnswerIn: a.answerIn,
		Local: a.Settings.Federation.AllowPrivate, // none, but where public_url is this computer
	}
}

func (a *App) limiter(r bounds.Rate) *web.Limiter { return &web.Limiter{Rate: r, Now: a.Now} }

func (a *App) part(component string) *slog.Logger { return a.Log.With("component", component) }

// Run keeps the loops going until ctx ends or one of them fails.
func (a *App) Run(ctx context.Context) error {
	seen, err := a.DB.Wakeups(ctx) // before the first look of any
	if err != nil {
		seen = -1 // no answer is that, so the first one wakes all
	}
	loops, ctx := errgroup.WithContext(ctx)
	all := map[string]func(context.Context) error{
		"keys": a.forgetKeys, "settings": a.settleLater, "clock": a.unwind,
		"wakeups": func(ctx context.Context) error { return a.heed(ctx, seen) },
	}
	for name, part := range a.parts() {
		all[name] = part.Run
	}
	for name, run := range all {
		loops.Go(func() error {
			if err := run(ctx); err != nil && !errors.Is(err, context.Canceled) {
				return fmt.Errorf("%s: %w", name, err)
			}
			return nil
		})
	}
	return loops.Wait()
}

// part is a loop over a table that sleeps until a row is due.
type part interface {
	Run(ctx context.Context) error
	Wake()
}

// parts are the loops that run, and that are woken when another process has changed rows.
func (a *App) parts() map[string]part {
	return map[string]part{
		"poller": a.Poller, "page_checker": a.PageChecker, "hubs": a.Hubs, "announcer": a.Announcer, "delivery": a.Worker,
		"departures": a.departed, "inbox": &crawl.Worker{Inbox: a.Inbox}, "crawler": a.Crawler,
	}
}

// forgetKeys lets old private keys go, once an hour until ctx ends. It returns nil.
func (a *App) forgetKeys(ctx context.Context) error {
	return a.every(ctx, time.Hour, "keys", a.Keys.Forget)
}

// every does a round at once and then at that interval, until ctx ends. One that fails is logged as
// that part's, and tried again soon. It returns nil.
func (a *App) every(ctx context.Context, interval time.Duration, part string, round func(context.Context) error) error {
	var last time.Time
	return loop.Loop{
		Waker: &loop.Waker{}, Now: a.Now, Log: a.part(part),
		Round: func(ctx context.Context) error {
			now := a.Now()
			if since := now.Sub(last); since >= 0 && since < interval { // a clock may go back
				return nil
			}
			if err := round(ctx); err != nil {
				return err
			}
			last = now
			return nil
		},
		Next: func(context.Context) (time.Time, error) { return last.Add(interval), nil },
	}.Run(ctx)
}

// Close ends the use of the database. Call it when Run has returned.
func (a *App) Close() error {
	TellServers(a.DB, a.Log)
	if h, ok := a.Log.Handler().(*logline.Handler); ok {
		h.Flush()
	}
	return a.DB.Close()
}

// UserAgent names the program and where to find out about it; some servers refuse requests without.
func UserAgent(about string) string {
	return "bloghorn/" + Version + " (+" + about + ")"
}
