package cli

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

const weatherDays = 30 * 24 * time.Hour

// fewBlogs are 15 of 60 that have all moods and all rhythms between them. In the long form all 60 write.
var fewBlogs = []int{1, 2, 4, 6, 7, 8, 10, 19, 28, 29, 30, 31, 35, 53, 57}

// TestWeatherOfThirtyDays lets blogs of all moods write for 30 days, and compares what was told of
// them with what they did. The race detector makes that ten times slower, so it sees fewer of them.
func TestWeatherOfThirtyDays(t *testing.T) {
	t.Parallel()
	blogs := fewBlogs
	switch {
	case costtest.Race:
		blogs = fewBlogs[:8]
	case costtest.Long():
		blogs = nil
		for n := range 60 {
			blogs = append(blogs, n)
		}
	}
	url := databasetest.SQLiteURL(t)
	synctest.Test(t, func(t *testing.T) {
		w := newWeather(t, url, blogs)
		defer func() {
			if err := w.Close(); err != nil {
				t.Error(err)
			}
		}()
		for range 3 {
			w.pass(weatherDays / 3)
			w.check(time.Now().Add(-24*time.Hour), false)
		}
		w.check(time.Now(), true)
		moods := map[string]bool{}
		for _, s := range w.sites {
			for _, past := range s.past {
				mood, _, _ := strings.Cut(past, " on day")
				moods[mood] = true
			}
		}
		if len(moods) < len(weatherMoods) && !costtest.Race {
			t.Errorf("of %d moods only %d came: %v", len(weatherMoods), len(moods), moods)
		}
	})
}

// told is what followers heard of one post.
type told struct {
	creates, updates, deletes []time.Time
	ids                       map[string]bool
	texts                     []string // of each of these, in their order
	last                      string   // the content of the last Create or Update
}

var weatherMark = regexp.MustCompile(`zq\d+x\d+z`)

// heard reads what went out, in its order.
func (w *weather) heard() map[string]*told {
	w.t.Helper()
	type row struct {
		kind string
		body []byte
		at   int64
	}
	rows, err := database.Collect(func(row database.Scanner) (r row, err error) {
		return r, row.Scan(&r.kind, &r.body, &r.at)
	})(w.DB.Query(w.t.Context(), `
SELECT kind, body, created_at
FROM activities
ORDER BY created_at, id`))
	if err != nil {
		w.t.Fatal(err)
	}
	all, marks := map[string]*told{}, map[string]string{}
	for _, r := range rows {
		var activity struct {
			Object json.RawMessage
		}
		var object struct{ ID, Content string }
		if err := json.Unmarshal(r.body, &activity); err != nil {
			w.t.Fatal(err)
		}
		if json.Unmarshal(activity.Object, &object) != nil {
			json.Unmarshal(activity.Object, &object.ID)
		}
		if mark := weatherMark.FindString(object.Content); mark != "" {
			marks[object.ID] = mark
		}
		mark := marks[object.ID]
		if all[mark] == nil {
			all[mark] = &told{ids: map[string]bool{}}
		}
		all[mark].add(r.kind, object.ID, object.Content, database.Time(r.at))
	}
	return all
}

func (o *told) add(kind, id, content string, at time.Time) {
	o.texts = append(o.texts, fmt.Sprintf("%s at %s: %.300s", kind, at.UTC().Format(time.DateTime), content))
	switch kind {
	case "Create":
		o.creates, o.last = append(o.creates, at), content
		o.ids[id] = true
	case "Update":
		o.updates, o.last = append(o.updates, at), content
	case "Delete":
		o.deletes = append(o.deletes, at)
	}
}

// check compares what was told with what happened until then.
func (w *weather) check(until time.Time, isEnd bool) {
	w.t.Helper()
	heard := w.heard()
	released, held := 0, map[string]string{}
	for _, s := range w.sites {
		posts, err := feeds.HeldPosts(w.t.Context(), w.DB, s.blog.ID, 1000)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, p := range posts {
			held[p.URL] = p.HeldWhy
			if isEnd {
				w.t.Logf("held: %s, %s: %s (%s)", p.URL, s.rhythm.name, p.HeldWhy, s.history())
			}
		}
	}
	counts := map[string]int{}
	for _, s := range w.sites {
		for _, p := range s.posts {
			o := heard[p.mark()]
			if o == nil {
				o = &told{}
			}
			if !p.isHistory && !p.servedAt.IsZero() {
				released++
			}
			counts["Create"] += len(o.creates)
			counts["Update"] += len(o.updates)
			counts["Delete"] += len(o.deletes)
			for _, complaint := range p.complaints(o, held[p.url()], until, isEnd) {
				w.t.Errorf("%s, %s, %s: %s (%s)", p.mark(), s.rhythm.name, s.host, complaint, s.history())
			}
		}
		w.checkManners(s)
	}
	if len(held)*50 > released && (isEnd || costtest.Long()) { // of few blogs, one that was away for a day is too many of a third
		w.t.Errorf("%d of %d posts are held", len(held), released)
	}
	requests := 0
	for _, s := range w.sites {
		requests += len(s.asked)
	}
	w.t.Logf("%d posts released, %v, %d held, %d requests of feeds", released, counts, len(held), requests)
}

// gonePolls is how long the three polls take that have to miss a post before it may be deleted.
const gonePolls = 4 * weatherEvery

// isOutrun says that newer posts would have pushed it out of the feed by then anyway. Such a post is not missing, and stays.
func (p *weatherPost) isOutrun(then time.Time) bool {
	newer := 0
	for _, other := range p.site.posts {
		if other.date.After(p.date) && !other.servedAt.IsZero() && other.servedAt.Before(then) {
			newer++
		}
	}
	return newer >= p.site.window
}

// complaints are what is wrong with what was told of a post.
func (p *weatherPost) complaints(o *told, held string, until time.Time, isEnd bool) (all []string) {
	complain := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	wanted := 1
	if p.isHistory || p.servedAt.IsZero() || p.servedAt.After(until) {
		wanted = 0
	}
	comesBack := !p.backAt.IsZero()
	switch n := len(o.creates); {
	case p.isHistory && n > 0, n > 1 && !comesBack, n > 2, n != len(o.ids):
		complain("%d Creates: %v", n, o.creates)
	case n < wanted && held == "":
		complain("was never announced; served since %v", p.servedAt)
	}
	for _, at := range o.deletes {
		if p.page == 200 && !comesBack || !p.removed && !comesBack || at.Before(p.removedAt) {
			complain("was deleted at %v", at)
		}
	}
	if isEnd && p.removed && p.page != 200 && len(o.creates) > 0 && until.Sub(p.removedAt) > 5*24*time.Hour && len(o.deletes) != 1 &&
		(len(o.deletes) > 1 || !p.isOutrun(p.removedAt.Add(gonePolls))) {
		complain("is gone since %v, and there are %d Deletes", p.removedAt, len(o.deletes))
	}
	if len(o.creates) > 0 && len(o.deletes) == 0 && p.edits > 0 && !p.editServed.IsZero() && until.Sub(p.editServed) > 24*time.Hour &&
		!strings.Contains(o.last, p.version()) {
		complain("the last that was told is %.60q, and the edit was served at %v", o.last, p.editServed)
	}
	for i := range o.updates[min(len(o.updates), 1):] {
		if between := o.updates[i+1].Sub(o.updates[i]); between < time.Hour {
			complain("two Updates within %v", between)
		}
	}
	if changes := p.edits + p.site.changes; len(o.updates) > changes {
		complain("%d Updates after %d changes:\n%s\n", len(o.updates), changes, strings.Join(o.texts, "\n"))
	}
	return all
}

// checkManners looks how often the feed was asked.
func (w *weather) checkManners(s *weatherSite) {
	w.t.Helper()
	for _, rude := range s.rude {
		w.t.Errorf("%s: %s", s.host, rude)
	}
	const shortest = weatherEvery * 95 / 100 // the jitter
	// Before a post is announced its feed is read once more.
	if most := int(time.Since(w.began)/shortest) + 1 + 2*s.hooks + len(s.posts); len(s.asked) > most {
		w.t.Errorf("%s: %d requests, at most %d were promised", s.host, len(s.asked), most)
	}
}

func (s *weatherSite) history() string { return strings.Join(s.past, ", ") }
