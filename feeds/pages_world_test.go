package feeds_test

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
)

const (
	home    = "https://tea.example/"
	firstAt = "https://tea.example/1/"
	robots  = "https://tea.example/robots.txt"
)

// story is a text long enough for an edit to be one.
const story = `<p>The first cup is for the guest, the second for the house, and the third is for talking. So said my aunt, and I pour.</p>
<p>Green tea wants water that has forgotten how it boiled, black tea wants it at once, and both want somebody who waits.</p>
<p>When the leaves are tired they go to the roses, which have never complained, and the pot is turned upside down until the evening.</p>`

// shop is a world whose one post has a page, and a looker beside the poller.
type shop struct {
	*world
	looker *feeds.PageChecker
	sites  []feeds.Blog // others
}

// webPage is a page as simple engines make them.
func webPage(title, body string, head ...string) string {
	return fmt.Sprintf(`<!doctype html><html><head><title>%s</title>%s</head><body><header><a href="/">Tea</a></header><article><h1>%s</h1>%s
</article><footer>1,204 views</footer></body></html>`, title, strings.Join(head, ""), title, body)
}

func told(n int) entry {
	return post(n).with(func(e *entry) { e.body = story })
}

// newShop has a post that the world knows, and the feed it was in.
func newShop(t *testing.T, db *database.DB) *shop {
	t.Helper()
	w := &shop{world: newWorld(t, db)}
	w.looker = w.newLooker()
	w.publish(told(1))
	w.mustPoll()
	w.pass(5 * time.Minute)
	w.announce()
	w.saved.Store(0)
	w.serve(webPage("Cup 1", story))
	return w
}

func (w *shop) newLooker() *feeds.PageChecker {
	return &feeds.PageChecker{
		DB: w.db, Client: w.web.client(), Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return w.now },
		WakeNext: func() { w.saved.Add(1) },
	}
}

// serve puts a page where the first post is.
func (w *shop) serve(body string) {
	w.web.set(firstAt, page{body: body, header: map[string]string{"Content-Type": "text/html; charset=utf-8"}})
}

// miss is what a poll does that finds the post out of the feed: with polls above 0, it should have had it.
func (w *shop) miss(polls int) {
	w.t.Helper()
	p := w.first()
	since := p.AbsentSince
	if since.IsZero() {
		since = w.now
	}
	_, err := w.db.Exec(w.t.Context(), `
UPDATE posts
SET absent_since = ?, absent_polls = ?
WHERE id = ?`, database.Millis(since), polls, p.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	if p.AbsentSince.IsZero() {
		at := w.now
		if polls == 0 {
			at = w.now.Add(time.Hour)
		}
		if err := feeds.SchedulePageCheck(w.t.Context(), w.db, p.ID, p.BlogID, at); err != nil {
			w.t.Fatal(err)
		}
	}
}

// list is what a poll does that finds the post in the feed again.
func (w *shop) list() {
	w.t.Helper()
	if _, err := w.db.Exec(w.t.Context(), `
UPDATE posts
SET absent_since = 0, absent_polls = 0`); err != nil {
		w.t.Fatal(err)
	}
}

// days lets time go by, looking at what is due each hour.
func (w *shop) days(n int) {
	w.t.Helper()
	for range 24 * n {
		w.pass(time.Hour)
		w.look()
	}
}

func (w *shop) look() {
	w.t.Helper()
	if err := w.looker.CheckDue(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// first is the one post, removed or not.
func (w *shop) first() feeds.Post {
	w.t.Helper()
	var id string
	if err := w.db.QueryRow(w.t.Context(), `
SELECT id
FROM posts
WHERE url = ?`, firstAt).Scan(&id); err != nil {
		w.t.Fatal(err)
	}
	p, err := feeds.PostByID(w.t.Context(), w.db, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// looked is how often the address was asked.
func (w *shop) looked(address string) int {
	return len(slices.DeleteFunc(w.web.asked(), func(asked string) bool { return asked != address }))
}
