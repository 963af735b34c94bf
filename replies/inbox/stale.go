package inbox

import (
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/bounds"
)

const (
	oldAfter = 7 * 24 * time.Hour
	maxOld   = 1000
)

// Stale are actors who shall be asked for again.
type Stale struct {
	mu    sync.Mutex
	ids   map[string]bool
	asked map[string]bool // sites that are being asked
}

// add reports whether the actor is old.
func (o *Stale) add(actor remote.Actor, now time.Time) bool {
	after := oldAfter
	if actor.Preferences.HidesUnlisted || actor.Preferences.HidesPublic {
		after = WishesAfter
	}
	if actor.FetchedAt.IsZero() || now.Sub(actor.FetchedAt) < after {
		return false
	}
	o.Put(actor.URI)
	return true
}

// Put adds somebody, and reports whether there was room.
func (o *Stale) Put(id string) bool {
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

// Has reports whether some wait.
func (o *Stale) Has() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.ids) > 0
}

// Take returns up to n who can be asked for, of sites that are not being asked.
func (o *Stale) Take(n int) (ids []string) {
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

// Done notes that somebody taken was asked for.
func (o *Stale) Done(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.asked, activitypub.Site(id))
}
