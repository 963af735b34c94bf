package remote

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	provenFor   = 24 * time.Hour
	maxProven   = 20_000 // pairs of network and site
	maxUntested = 10_000 // keys that were fetched and that no signature fitted yet
)

// standing is what is known of the networks that requests come from. It is in memory: who is
// forgotten is new again. The zero value is ready.
type standing struct {
	once     sync.Once
	proven   *lru.Cache[string, time.Time] // when the network last spoke for the site
	untested *lru.Cache[string, bool]
	failures *web.Limiter
	wider    *web.Limiter // of IPv6 networks, which one customer can have thousands of
}

func (s *standing) start() {
	s.once.Do(func() {
		s.proven, s.untested = newCache[string, time.Time](maxProven), newCache[string, bool](maxUntested)
		s.failures = &web.Limiter{Rate: bounds.LookupFailures, Now: time.Now}
		many := bounds.LookupFailures
		many.Burst, many.Every = 4*many.Burst, many.Every/4
		s.wider = &web.Limiter{Rate: many, Now: time.Now}
	})
}

// rank is what who has of the turns, while so many questions are under way for each network that
// may fail yet: whoever fails shall not have begun many before the first is over.
func (s *standing) rank(who asker, site string, unsure map[string]int) rank {
	switch {
	case who.name == "" || s.isProven(who, site):
		return proven
	case who.name == everybody:
		return unknown
	}
	s.start()
	wider := widerThan(who.name)
	if !s.failures.HasBeside(who.name, unsure[who.name]) || !s.wider.HasBeside(wider, unsure[wider]) {
		return failing
	}
	return unknown
}

func (s *standing) isProven(who asker, site string) bool {
	if who.name == "" || who.name == everybody {
		return false
	}
	s.start()
	at, ok := s.proven.Get(who.name + " " + site)
	return ok && time.Since(at) < provenFor
}

// widerThan is the /48 of an IPv6 network, and "" for what is none.
func widerThan(network string) string {
	prefix, err := netip.ParsePrefix(network)
	if err != nil {
		return ""
	}
	return netip.PrefixFrom(prefix.Addr(), 48).Masked().String()
}

// meet remembers that a key was fetched which nobody has used yet.
func (s *standing) meet(keyID string) {
	s.start()
	s.untested.Add(keyID, true)
}

// Verified tells that the request of ctx was signed with this key: its network speaks for the
// site. The first time that a new key is used is charged to its site.
func (m *Directory) Verified(ctx context.Context, keyID, owner string) {
	site, who := activitypub.Site(keyID), askerOf(ctx)
	s := &m.questions.standing
	s.start()
	if _, fresh := s.untested.Get(keyID); fresh {
		s.untested.Remove(keyID)
		if _, err := m.UnknownKeyLimit.Take(site, activitypub.Host(keyID), m.acquaintance(ctx, keyID, owner)); err != nil {
			m.Log.Warn("a new key is not counted for its site", "host", activitypub.Host(keyID), "err", err)
		}
	}
	if who.name != "" && who.name != everybody {
		s.proven.Add(who.name+" "+site, time.Now())
	}
}

// Unverified tells that the request of ctx could not be verified. The errors that are not its
// sender's doing are not held against its network.
func (m *Directory) Unverified(ctx context.Context, err error) {
	who := askerOf(ctx)
	if who.name == "" || who.name == everybody || !errors.Is(err, web.ErrUnsigned) && !errors.Is(err, signature.ErrKeyUnreachable) {
		return
	}
	s := &m.questions.standing
	s.start()
	s.failures.Take(who.name)
	s.wider.Take(widerThan(who.name))
}
