package feeds_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/parser"
)

// A date of another calendar is none; one of ours beside it counts.
func TestKindsOfCalendars(t *testing.T) {
	t.Parallel()
	const ours = "<dc:date>2026-11-11T09:30:00Z</dc:date>"
	for name, c := range map[string]struct{ body, want string }{
		"Persian, in Atom": {atomOpen + `<entry><id>urn:1</id><updated>2026-11-12T09:30:00Z</updated><published>۱۴۰۵-۰۸-۲۰T۰۹:۳۰:۰۶Z</published></entry></feed>`,
			"2026-11-12 09:30:00"},
		"Persian, alone":         {rssDated("fa-IR", "<pubDate>1405/08/20 09:30</pubDate>"), ""},
		"Islamic":                {rssDated("ar-SA", "<pubDate>1448-06-01T09:30:00+03:00</pubDate>"), ""},
		"Islamic, and ours":      {rssDated("ar-SA", "<pubDate>1448-06-01T09:30:00+03:00</pubDate>"+ours), "2026-11-11 09:30:00"},
		"Thai":                   {rssDated("th", "<pubDate>Wed, 11 Nov 2569 09:30:00 +0700</pubDate>"), ""},
		"Thai, and ours":         {rssDated("th", "<pubDate>11/11/2569</pubDate>"+ours), "2026-11-11 09:30:00"},
		"Nepalese":               {rssDated("ne", "<pubDate>2083-07-25 09:30:00</pubDate>"+ours), "2026-11-11 09:30:00"},
		"Hebrew":                 {rssDated("he", "<pubDate>5787-09-01</pubDate>"), ""},
		"JSON Feed":              {`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","content_text":"x","date_published":"2569-11-11T09:30:00Z"}]}`, ""},
		"an archive's, of 1995":  {rssDated("", "<pubDate>Sat, 11 Nov 1995 09:30:00 GMT</pubDate>"+ours), "1995-11-11 09:30:00"},
		"a diary's, of 1660":     {rssDated("", "<pubDate>11 Nov 1660</pubDate>"+ours), "1660-11-11"},
		"the first that is ours": {rssDated("", "<pubDate>2569-11-11</pubDate><dc:date>1405-08-20</dc:date>"+ours), "2026-11-11 09:30:00"},
	} {
		if got := dated(t, c.body); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// How far ahead is believable depends on the clock.
func TestKindsOfFarDates(t *testing.T) {
	t.Parallel()
	f, err := parser.Parse([]byte(rssDated("", "<pubDate>2035-11-11</pubDate><dc:date>2026-01-05</dc:date>")), "", feedURL)
	if err != nil {
		t.Fatal(err)
	}
	for now, want := range map[int]int{2024: 2026, 2025: 2035, 2036: 2035, 2040: 2035} { // it waits for a date ahead
		at := time.Date(now, 12, 1, 0, 0, 0, 0, time.UTC)
		if got := feeds.PostsOf(f, tea, at)[0].PublishedAt.Year(); got != want {
			t.Errorf("in %d: %d, want %d", now, got, want)
		}
	}
}

// A year that is ten years ahead and of no calendar in use means never, or on top for good: such a post is not announced by itself.
func TestKindsOfDatesTooFarAheadToBelieve(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		years string // what each entry of a feed is dated
		held  string // which of them are
	}{
		"never, alone":           {"9999-12-31", "9999"},
		"never":                  {"9999-12-31 2026-11-11 2026-11-10", "9999"},
		"the end of a clock":     {"2038-01-19 2026-11-11 2026-11-10", "2038"},
		"the end, alone":         {"2038-01-19", "2038"},
		"Nepal's year, alone":    {"2083-07-25", ""},
		"Nepal's, in all":        {"2083-07-25 2083-07-20 2082-01-01", ""},
		"Nepal's, in one":        {"2083-07-25 2026-11-11 2026-11-10", "2083"},
		"Thai, with never":       {"9999-12-31 2569-11-11 2569-11-10 2568-01-01", "9999"},
		"Hebrew":                 {"5787-02-02 5787-01-03", ""},
		"most have no date":      {"2040-01-01 ? ? ?", "2040"},
		"what comes in 40 years": {"2064-02-17 2061-04-20 2026-11-11 2026-11-10", "2064 2061"},
		"ours":                   {"2026-11-11 1660-11-11", ""},
		"of another calendar":    {"1405-08-20 1448-06-01", ""},
	} {
		f := &parser.Feed{}
		for i, text := range strings.Fields(c.years) {
			it := parser.Item{GUID: strconv.Itoa(i), Title: text, Content: "Tea."}
			if at, err := time.Parse(time.DateOnly, text); err == nil {
				it.Dates = []time.Time{at}
			}
			f.Items = append(f.Items, it)
		}
		var held []string
		for _, p := range feeds.PostsOf(f, tea, now) {
			if p.PublishedAt.After(now) {
				t.Errorf("%s: %s is dated %v", name, p.Title, p.PublishedAt)
			}
			if p.HeldBy == feeds.HeldEarly {
				held = append(held, p.Title[:4])
			}
		}
		if got := strings.Join(held, " "); got != c.held {
			t.Errorf("%s: held are %q, want %q", name, got, c.held)
		}
	}
}
