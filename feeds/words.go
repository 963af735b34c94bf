package feeds

import (
	"fmt"
	"time"
)

// Moment is a time as a person reads it on the day: "2026-01-05 08:00 UTC (3 min ago)". It is ""
// for the zero time.
func Moment(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04 UTC (") + Distance(t, now) + ")"
}

// Distance is how far away a time is: "in 12 min", "3 h ago", "now".
func Distance(t, now time.Time) string {
	switch d := t.Sub(now).Round(time.Second); {
	case d > 0:
		return "in " + Length(d)
	case d < 0:
		return Length(-d) + " ago"
	}
	return "now"
}

// Length is a duration in the largest unit that has two of it, rounded: "90 s", "47 min", "36 h",
// "12 days".
func Length(d time.Duration) string {
	for _, unit := range []struct {
		size, below time.Duration
		name        string
	}{
		{time.Second, 2 * time.Minute, "s"}, {time.Minute, 2 * time.Hour, "min"}, {time.Hour, 48 * time.Hour, "h"},
	} {
		if rounded := d.Round(unit.size); rounded < unit.below {
			return fmt.Sprintf("%d %s", rounded/unit.size, unit.name)
		}
	}
	const day = 24 * time.Hour
	return fmt.Sprintf("%d days", d.Round(day)/day)
}

// Counted is a number of things: "1 post", "30 posts".
func Counted(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}
