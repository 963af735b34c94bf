package publisher_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// accepts makes a host one that has taken something before.
func (w *world) accepts(host string) {
	w.exec(`INSERT INTO hosts (host, failures, failing_since, paused_until, succeeded_at, last_error, updated_at) VALUES (?, 0, 0, 0, 1, '', 1)`, host)
}

// An inbox on another site than its actor may be anybody's. It gets posts once its host has taken
// the Accept; of one site only some do.
func TestInboxElsewhereGetsPostsOnceItHasTakenSomething(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		here := w.fedi.Person("ada", "pasture.example")
		below := w.fedi.Person("bob", "meadow.example", fediversetest.NoSharedInbox, fediversetest.Profile("inbox", "https://ap.meadow.example/bob"))
		w.follow(here, below)
		for n := range bounds.InboxesElsewhere + 3 {
			inbox := fediversetest.Profile("inbox", fmt.Sprintf("https://hosting.example/%02d/inbox", n))
			w.follow(w.fedi.Person("me", fmt.Sprintf("static%d.example", n), fediversetest.NoSharedInbox, inbox))
		}
		w.write(item{Path: "one", Title: "One"})
		w.announceAll()
		own := []string{"https://ap.meadow.example/bob", here.SharedInbox}
		w.wantInboxes("Create", w.blog, own...)

		w.accepts("hosting.example")
		w.pass(time.Hour)
		w.write(item{Path: "two", Title: "Two"})
		w.announceAll()
		got := w.inboxesOf("Create", w.blog)[len(own):]
		want := own[:1:1]
		for n := range bounds.InboxesElsewhere {
			want = append(want, fmt.Sprintf("https://hosting.example/%02d/inbox", n))
		}
		if want = append(want, own[1]); !slices.Equal(got, want) {
			t.Errorf("the second post went to %v, want %v", got, want)
		}
	})
}

// A shared inbox on another site than the personal one is not believed. What is on another host of
// the site is.
func TestSharedInboxBelongsToTheSiteOfTheInbox(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	shared := func(inbox string) fediversetest.Trait {
		return func(p *fediversetest.Person) { p.SharedInbox = inbox }
	}
	w.follow(w.fedi.Person("ada", "a.pasture.example", shared("https://pasture.example/inbox")))
	eve := w.fedi.Person("eve", "evil.example", shared("https://victim.example/inbox"))
	w.follow(eve)
	w.write(item{Path: "one", Title: "One"})
	w.announceAll()
	w.wantInboxes("Create", w.blog, eve.InboxURL(), "https://pasture.example/inbox")
}
