package delivery

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/flight"
)

// keptBodies is how many activities are kept in memory: more than a blog has on their way, few enough to be 64 MiB at the very worst.
const keptBodies = 64

const bodyTimeout = 10 * time.Second // to read one

// bodyKey says which of the two bodies that an Update may have (Activity.Joined).
type bodyKey struct {
	activity database.ID
	joined   bool
}

// payload is what is sent, and who signs it.
type payload struct {
	sender   string
	kind     string
	body     []byte
	at       time.Time // when it was enqueued
	ofItself bool      // an Update of the sender
}

// prover is Worker.Prove.
type prover = func(ctx context.Context, sender, kind string, body []byte, at time.Time) ([]byte, error)

// bodies keeps the activities read last, so that one that goes to ten thousand inboxes is read once.
type bodies struct {
	db    *database.DB
	prove prover

	reads flight.Group

	mu    sync.Mutex // for the fields below; never held over a question
	byID  map[bodyKey]payload
	order []bodyKey
}

func newBodies(db *database.DB, prove prover) *bodies {
	return &bodies{db: db, prove: prove, byID: map[bodyKey]payload{}}
}

// get is the payload of an activity. Whoever else wants the same one at the same time waits for it.
func (b *bodies) get(ctx context.Context, activity database.ID, joined bool) (payload, error) {
	id := bodyKey{activity, joined}
	if p, ok := b.known(id); ok {
		return p, nil
	}
	return flight.Do(context.WithoutCancel(ctx), &b.reads, fmt.Sprint(id), func(ctx context.Context) (payload, error) {
		ctx, cancel := context.WithTimeout(ctx, bodyTimeout)
		defer cancel()
		return b.read(ctx, id)
	})
}

func (b *bodies) known(id bodyKey) (payload, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p, ok := b.byID[id]
	return p, ok
}

func (b *bodies) read(ctx context.Context, id bodyKey) (payload, error) {
	if p, ok := b.known(id); ok { // who was a moment too late to wait for it
		return p, nil
	}
	p, err := readPayload(ctx, b.db, id)
	if err == nil && b.prove != nil {
		p.body, err = b.prove(ctx, p.sender, p.kind, p.body, p.at)
	}
	if err != nil {
		return payload{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.order) == keptBodies {
		delete(b.byID, b.order[0])
		b.order = b.order[1:]
	}
	b.byID[id] = p
	b.order = append(b.order, id)
	return p, nil
}
