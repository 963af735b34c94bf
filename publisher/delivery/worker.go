package delivery

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/database"
	loops "github.com/bloghorn/bloghorn/server/loop"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

// Worker sends what is due. Any number of them may share a database, in one process or in many; each sends at most two requests at a time
// to one host. DB, Client, Keys and Log must be set; zero means the default for the rest.
type Worker struct {
	DB     *database.DB
	Client *safehttp.Client // the one of federation
	// Keys gives the key of an actor of ours. It is asked at each try, so it should remember keys once parsed.
	Keys func(ctx context.Context, actorID string) (signature.Key, error)
	// KeysThen gives the key that an actor signed with at an earlier time; nil signs everything with the key of now (see loop.key).
	KeysThen func(ctx context.Context, actorID string, at time.Time) (signature.Key, error)
	// Prove signs a body, in the name of its sender and as of when it was enqueued, so that each try has the same bytes; nil sends what is
	// stored. It is asked once for each activity and process, however many inboxes there are.
	Prove func(ctx context.Context, sender, kind string, body []byte, at time.Time) ([]byte, error)
	// Schemes is what is known of the signatures that hosts take; nil for a memory of its own, in the same table.
	Schemes *Schemes
	Log     *slog.Logger
	Now     func() time.Time

	// InboxGone is told, in the transaction that settles the delivery, that an inbox answered 404 or 410 to an activity; nil does nothing.
	InboxGone func(ctx context.Context, tx database.Querier, activity database.ID, inbox string) error
	// HostDead is told that a host has failed for 90 days, and says how many followers were given up with it; nil does nothing.
	HostDead func(ctx context.Context, tx database.Querier, host string) (followers int, err error)

	MaxRequests int            // claimed at a time, most of them waiting for an answer; 2,000
	Timeout     time.Duration  // of one request, all in all; 15 s
	Lease       time.Duration  // how long a crashed worker's claims stay with it; 1 min. It must be longer than Timeout and 5 s.
	Grace       time.Duration  // how long requests on their way may take when Run is to end; 10 s
	Tick        time.Duration  // how long it waits at least until it looks again without being woken; 1 s
	Pause       time.Duration  // how long a host that goes on failing is left alone; 30 min
	Jitter      func() float64 // where in its interval the next try falls, from 0 to 1; random

	loops.Waker
}

// leaseMargin is what a lease must hold beyond the request itself, for settling it.
const leaseMargin = 5 * time.Second

// Run sends until ctx ends. It then lets the requests on their way finish, for as long as Grace allows, and gives back what it claimed,
// so that the next worker goes on at once. It returns nil; what goes wrong meanwhile is logged and tried again.
func (w *Worker) Run(ctx context.Context) error {
	l := newLoop(w.withDefaults(), w.Woken())
	l.run(ctx)
	l.drain(context.WithoutCancel(ctx))
	return nil
}

// withDefaults is a copy with every setting filled in.
func (w *Worker) withDefaults() *Worker {
	now, schemes := or(w.Now, time.Now), w.Schemes
	if schemes == nil {
		schemes = &Schemes{DB: w.DB, Log: w.Log, Now: now}
	}
	return &Worker{
		DB:          w.DB,
		Schemes:     schemes,
		Client:      w.Client,
		Keys:        w.Keys,
		KeysThen:    w.KeysThen,
		Prove:       w.Prove,
		Log:         w.Log,
		Now:         now,
		InboxGone:   w.InboxGone,
		HostDead:    w.HostDead,
		MaxRequests: positive(w.MaxRequests, 2000),
		Timeout:     positive(w.Timeout, 15*time.Second),
		Lease:       positive(w.Lease, time.Minute),
		Grace:       positive(w.Grace, 10*time.Second),
		Tick:        positive(w.Tick, loops.Least),
		Pause:       positive(w.Pause, openFor),
		Jitter:      or(w.Jitter, rand.Float64),
	}
}

func positive[T int | time.Duration](value, otherwise T) T {
	if value > 0 {
		return value
	}
	return otherwise
}

func or[T any](f, otherwise func() T) func() T {
	if f != nil {
		return f
	}
	return otherwise
}
