package replies

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/bounds"
)

// People change their names, and not every server tells. Whoever does something here and was not
// looked at for a week is asked for again: by the loop, after the answer, and only while the
// process lives, because the next thing she does asks again.
const (
	oldAfter   = 7 * 24 * time.Hour
	maxOld     = 1000
	refreshFew = 4 // in each refreshIn
	refreshIn  = time.Second
)

// old are actors who shall be asked for again.
type old struct {
	mu    sync.Mutex
	ids   map[string]bool
	asked map[string]bool // sites that are being asked
}

// add reports whether the actor is old.
func (o *old) add(actor publisher.RemoteActor, now time.Time) bool {
	after := oldAfter
	if actor.Preferences.HidesUnlisted || actor.Preferences.HidesPublic {
		after = wishesAfter
	}
	if actor.FetchedAt.IsZero() || now.Sub(actor.FetchedAt) < after {
		return false
	}
	o.put(actor.URI)
	return true
}

// put adds somebody, and reports whether there was room.
func (o *old) put(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ids == nil {
		o.ids = map[string]bool{}
	}
	if len(o.ids) >= maxOld {
		return false
	}
	o.ids[id] = true
	return true
}

// has reports whether some wait.
func (o *old) has() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.ids) > 0
}

// take returns up to n who can be asked for, of sites that are not being asked.
func (o *old) take(n int) (ids []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.asked == nil {
		o.asked = map[string]bool{}
	}
	for id := range o.ids {
		site := activitypub.Site(id)
		if len(ids) == n || len(o.asked) >= bounds.RefreshedAtOnce {
			break
		}
		if !o.asked[site] {
			o.asked[site] = true
			ids = append(ids, id)
			delete(o.ids, id)
		}
	}
	return ids
}

func (o *old) done(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.asked, activitypub.Site(id))
}

// refresh asks for some of those who are old. What is new about them is in the threads with the row
// (Remotes.Changed). It has no part in the room for rows, and one question to a site at a time, so
// that a slow server holds up nobody else's row and few others' profiles.
func (in *Inbox) refresh(ctx context.Context, p *pool) {
	for _, id := range in.old.take(refreshFew) {
		p.work.Go(func() {
			defer in.old.done(id)
			if err := in.lookAgain(ctx, id); err != nil {
				in.Log.Debug("an actor is not refreshed", "err", err)
			}
		})
	}
}

// lookAgain asks for an actor. Where her server answers 410, she has left: that is as good as her
// Delete, which may have been lost. A 404 may be an accident.
func (in *Inbox) lookAgain(ctx context.Context, id string) error {
	_, err := in.Remotes.Refresh(ctx, id)
	if !errors.Is(err, publisher.ErrDeleted) {
		return err
	}
	out, err := in.settle(ctx, &inbound{kind: "Delete", id: id, actor: id, signer: id, object: id, at: in.Now()}, in.deleteActor)
	if errors.Is(err, errDuplicate) {
		return nil
	}
	in.announce(out)
	return err
}
