package replies

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/publisher"
)

// People change their names, and not every server tells. Whoever does something here and was not looked at for a week is asked for again: by
// the loop, after the answer, and only while the process lives, because the next thing she does asks again.
const (
	oldAfter   = 7 * 24 * time.Hour
	maxOld     = 1000
	refreshFew = 4 // in each refreshIn
	refreshIn  = time.Second
)

// old are actors who shall be asked for again.
type old struct {
	mu  sync.Mutex
	ids map[string]bool
}

// add reports whether the actor is old.
func (o *old) add(actor publisher.RemoteActor, now time.Time) bool {
	if actor.FetchedAt.IsZero() || now.Sub(actor.FetchedAt) < oldAfter {
		return false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ids == nil {
		o.ids = map[string]bool{}
	}
	if len(o.ids) < maxOld {
		o.ids[actor.URI] = true
	}
	return true
}

// has reports whether some wait.
func (o *old) has() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.ids) > 0
}

func (o *old) take(n int) (ids []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for id := range o.ids {
		if len(ids) == n {
			break
		}
		ids = append(ids, id)
		delete(o.ids, id)
	}
	return ids
}

// refresh asks for some of those who are old. What is new about them is in the threads with the row (Remotes.Changed).
func (in *Inbox) refresh(ctx context.Context, p *pool) {
	for _, id := range in.old.take(refreshFew) {
		select {
		case p.slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		p.busy.Go(func() {
			defer func() { <-p.slots }()
			if err := in.lookAgain(ctx, id); err != nil {
				in.Log.Debug("an actor is not refreshed", "err", err)
			}
		})
	}
}

// lookAgain asks for an actor. Where her server answers 410, she has left: that is as good as her Delete, which may have been lost. A 404 may
// be an accident.
func (in *Inbox) lookAgain(ctx context.Context, id string) error {
	_, err := in.Remotes.Refresh(ctx, id)
	if !errors.Is(err, publisher.ErrDeleted) {
		return err
	}
	out, err := in.settle(ctx, &arrival{kind: "Delete", id: id, actor: id, signer: id, object: id, at: in.Now()}, in.deleteActor)
	if errors.Is(err, errDuplicate) {
		return nil
	}
	in.announce(out)
	return err
}
