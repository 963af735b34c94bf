package cli

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

// outside is what a test puts in place of the world: the network, the clock and the making of keys, and how long others wait for a process
// that died. The zero value is the real one.
type outside struct {
	transport http.RoundTripper
	now       func() time.Time
	newKey    func() (*rsa.PrivateKey, error)
	lease     time.Duration // of a delivery and of a poll; 0 is the usual one
	answerIn  time.Duration // a request has this time; 0 is bounds.AnswerIn
}

type outsideKey struct{}

// within gives a test's world to the commands it runs.
func (o outside) within(ctx context.Context) context.Context {
	return context.WithValue(ctx, outsideKey{}, o)
}

// outsideOf is the world of a command, with a clock.
func outsideOf(ctx context.Context) outside {
	o, _ := ctx.Value(outsideKey{}).(outside)
	if o.now == nil {
		o.now = time.Now
	}
	return o
}

// app is all the parts, wired. newApp starts nothing; run starts the loops, handler is the public pages.
type app struct {
	settings config.Settings
	log      *slog.Logger
	db       *database.DB
	keys     *keyring.Keys
	remotes  *remote.Directory

	poller      *feeds.Poller
	hubs        *websub.Subscriber
	hooks       *feeds.HookHandler
	pageChecker *feeds.PageChecker
	announcer   *publisher.Announcer
	deleted     *publisher.Marks
	worker      *delivery.Worker
	departed    *publisher.FollowerPruning
	inbox       *inbox.Inbox
	crawler     *crawl.Crawler

	proxies     web.Proxies
	bodies      web.Bodies
	gate        *inbox.AuthorizedFetch
	sites       *publisher.Sites
	actors      *publisher.Handlers
	collections *thread.Collections
	documents   *moderation.Documents
	comments    *widget.Handlers

	feedClient *safehttp.Client
	now        func() time.Time
	answerIn   time.Duration
	linksFrom  string // where one gets a link to the admin pages; "" is from the command
	readiness  *readiness
	unsettled  bool      // the blogs do not agree with the settings yet; of settle alone
	began      time.Time // by the computer's own clock, which may be set since
	draining   atomic.Bool
	notReady   atomic.Bool // as readyz said last
}

// newApp opens the database, checks the secret key and builds every part. The caller closes it.
func newApp(ctx context.Context, s config.Settings, log *slog.Logger, world outside) (*app, error) {
	db, err := config.OpenDatabase(ctx, s)
	if err != nil {
		return nil, err
	}
	a := &app{began: time.Now(), settings: s, log: log, db: db, now: world.now, answerIn: cmp.Or(world.answerIn, bounds.AnswerIn), readiness: &readiness{probe: db.Probe}}
	if a.now == nil {
		a.now = time.Now
	}
	if err := a.build(ctx, world); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return a, nil
}

func (a *app) build(ctx context.Context, world outside) error {
	var err error
	if a.settings, err = a.settings.AsServed(ctx, a.db); err != nil {
		return err
	}
	if a.keys, err = config.OpenKeys(ctx, a.settings, a.db, a.now); err != nil {
		return err
	}
	if world.newKey != nil {
		a.keys.Generate = world.newKey
	}
	s := a.settings
	if a.proxies, err = web.ParseProxies(s.TrustedProxies); err != nil {
		return fmt.Errorf("read trusted_proxies: %w", err)
	}
	a.feedClient = feedClient(s, world)
	federation := safehttp.New(safehttp.Options{UserAgent: userAgent(s.PublicURL), Allow: s.Federation.AllowPrivate, OnlyHTTPS: true, Transport: world.transport})
	a.remotes = &remote.Directory{
		DB: a.db, Client: federation, Keys: a.keys, PublicURL: s.PublicURL, Log: a.part("remotes"), Now: a.now, UnknownKeyLimit: web.NewShare(bounds.KeyQuestions, a.now),
		Schemes: &delivery.Schemes{DB: a.db, Log: a.part("delivery"), Now: a.now},
	}

	if a.deleted, err = publisher.OpenMarks(filepath.Join(s.DataDir, "deleted-posts")); err != nil {
		a.log.Warn("the file of deleted posts cannot be read: an older copy of the database would show some of them again, until it can", "err", err)
	}
	a.departed = &publisher.FollowerPruning{DB: a.db, Remotes: a.remotes, Log: a.part("departures"), Now: a.now}
	a.speak()
	if world.lease > 0 {
		a.worker.Lease, a.worker.Timeout = world.lease, world.lease/3
		a.poller.Lease = world.lease
	}
	a.actors = &publisher.Handlers{DB: a.db, Keys: a.keys, PublicURL: s.PublicURL, Now: a.now, Version: version, Engagement: a.engagement, Blocked: moderation.Blocked}
	a.listen()
	a.sites = &publisher.Sites{DB: a.db, PublicURL: s.PublicURL, Log: a.part("sites")}
	return nil
}

// feedClient asks blogs for their feeds and pages.
func feedClient(s config.Settings, world outside) *safehttp.Client {
	return safehttp.New(safehttp.Options{UserAgent: userAgent(s.PublicURL), Allow: s.Feed.AllowPrivate, Transport: world.transport})
}

// engagement is how the publisher learns what readers made of a post, without knowing the package that keeps it.
func (a *app) engagement(ctx context.Context, postID string) (likes, shares int, firstReplies []string, err error) {
	return thread.Engagement(ctx, a.db, postID)
}

// speak builds the way of a post: poller, page checker, announcer, worker, each waking the next.
func (a *app) speak() {
	s := a.settings
	a.worker = &delivery.Worker{
		DB: a.db, Client: a.remotes.Client, Keys: a.keys.Signer, KeysThen: a.keys.SignerAt, Prove: a.keys.Prove,
		Schemes: a.remotes.Schemes, Log: a.part("delivery"), Now: a.now,
		InboxGone: a.departed.InboxGone, HostDead: a.departed.HostDead, Grace: time.Duration(s.Ops.ShutdownTimeout),
	}
	a.announcer = &publisher.Announcer{
		DB: a.db, Log: a.part("announcer"), Now: a.now, UpdateInterval: time.Duration(s.Feed.UpdateInterval), WakeNext: a.announced,
		Engagement: a.engagement, Readers: thread.Readers, Deleted: a.deleted, Blocked: moderation.Blocked, Remotes: a.remotes, Spread: time.Duration(s.Federation.Spread),
	}
	a.pageChecker = &feeds.PageChecker{DB: a.db, Client: a.feedClient, Log: a.part("page_checker"), Now: a.now, WakeNext: a.announcer.Wake}
	a.poller = &feeds.Poller{
		DB: a.db, Client: a.feedClient, Log: a.part("poller"), Now: a.now, Interval: time.Duration(s.Feed.PollInterval),
		PublishDelay: time.Duration(s.Feed.PublishDelay), MaxAge: time.Duration(s.Feed.MaxAge),
		Pages: a.pageChecker, ReleaseHeld: time.Duration(s.Feed.ReleaseHeld), Patience: 15 * time.Second, // longer than a fetch
		WakeNext: func() {
			a.announcer.Wake()
			a.hubs.Wake()
		},
	}
	a.hubs = &websub.Subscriber{
		DB: a.db, Client: a.feedClient, Log: a.part("hubs"), Now: a.now, WakeNext: a.poller.Wake,
		Local: func(address string) bool { return config.ThisComputer(hostOnly(address)) },
	}
	a.hooks = &feeds.HookHandler{DB: a.db, Now: a.now, WakeNext: a.poller.Wake}
}

// listen builds the way of a reply: inbox, collections, comments.
func (a *app) listen() {
	a.remotes.Changed = moderation.ReviewAuthor
	acquainted := &inbox.Acquaintances{Now: a.now}
	a.remotes.Acquainted = acquainted.With
	answers := publisher.NewAnswers(a.now)
	answers.Acquainted = acquainted.With
	verify := signature.Verifier{Keys: a.remotes.Key, Now: a.now}
	a.inbox = &inbox.Inbox{
		DB: a.db, Verify: verify, UnknownKeyLimit: a.limiter(bounds.UnverifiedRequests), ForwardLimit: web.NewShare(bounds.ForwardLimit, a.now),
		Activities: inbox.Quota{Person: a.limiter(bounds.ActivitiesPerPerson), Site: web.NewShare(bounds.ActivitiesPerSite, a.now)},
		NewWords:   inbox.Quota{Person: a.limiter(bounds.NewWordsPerPerson), Site: web.NewShare(bounds.NewWordsPerSite, a.now)},
		Answers:    answers, Acquainted: acquainted,
		Remotes: a.remotes, PublicURL: a.settings.PublicURL,
		Rules: moderation.Rules{UnknownShow: a.settings.Moderation.Unknown == "show"}, Log: a.part("inbox"), Now: a.now, WakeNext: a.worker.Wake,
	}
	a.crawler = &crawl.Crawler{DB: a.db, Remotes: a.remotes, Log: a.part("crawler"), Now: a.now, WakeNext: a.inbox.Wake}
	a.gate = &inbox.AuthorizedFetch{DB: a.db, Verify: verify, Strict: a.settings.Federation.AuthorizedFetch, Log: a.part("gate"), WakeNext: a.worker.Wake,
		UnknownKeyLimit: a.inbox.UnknownKeyLimit, Remotes: a.remotes}
	a.collections = &thread.Collections{DB: a.db}
	a.documents = &moderation.Documents{DB: a.db}
	a.actors.Shown = a.documents.NoteShown
	a.comments = &widget.Handlers{
		DB: a.db, Version: version, AnswerIn: a.answerIn,
		Local: a.settings.Federation.AllowPrivate, // none, but where public_url is this computer
	}
}

func (a *app) limiter(r bounds.Rate) *web.Limiter { return &web.Limiter{Rate: r, Now: a.now} }

func (a *app) part(component string) *slog.Logger { return a.log.With("component", component) }

// run keeps the loops going until ctx ends or one of them fails.
func (a *app) run(ctx context.Context) error {
	seen, err := a.db.Wakeups(ctx) // before the first look of any
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
func (a *app) parts() map[string]part {
	return map[string]part{
		"poller": a.poller, "page_checker": a.pageChecker, "hubs": a.hubs, "announcer": a.announcer, "delivery": a.worker,
		"departures": a.departed, "inbox": &crawl.Worker{Inbox: a.inbox}, "crawler": a.crawler,
	}
}

// forgetKeys lets old private keys go, once an hour until ctx ends. It returns nil.
func (a *app) forgetKeys(ctx context.Context) error {
	return a.every(ctx, time.Hour, "keys", a.keys.Forget)
}

// every does a round at once and then at that interval, until ctx ends. One that fails is logged as that part's, and tried again
// soon. It returns nil.
func (a *app) every(ctx context.Context, interval time.Duration, part string, round func(context.Context) error) error {
	var last time.Time
	return loop.Loop{
		Waker: &loop.Waker{}, Now: a.now, Log: a.part(part),
		Round: func(ctx context.Context) error {
			now := a.now()
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

// close ends the use of the database. Call it when run has returned.
func (a *app) close() error {
	tellServers(a.db, a.log)
	if h, ok := a.log.Handler().(*logline.Handler); ok {
		h.Flush()
	}
	return a.db.Close()
}

// userAgent names the program and where to find out about it; some servers refuse requests without.
func userAgent(about string) string {
	return "bloghorn/" + version + " (+" + about + ")"
}
