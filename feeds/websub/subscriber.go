package websub

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/loop"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

const (
	maxRequests = 8               // to hubs, at once
	leaseFor    = 2 * time.Minute // a request ends after 10 s
	batch       = 64
	localWait   = time.Hour // until a server that no hub can reach is looked at again
	stoppedWait = 24 * time.Hour
)

// Subscriber keeps the subscriptions as the feeds want them, and answers the hubs. Its fields must
// not change once it is used.
type Subscriber struct {
	DB     *database.DB
	Client *safehttp.Client // asks hubs, whose addresses feeds name
	Log    *slog.Logger
	Now    func() time.Time
	Local  func(address string) bool // says that an address is on this computer: a hub elsewhere cannot reach it; nil means none is
	// WakeNext is called after a push made a feed due; it may be nil.
	WakeNext func()

	loop.Waker // to be called when a feed names another hub
}

// Run subscribes, renews and leaves until ctx ends, then waits for the requests under way. It
// returns nil.
func (s *Subscriber) Run(ctx context.Context) error {
	var working sync.WaitGroup
	defer working.Wait()
	slots := make(chan struct{}, maxRequests)
	return loop.Loop{
		Waker: &s.Waker, Now: s.Now, Log: s.Log,
		Round: func(ctx context.Context) error { return s.round(ctx, slots, &working) },
		Next:  func(ctx context.Context) (time.Time, error) { return soonest(ctx, s.DB) },
	}.Run(ctx)
}

// round follows what the feeds have said and begins what is due, in random order.
func (s *Subscriber) round(ctx context.Context, slots chan struct{}, working *sync.WaitGroup) error {
	if err := s.follow(ctx); err != nil {
		return err
	}
	all, err := due(ctx, s.DB, s.Now(), batch)
	if err != nil {
		return fmt.Errorf("list what is due: %w", err)
	}
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for _, sub := range all {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case slots <- struct{}{}:
		}
		working.Go(func() {
			defer func() { <-slots }()
			switch err := s.work(ctx, sub); {
			case err == nil:
				s.Wake() // it is due again at a time that Run does not know, and there may be more than a batch
			case ctx.Err() == nil: // the next look, in a second, tries again
				s.Log.Error("subscription not settled", "blog", sub.BlogID, "err", err)
			}
		})
	}
	return nil
}

// follow makes subscriptions of what feeds have said about their hubs.
func (s *Subscriber) follow(ctx context.Context) error {
	changed, err := feeds.HubChanges(ctx, s.DB, s.Now(), batch)
	if err != nil {
		return fmt.Errorf("list feeds with another hub: %w", err)
	}
	for _, poll := range changed {
		if err := s.DB.InTx(ctx, func(tx *database.Tx) error { return reconcile(ctx, tx, poll, s.Now()) }); err != nil {
			return fmt.Errorf("follow the hub of blog %s: %w", poll.BlogID, err)
		}
	}
	if len(changed) == batch {
		s.Wake() // there are more
	}
	return nil
}

// reconcile wants the hub that the feed names, and leaves all others.
func reconcile(ctx context.Context, tx *database.Tx, poll feeds.Poll, now time.Time) error {
	all, err := Of(ctx, tx, poll.BlogID)
	if err != nil {
		return err
	}
	known := poll.Hub == parser.Hub{}
	for _, sub := range all {
		switch {
		case sub.Hub == poll.Hub:
			known = true
			err = change(ctx, tx, sub, sub.again(now))
		case sub.State == Active:
			left := sub
			left.State, left.NextAt = Leaving, now
			err = change(ctx, tx, sub, left)
		case sub.State != Leaving:
			err = remove(ctx, tx, sub)
		}
		if err != nil {
			return err
		}
	}
	if !known {
		if err := insert(ctx, tx, poll.BlogID, poll.Hub, now); err != nil {
			return err
		}
	}
	return feeds.HubFollowed(ctx, tx, poll)
}

// work claims a subscription and takes it one request further.
func (s *Subscriber) work(ctx context.Context, sub Subscription) error {
	until := database.Time(database.Millis(s.Now().Add(leaseFor)))
	mine, err := claim(ctx, s.DB, sub, until)
	if err != nil || !mine {
		return err
	}
	sub.LeaseUntil = until
	blog, err := feeds.BlogByID(ctx, s.DB, sub.BlogID)
	if err != nil {
		return err
	}
	poll, err := feeds.PollOf(ctx, s.DB, sub.BlogID)
	if err != nil {
		return err
	}
	now, then := s.Now(), sub
	switch over := sub.hopeless(now); {
	case sub.State == Leaving && (over || !sub.ExpiresAt.After(now)):
		err := remove(ctx, s.DB, sub)
		if errors.Is(err, database.ErrConflict) { // the hub has let go, or the feed names it again
			return settle(ctx, s.DB, sub, sub)
		}
		return err
	case over:
		then.State, then.NextAt = Failed, time.Time{}
		s.Log.Warn("hub given up after a week; the feed is polled as before", "blog", blog.Acct(), "err", sub.LastError)
	case !poll.StoppedAt.IsZero():
		then.NextAt = now.Add(stoppedWait)
	case s.outOfReach(blog.BaseURL, sub.Hub.URL):
		then.NextAt = now.Add(localWait)
	default:
		err := s.ask(ctx, blog, sub)
		if ctx.Err() != nil {
			return settle(context.WithoutCancel(ctx), s.DB, sub, sub) // the next process goes on at once
		}
		then = sub.asked(s.Now(), err, rand.Float64())
		s.Log.Info("hub asked", "blog", blog.Acct(), "state", sub.State, "attempt", then.Failures, "err", err)
	}
	return settle(ctx, s.DB, sub, then)
}

// outOfReach says that a hub on the internet is to reach a server on somebody's own computer.
func (s *Subscriber) outOfReach(baseURL, hubURL string) bool {
	return s.Local != nil && s.Local(baseURL) && !s.Local(hubURL)
}

// ask sends a hub the request of WebSub §5.1. The secret goes over plain http too where the hub has
// nothing better: without one anybody who learns the callback's address, which goes the same way,
// could push.
func (s *Subscriber) ask(ctx context.Context, blog feeds.Blog, sub Subscription) error {
	form := url.Values{
		"hub.mode":     {"subscribe"},
		"hub.topic":    {sub.Hub.Topic},
		"hub.callback": {Callback(blog, sub)},
		"hub.verify":   {"async"}, // hubs of PubSubHubbub 0.3 want it, others overlook it
	}
	if sub.State == Leaving {
		form.Set("hub.mode", "unsubscribe")
	} else {
		form.Set("hub.secret", sub.Secret)
		form.Set("hub.lease_seconds", strconv.Itoa(int(wantedLease/time.Second)))
	}
	res, err := s.Client.Do(ctx, safehttp.Request{
		Method: http.MethodPost, URL: sub.Hub.URL, Body: []byte(form.Encode()), MaxBytes: 1 << 10, Truncate: true,
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
	})
	if err != nil {
		return fmt.Errorf("the hub could not be asked: %w", err)
	}
	if res.Status < 200 || res.Status > 299 {
		return fmt.Errorf("the hub answered %d: %.200q", res.Status, res.Body)
	}
	return nil
}

// Callback is the address at which a hub reaches a subscription.
func Callback(blog feeds.Blog, sub Subscription) string { return blog.BaseURL + "/websub/" + sub.Token }
