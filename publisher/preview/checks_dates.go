package preview

import (
	"cmp"
	"fmt"
	"time"
)

// soon is how far a clock may be wrong.
const soon = 5 * time.Minute

func datesMissing(s subject) (Warning, bool) {
	missing, odd := 0, 0
	for _, e := range s.in.Entries {
		if e.Published.IsZero() {
			missing, odd = missing+1, cmp.Or(odd, e.OddYear)
		}
	}
	if missing == 0 {
		return none()
	}
	w := Warning{
		Seen: has(missing, len(s.in.Entries), "has", "have") + " no date that can be read.",
		Why: "Such a post is dated when it is first seen. An old one that comes into the feed again would look new, and nothing " +
			"says in which order they were written.",
		Fix: "Add pubDate (RSS), published (Atom) or date_published (JSON Feed), with time and time zone.",
	}
	if odd != 0 {
		w.Seen += fmt.Sprintf(" One counts the year %d.", odd)
		w.Fix = "Have the engine write the feed's dates in the Gregorian calendar, whatever the blog itself shows, and none " +
			"that is more than ten years ahead: such a post may wait for you."
	}
	return w, true
}

func datesFuture(s subject) (Warning, bool) {
	future, which := 0, time.Time{}
	for _, e := range s.in.Entries {
		if e.Published.After(s.now.Add(soon)) {
			future, which = future+1, e.Published
		}
	}
	if future == 0 {
		return none()
	}
	return Warning{
		Seen: fmt.Sprintf("%s dated in the future, such as %s.", has(future, len(s.in.Entries), "is", "are"), when(which)),
		Why: "A post that is dated up to a day ahead is announced when it is found: readers get it before its time. One that is dated " +
			"further ahead waits for its date, or for you (future_posts).",
		Fix: "Keep planned posts out of the feed until their time, and check the time zone of the blog.",
	}, true
}

// datesMidnight finds engines that know the day only. A post at noon that says midnight is older
// than six hours when it arrives.
func datesMidnight(s subject) (Warning, bool) {
	dated, midnight := 0, 0
	for _, e := range s.in.Entries {
		if e.Published.IsZero() {
			continue
		}
		dated++
		if e.Published.Truncate(24 * time.Hour).Equal(e.Published) {
			midnight++
		}
	}
	if midnight*2 <= dated {
		return none()
	}
	return Warning{
		Seen: has(midnight, len(s.in.Entries), "is", "are") + " dated with a day but no time: midnight.",
		Why: "Mastodon puts a post into home timelines only while it is younger than six hours. One that appears at noon and says " +
			"midnight is in nobody's timeline.",
		Fix: "Write the time of day into the date of each post: 2026-01-05T08:00:00+01:00.",
	}, true
}

// order: a feed's order is not told by any standard, but programs read the first few items only.
func order(s subject) (Warning, bool) {
	back := 0
	var last time.Time
	for _, e := range s.in.Entries {
		if e.Published.IsZero() {
			continue
		}
		if !last.IsZero() && e.Published.After(last) {
			back++
		}
		last = e.Published
	}
	if back == 0 {
		return none()
	}
	return Warning{
		Seen: "The posts are not listed newest first.",
		Why: "Bloghorn reads all of them, but many programs look at the first ones only, and engines that shorten the feed cut off " +
			"its end.",
		Fix: "Sort the feed by date, newest first. If one post is pinned to the top of the blog, leave it in its place in the feed.",
	}, true
}
