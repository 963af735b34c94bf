package web

import (
	"cmp"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/bloghorn/bloghorn/server/bounds"
)

// maxBuckets bounds how many names a Limiter remembers: strangers choose them.
const maxBuckets = 20_000

// Limiter bounds how often something may happen for each of many names, at its Rate. It is safe for
// concurrent use. A name that did nothing for the time in which its bucket fills up is forgotten,
// which changes nothing; where more than maxBuckets come in that time, some get a new burst. It
// knows of one process: where several share a database, each allows as much.
type Limiter struct {
	bounds.Rate
	Now func() time.Time

	mu       sync.Mutex
	fresh    map[string]*rate.Limiter
	stale    map[string]*rate.Limiter // not asked for since turnedAt
	turnedAt time.Time
}

// Has says whether something may happen for the name now, and remembers nothing of it. The name ""
// and the limits of a nil Limiter always may.
func (l *Limiter) Has(name string) bool { return l.HasBeside(name, 0) }

// HasBeside is Has while so many are under way, of which it is not known yet whether they will be
// counted.
func (l *Limiter) HasBeside(name string, underWay int) bool {
	return l == nil || name == "" || l.left(name) >= float64(1+underWay)
}

// left is how many times it may happen now.
func (l *Limiter) left(name string) float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b := cmp.Or(l.fresh[name], l.stale[name]); b != nil {
		return b.TokensAt(l.Now())
	}
	return float64(l.Burst)
}

// Take counts that it happened, and says whether it might.
func (l *Limiter) Take(name string) bool {
	return l == nil || name == "" || l.bucket(name).AllowN(l.Now(), 1)
}

func (l *Limiter) bucket(name string) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if full := time.Duration(l.Burst) * l.Every; l.fresh == nil || len(l.fresh) >= maxBuckets || l.Now().Sub(l.turnedAt) >= full {
		l.stale, l.fresh, l.turnedAt = l.fresh, map[string]*rate.Limiter{}, l.Now()
	}
	b := l.fresh[name]
	if b == nil {
		if b = l.stale[name]; b == nil {
			b = rate.NewLimiter(rate.Every(l.Every), l.Burst)
		}
		l.fresh[name] = b
	}
	return b
}
