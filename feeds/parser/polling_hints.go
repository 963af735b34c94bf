package parser

import (
	"strconv"
	"strings"
	"time"
)

// Bounds of what is remembered of a feed's wishes; how far they are followed is the schedule's to
// say.
const (
	MaxTTL   = 366 * 24 * time.Hour
	AllHours = 1<<24 - 1
	AllDays  = 1<<7 - 1
)

// PollHints are a feed's own words about when it should be asked.
type PollHints struct {
	TTL        time.Duration // RSS ttl, sy:updatePeriod; 0 where it does not say
	SkipHours  uint32        // bit h: not in the hour that begins at h, UTC
	SkipDays   uint8         // bit d: not on time.Weekday(d), UTC
	CacheUntil time.Time     // Cache-Control and Expires of the last answer
}

// ownWords are the elements in which a feed says how often it should be asked, as they stand there.
type ownWords struct {
	ttl               string   // RSS 2.0, minutes
	hours, days       []string // RSS 2.0, GMT
	period, frequency string   // sy:updatePeriod and sy:updateFrequency, the syndication module of RSS 1.0
}

func (o ownWords) wishes() PollHints {
	w := PollHints{TTL: o.announced()}
	if minutes, err := strconv.Atoi(strings.TrimSpace(o.ttl)); err == nil && minutes > 0 {
		w.TTL = min(time.Duration(min(minutes, int(MaxTTL/time.Minute)))*time.Minute, MaxTTL)
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
	if w.SkipHours == AllHours || w.SkipDays == AllDays {
		w.SkipHours, w.SkipDays = 0, 0 // never is no time
	}
	return w
}

// periods of the syndication module.
var periods = map[string]time.Duration{
	"hourly": time.Hour, "daily": 24 * time.Hour, "weekly": 7 * 24 * time.Hour, "monthly": 30 * 24 * time.Hour, "yearly": 365 * 24 * time.Hour,
}

// announced is the time between two updates that the feed announces. "hourly, 1" says nothing:
// WordPress writes it into every feed, whatever its owner does, and most blogs would be asked less
// often than their posts deserve.
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
