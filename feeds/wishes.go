package feeds

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Bounds of what is remembered of a feed's wishes; how far they are followed is the schedule's to say.
const (
	maxTTL   = 366 * 24 * time.Hour
	allHours = 1<<24 - 1
	allDays  = 1<<7 - 1
)

// ownWords are the elements in which a feed says how often it should be asked, as they stand there.
type ownWords struct {
	ttl               string   // RSS 2.0, minutes
	hours, days       []string // RSS 2.0, GMT
	period, frequency string   // sy:updatePeriod and sy:updateFrequency, the syndication module of RSS 1.0
}

func (o ownWords) wishes() Wishes {
	w := Wishes{TTL: o.announced()}
	if minutes, err := strconv.Atoi(strings.TrimSpace(o.ttl)); err == nil && minutes > 0 {
		w.TTL = min(time.Duration(min(minutes, int(maxTTL/time.Minute)))*time.Minute, maxTTL)
	}
	for _, text := range o.hours {
		if h, err := strconv.Atoi(strings.TrimSpace(text)); err == nil && h >= 0 && h <= 24 {
			w.SkipHours |= 1 << (h % 24) // some write midnight as 24
		}
	}
	for _, text := range o.days {
		for d := time.Sunday; d <= time.Saturday; d++ {
			if strings.EqualFold(strings.TrimSpace(text), d.String()) {
				w.SkipDays |= 1 << d
			}
		}
	}
	if w.SkipHours == allHours || w.SkipDays == allDays {
		w.SkipHours, w.SkipDays = 0, 0 // never is no time
	}
	return w
}

// periods of the syndication module.
var periods = map[string]time.Duration{
	"hourly": time.Hour, "daily": 24 * time.Hour, "weekly": 7 * 24 * time.Hour, "monthly": 30 * 24 * time.Hour, "yearly": 365 * 24 * time.Hour,
}

// announced is the time between two updates that the feed announces. "hourly, 1" says nothing: WordPress writes it into every feed, whatever
// its owner does, and most blogs would be asked less often than their posts deserve.
func (o ownWords) announced() time.Duration {
	period := periods[strings.ToLower(strings.TrimSpace(o.period))]
	times, err := strconv.Atoi(strings.TrimSpace(o.frequency))
	if err != nil || times < 1 {
		times = 1 // the module's default
	}
	if period == time.Hour && times == 1 {
		return 0
	}
	return (period / time.Duration(times)).Truncate(time.Minute)
}

// freshFor is how long an answer may be kept by a private cache (RFC 9111 §4.2): max-age, else Expires, less the time it has spent in
// caches on its way. s-maxage is for shared caches, and we are none.
func freshFor(h http.Header, now time.Time) time.Duration {
	seconds, said := int64(0), false
	for directive := range strings.SplitSeq(strings.Join(h.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.ToLower(strings.TrimSpace(directive)), "=")
		switch strings.TrimSpace(name) {
		case "no-cache", "no-store":
			return 0
		case "max-age":
			if n, err := strconv.ParseInt(strings.Trim(value, `" `), 10, 64); err == nil && !said {
				seconds, said = n, true
			}
		}
	}
	lifetime := time.Duration(min(max(seconds, 0), int64(maxTTL/time.Second))) * time.Second
	if !said {
		lifetime = untilExpiry(h, now)
	}
	if age, err := strconv.ParseInt(strings.TrimSpace(h.Get("Age")), 10, 64); err == nil && age > 0 {
		lifetime -= time.Duration(min(age, int64(maxTTL/time.Second))) * time.Second
	}
	return max(lifetime, 0)
}

// untilExpiry is Expires less Date: both are by the server's clock, which may be wrong.
func untilExpiry(h http.Header, now time.Time) time.Duration {
	expires, err := http.ParseTime(h.Get("Expires"))
	if err != nil {
		return 0 // "0" and other nonsense mean that it has expired (RFC 9111 §5.3)
	}
	if sent, err := http.ParseTime(h.Get("Date")); err == nil {
		now = sent
	}
	return min(max(expires.Sub(now), 0), maxTTL)
}

// since is what is wished after an answer: a feed that was not read again wants what it wanted before.
func (w Wishes) since(a answer, now time.Time) Wishes {
	if a.feed != nil {
		w = a.feed.Wishes
	}
	w.CacheUntil = time.Time{}
	if fresh := freshFor(a.header, now); fresh > 0 {
		w.CacheUntil = now.Add(fresh)
	}
	return w
}
