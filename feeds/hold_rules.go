package feeds

import (
	"cmp"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds/match"
	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/feeds/parser"
)

// The hold rules let through what a person publishes, and hold what a machine does by accident: a
// migration that renames every post, a restored backup, a domain that somebody else has bought. An
// announcement cannot be called back, and one flood gets a blog blocked for good.
const (
	freeArrivals = 3  // of new posts, edits and moved links: so many of one poll are never held or put off
	usualTimes   = 3  // as many times the most that ever came at once
	freeDaily    = 12 // new posts in a day that are always let through
	rhythmTimes  = 2  // as many times what the blog's rhythm makes expect after a pause of ours
)

// scene is what the hold rules see of a poll.
type scene struct {
	known, now Fingerprint
	items      int     // of the feed
	familiar   int     // of them posts that readers know
	listed     int     // public posts that the feed listed before
	fresh      int     // new items that would be announced
	mostNew    int     // the most that one poll brought before
	lastDay    int     // announced in the last 24 hours
	perDay     float64 // how many the blog publishes
	away       time.Duration
}

// foreign says why the feed looks like another site's, "" where it does not: something has changed
// that does not change by itself, and most of its posts are unknown.
func (s scene) foreign() string {
	if s.familiar*2 >= s.items || s.known == (Fingerprint{}) {
		return ""
	}
	var changed []string
	for _, one := range []struct{ what, was, is string }{
		{"its posts are on", s.known.LinkHost, s.now.LinkHost},
		{"it comes from", s.known.FeedHost, s.now.FeedHost},
		{"its language is", s.known.Language, s.now.Language},
		{"it is called", s.known.Title, s.now.Title},
	} {
		if one.was != "" && one.is != "" && !strings.EqualFold(one.was, one.is) {
			changed = append(changed, fmt.Sprintf("%s %q, not %q", one.what, one.is, one.was))
		}
	}
	switch {
	case len(changed) > 0:
		return fmt.Sprintf("the feed looks like another site's: %s, and it has %s, known of these: %d", strings.Join(changed, ", "), Counted(s.items, "post"), s.familiar)
	case s.familiar == 0 && s.listed > freeArrivals:
		return fmt.Sprintf("the feed has %s and none is known, and none of the %d that it listed is left", Counted(s.items, "post"), s.listed)
	}
	return ""
}

// flood says why so many new posts are held, "" where they are not too many.
func (s scene) flood() string {
	expected := int(math.Ceil(rhythmTimes * s.perDay * s.away.Hours() / 24))
	most := max(freeArrivals, usualTimes*s.mostNew, expected)
	if s.fresh > most {
		return fmt.Sprintf("%d new posts came at once, and more than %d never did", s.fresh, most)
	}
	daily := max(freeDaily, int(math.Ceil(usualTimes*s.perDay)), expected)
	if s.fresh > 0 && s.lastDay+s.fresh > daily {
		return fmt.Sprintf("%d new posts came within a day, and about %.0f are usual", s.lastDay+s.fresh, math.Ceil(s.perDay))
	}
	return ""
}

// fingerprintOf returns what a feed is known by; from is the address that it came from.
func fingerprintOf(f *parser.Feed, from string, items []match.Item) Fingerprint {
	return Fingerprint{FeedHost: pageurl.Host(from), LinkHost: linkHost(items), Title: f.Title, Language: f.Language}
}

// or fills what is not known with what was.
func (l Fingerprint) or(was Fingerprint) Fingerprint {
	return Fingerprint{cmp.Or(l.FeedHost, was.FeedHost), cmp.Or(l.LinkHost, was.LinkHost), cmp.Or(l.Title, was.Title), cmp.Or(l.Language, was.Language)}
}

// linkHost is where most of the items are.
func linkHost(items []match.Item) (host string) {
	counts := map[string]int{}
	for _, it := range items {
		one := pageurl.Host(it.Link)
		if counts[one]++; one != "" && (host == "" || counts[one] > counts[host]) {
			host = one
		}
	}
	return host
}

// pace is how many posts a day a blog publishes, by what its feed lists.
func pace(posts []match.Known, now time.Time) float64 {
	n, oldest := 0, now
	for _, p := range posts {
		if p.IsPublic() && p.AbsentSince.IsZero() {
			n++
			if p.PublishedAt.Before(oldest) {
				oldest = p.PublishedAt
			}
		}
	}
	return float64(n) / max(now.Sub(oldest).Hours()/24, 1)
}

// holdBack holds what must not go out by itself.
func (pl *plan) holdBack() {
	s := pl.scene(fingerprintOf(pl.answer.Feed, pl.answer.URL.String(), pl.m.Items))
	pl.known, pl.mostNew = s.known, s.mostNew
	if pl.poll.Imported {
		if why := s.foreign(); why != "" {
			pl.hold(HeldForeign, why, func(change) bool { return true })
			pl.isForeign = true
			return
		}
		if why := s.flood(); why != "" {
			pl.hold(HeldFlood, why, change.goesOut)
		} else {
			pl.mostNew = max(s.mostNew, s.fresh)
		}
	}
	pl.known, pl.isWhole = s.now.or(s.known), s.familiar > 0
}

// scene is what the hold rules have to judge.
func (pl *plan) scene(is Fingerprint) scene {
	listed := pl.m.Listed()
	s := scene{
		known: pl.poll.Known, now: is, items: len(pl.m.Items), mostNew: pl.poll.MostNew, away: pl.now.Sub(pl.poll.SucceededAt),
		perDay: pace(listed, pl.now),
	}
	for _, it := range pl.m.Items {
		if !it.IsNew() && it.Was.IsPublic() {
			s.familiar++
		}
	}
	for _, p := range listed {
		if p.IsPublic() && p.AbsentSince.IsZero() {
			s.listed++
		}
		if p.Announce && p.IsPublic() && pl.now.Sub(p.FirstSeenAt) < 24*time.Hour {
			s.lastDay++
		}
	}
	for _, c := range pl.changes {
		if c.goesOut() {
			s.fresh++
		}
	}
	return s
}

// hold keeps new posts from the world until their owner has decided.
func (pl *plan) hold(rule, why string, which func(change) bool) {
	for i := range pl.changes {
		if c := &pl.changes[i]; c.known == nil && (c.post.HeldAt.IsZero() || c.post.isWaiting()) && which(*c) {
			c.hold(pl.now, rule, why, "")
		}
	}
}

// holds are the new posts that the plan holds, by rule.
func (pl *plan) holds() (groups []HeldGroup) {
	at := map[string]int{}
	for _, c := range pl.changes {
		if c.known != nil || c.post.HeldAt.IsZero() {
			continue
		}
		i, ok := at[c.post.HeldBy]
		if !ok {
			i = len(groups)
			at[c.post.HeldBy] = i
			groups = append(groups, HeldGroup{Rule: c.post.HeldBy, First: c.post.PublishedAt, Reason: c.post.HeldWhy})
		}
		g := &groups[i]
		g.Count++
		if c.post.PublishedAt.Before(g.First) {
			g.First = c.post.PublishedAt
		}
		if c.post.HeldWhy != g.Reason {
			g.Reason = ""
		}
	}
	return groups
}
