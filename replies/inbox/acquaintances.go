package inbox

import (
	"context"
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	hostsFor = time.Minute // how long it is remembered whether a host was known
	maxHosts = 10_000      // are remembered
)

// Acquaintances says whom we knew before a site became crowded. It is asked only then, and
// remembers the hosts for a minute.
type Acquaintances struct {
	Now func() time.Time

	mu    sync.Mutex
	hosts map[string]bool
	since time.Time // when hosts was emptied
}

// With says how well we know a person: a host was here before when somebody there has followed for
// long enough, or wrote something that a moderator approved. Everybody is a stranger to a nil
// *Acquaintances.
func (k *Acquaintances) With(ctx context.Context, q database.Querier, person string) (web.Acquaintance, error) {
	if k == nil {
		return web.Stranger, nil
	}
	approved, err := wasApproved(ctx, q, person)
	if err != nil || approved {
		return web.Approved, err
	}
	host := activitypub.Host(person)
	known, asked := k.remembered(host)
	if !asked {
		if known, err = isHostKnown(ctx, q, host, k.Now().Add(-bounds.NeighbourAfter)); err != nil {
			return web.Stranger, err
		}
		k.remember(host, known)
	}
	if known {
		return web.Neighbour, nil
	}
	return web.Stranger, nil
}

func (k *Acquaintances) remembered(host string) (known, asked bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if age := k.Now().Sub(k.since); age < 0 || age >= hostsFor || len(k.hosts) >= maxHosts {
		k.hosts, k.since = map[string]bool{}, k.Now()
	}
	known, asked = k.hosts[host]
	return known, asked
}

func (k *Acquaintances) remember(host string, known bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.hosts[host] = known
}

// isRoomKept says whether there is room in the moderators' queue for a reply of somebody whom we
// know, though their site has used up its own: as much more as web.Share keeps, and for each host
// the same part of it.
func (in *Inbox) isRoomKept(ctx context.Context, q database.Querier, r thread.Row, author string, more, bytes int) (bool, error) {
	known, err := in.Acquainted.With(ctx, q, author)
	if err != nil || known == web.Stranger {
		return false, err
	}
	parts := 4 // of a site's room, that are kept
	if known == web.Neighbour {
		parts = 8
		held, size, err := sumHeldOfHost(ctx, q, r.BlogID, r.Status, activitypub.Site(author), activitypub.Host(author))
		if err != nil || held+more > bounds.HeldPerSite/bounds.HostsInSite || size+bytes > bounds.HeldBytesPerSite/bounds.HostsInSite {
			return false, err
		}
	}
	number, volume := bounds.HeldPerSite+bounds.HeldPerSite/parts, bounds.HeldBytesPerSite+bounds.HeldBytesPerSite/parts
	held, size, err := sumHeld(ctx, q, r.BlogID, r.Status, activitypub.Site(author), 0, number)
	return held+more <= number && size+bytes <= volume, err
}
