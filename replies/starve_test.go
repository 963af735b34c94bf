package replies_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// TestNobodysRowsKeepHonestOnesWaiting has rows that take long wait in the journal, and then an
// honest reply whose parent has to be asked for.
func TestNobodysRowsKeepHonestOnesWaiting(t *testing.T) {
	rows := costtest.Pick(60, 500)
	slow := func(w *world, domain string, delay time.Duration) {
		for n := range rows {
			for _, host := range []string{domain, fmt.Sprintf("h%d.%s", n, domain)} {
				w.fedi.Fail(host, fediversetest.Fault{Delay: delay})
			}
		}
	}
	for what, flood := range map[string]func(w *world){
		"a slow server": func(w *world) {
			slow(w, "slow.example", 9*time.Second)
			mallory := w.fedi.Person("mallory", "evil.example")
			w.name(mallory, rows, func(n int) string { return fmt.Sprint("https://slow.example/", n) })
		},
		"hosts of a slow domain": func(w *world) {
			slow(w, "slow.example", 9*time.Second)
			mallory := w.fedi.Person("mallory", "evil.example")
			w.name(mallory, rows, func(n int) string { return fmt.Sprintf("https://h%d.slow.example/", n) })
		},
		"people of the honest server, and dead servers": func(w *world) {
			mallory := w.fedi.Person("mallory", "meadow.example")
			w.name(mallory, rows, func(n int) string {
				w.fedi.Fail(fmt.Sprintf("dead%d.example", n), fediversetest.Fault{Delay: time.Hour})
				return fmt.Sprintf("https://dead%d.example/", n)
			})
		},
		"chains": func(w *world) {
			mallory := w.fedi.Person("mallory", "evil.example")
			w.fedi.Handle("https://evil.example/n", http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				id := "https://evil.example" + r.RequestURI
				rw.Header().Set("Content-Type", "application/activity+json")
				fmt.Fprintf(rw, `{"id":%q,"type":"Note","attributedTo":%q,"to":"as:Public","content":"x","inReplyTo":%q}`, id, mallory.ID, id+"1")
			}))
			w.accepted(mallory.Post(shared, activity("Arrive", mallory.ID+"#1", mallory.ID, w.teaID)))
			w.fedi.Fail("evil.example", fediversetest.Fault{Delay: 3 * time.Second, Path: "/n"})
			w.name(mallory, rows, func(n int) string { return fmt.Sprintf("https://evil.example/n?%d-1", n) })
		},
		"many people of many sites": func(w *world) {
			for n := range 40 {
				mallory := w.fedi.Person("mallory", fmt.Sprintf("evil%d.example", n))
				slow(w, fmt.Sprintf("slow%d.example", n), 9*time.Second)
				w.name(mallory, rows/20, func(i int) string { return fmt.Sprintf("https://slow%d.example/%d", n, i) })
			}
		},
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, databasetest.Open(t))
				ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
				one := ada.Reply(w.teaID, "one", away)
				flood(w)
				ctx, stop := context.WithCancel(t.Context())
				done := make(chan error, 1)
				go func() { done <- w.worker.Run(ctx) }()
				time.Sleep(5 * time.Second)
				began := time.Now()
				w.accepted(bob.Reply(one.ObjectID, "two", to(shared)))
				for len(w.thread().Items) < 2 && time.Since(began) < time.Hour {
					time.Sleep(time.Second / 4)
				}
				took := time.Since(began)
				t.Logf("%d rows: the honest reply was there after %v", rows, took)
				if took > 3*time.Second {
					t.Errorf("an honest reply waited %v", took)
				}
				stop()
				w.must(<-done)
				time.Sleep(time.Minute) // until the questions under way have ended
			})
		})
	}
}

// name sends replies to what is elsewhere.
func (w *world) name(who *fediversetest.Person, n int, id func(n int) string) {
	w.t.Helper()
	for i := range n {
		w.accepted(who.Reply(id(i), "lost", to(shared), with("inReplyTo", id(i))))
	}
}

// TestFewRowsAreWorkedOnAtOnce counts what one person, one site and all of them have the worker ask
// at once.
func TestFewRowsAreWorkedOnAtOnce(t *testing.T) {
	for what, c := range map[string]struct {
		person, host func(n int) string
		most         int
	}{
		"for a person": {func(int) string { return "a@evil.example" }, func(n int) string { return fmt.Sprintf("slow%d.example", n) }, bounds.WorkPerPerson},
		"for a site":   {func(n int) string { return fmt.Sprintf("m%d@evil.example", n) }, func(n int) string { return fmt.Sprintf("slow%d.example", n) }, bounds.WorkPerSite},
		"for one":      {func(n int) string { return fmt.Sprintf("a@evil%d.example", n) }, func(n int) string { return fmt.Sprintf("h%d.slow.example", n) }, bounds.WorkForOne},
		"for all":      {func(n int) string { return fmt.Sprintf("a@evil%d.example", n) }, func(n int) string { return fmt.Sprintf("slow%d.example", n) }, bounds.WorkAtOnce},
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, databasetest.Open(t))
				for n := range bounds.WorkAtOnce + 5 {
					name, host, _ := strings.Cut(c.person(n), "@")
					w.fedi.Fail(c.host(n), fediversetest.Fault{Delay: 9 * time.Second})
					w.name(w.fedi.Person(name, host), 1, func(int) string { return fmt.Sprintf("https://%s/%d", c.host(n), n) })
				}
				ctx, stop := context.WithCancel(t.Context())
				done := make(chan error, 1)
				go func() { done <- w.worker.Run(ctx) }()
				time.Sleep(2 * time.Second)
				if n := w.count("SELECT COUNT(*) FROM received WHERE lease_until > 0"); n != c.most {
					t.Errorf("%d rows at once, want %d", n, c.most)
				}
				stop()
				w.must(<-done)
				time.Sleep(time.Minute) // until the questions under way have ended
			})
		})
	}
}

// TestJournalTakesNoMoreThanItIsServed fills the journal with rows that wait, and sends one more.
func TestJournalTakesNoMoreThanItIsServed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		fill := func(person *fediversetest.Person, n int) {
			for range n {
				_, err := w.db.Exec(t.Context(), `INSERT INTO received (id, uri, type, actor_uri, cause_site, blog_id, state, verdict, attempts, next_attempt_at, lease_until, received_at)
VALUES (?, '', 'Create', ?, 'evil.example', 0, 'queued', '', 0, ?, 0, 0)`, w.count("SELECT COUNT(*) FROM received")+1, person.ID, start.Add(24*time.Hour).UnixMilli())
				w.must(err)
			}
		}
		send := func(person *fediversetest.Person, status int) {
			t.Helper()
			id := fmt.Sprintf("https://far.example/%s/%d", person.Name, w.count("SELECT COUNT(*) FROM received"))
			w.answered(person.Reply(id, "lost", to(shared), with("inReplyTo", id)), status)
		}
		eve, mallory := w.fedi.Person("eve", "evil.example"), w.fedi.Person("mallory", "evil.example")
		fill(mallory, bounds.WaitingPerPerson-1)
		send(mallory, http.StatusAccepted)
		send(mallory, http.StatusTooManyRequests)
		send(eve, http.StatusAccepted)
		for n := range bounds.WaitingPerSite/bounds.WaitingPerPerson - 1 {
			fill(w.fedi.Person(fmt.Sprint("m", n), "evil.example"), bounds.WaitingPerPerson-1)
		}
		fill(w.fedi.Person("last", "evil.example"), 10)
		send(eve, http.StatusTooManyRequests)
		w.accepted(eve.Reply(w.teaID, "about what is here"))
		send(w.fedi.Person("bob", "meadow.example"), http.StatusAccepted)
		_, err := w.db.Exec(t.Context(), "DELETE FROM received WHERE uri = ''")
		w.must(err)
	})
}

// TestOldProfilesOfASlowServerHoldUpNothing: that they are asked for again has no part in the room
// for rows.
func TestOldProfilesOfASlowServerHoldUpNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, databasetest.Open(t))
		const people = 3 * bounds.RefreshedAtOnce
		var all []*fediversetest.Person
		for n := range people {
			eve := w.fedi.Person(fmt.Sprint("eve", n), fmt.Sprintf("slow%d.example", n))
			w.accepted(eve.Like(w.teaID))
			all = append(all, eve)
		}
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		one := ada.Reply(w.teaID, "one", away)
		w.pass(10 * time.Hour * 24)
		for n, eve := range all {
			w.accepted(eve.Like(w.teaID)) // her key is asked for again
			w.fedi.Fail(fmt.Sprintf("slow%d.example", n), fediversetest.Fault{Delay: 9 * time.Second})
		}
		ctx, stop := context.WithCancel(remote.WithBase(t.Context(), base))
		done := make(chan error, 1)
		go func() { done <- w.worker.Run(ctx) }()
		time.Sleep(4 * time.Second)
		began := time.Now()
		w.accepted(bob.Reply(one.ObjectID, "two", to(shared)))
		for len(w.thread().Items) < 2 && time.Since(began) < time.Hour {
			time.Sleep(time.Second / 4)
		}
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("an honest reply waited %v", took)
		}
		stop()
		w.must(<-done)
		time.Sleep(time.Minute)
	})
}
