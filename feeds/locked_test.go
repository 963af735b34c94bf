package feeds_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// locked is a post as WordPress lists it while it has a password.
func locked(e entry) entry {
	return e.with(func(e *entry) {
		e.title, e.body = "Protected: "+e.title, "<p>This content is password-protected. To view it, please enter the password below.</p>"
	})
}

func TestKindsOfPostsThatLoseTheirPassword(t *testing.T) {
	for name, c := range map[string]struct {
		feed  []entry
		after time.Duration
		rule  string // that holds Cup 2 then
		due   string
	}{
		"like any new post":  {[]entry{post(2), post(1)}, time.Hour, "", "Cup 2"},
		"another form":       {[]entry{locked(post(2)).with(func(e *entry) { e.body += "<p>Ask us.</p>" }), post(1)}, time.Hour, feeds.HeldLocked, ""},
		"dated ahead":        {[]entry{dueAt(2, 9*day), post(1)}, time.Hour, feeds.HeldDated, ""},
		"too old to be news": {[]entry{post(2), post(1)}, 30 * day, "", ""},
		"with many others":   {[]entry{post(2), post(3), post(4), post(5), post(6), post(1)}, time.Hour, feeds.HeldFlood, ""},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, db *database.DB) {
				w := newWorld(t, db, post(1))
				w.publish(locked(post(2)), post(1))
				w.mustPoll()
				id := w.idHeld("Protected: Cup 2")
				w.pass(c.after)
				w.publish(c.feed...)
				w.mustPoll()
				w.pass(time.Hour)
				w.mustPoll()
				w.expectDue(c.due)
				p, err := feeds.PostByID(t.Context(), db, id)
				if err != nil || p.HeldBy != c.rule || p.Announce != (c.due != "") {
					t.Errorf("it is %+v, %v", p, err)
				}
				if n := w.orphans(); n != 0 {
					t.Errorf("%d rows are about no post", n)
				}
			})
		})
	}
}

// TestOwnersWordIsNotUndoneByAPasswordThatGoes: who has let the post out in the same moment has it told with its text.
func TestOwnersWordIsNotUndoneByAPasswordThatGoes(t *testing.T) {
	w := newWorld(t, databasetest.Open(t), post(1))
	w.publish(locked(post(2)), post(1))
	w.mustPoll()
	id := w.idHeld("Protected: Cup 2")
	w.during(rss(post(2), post(1)), func() {
		if err := feeds.KeepQuiet(t.Context(), w.db, id); err != nil {
			t.Error(err)
		}
	})
	w.pass(time.Hour)
	w.mustPoll()
	w.expectDue("")
	if p := w.post("Cup 2"); p.ID != id || p.Announce {
		t.Errorf("it is %+v", p)
	}
}

func TestKindsOfHeldPostsThatGetAPassword(t *testing.T) {
	w := newWorld(t, databasetest.Open(t), post(1))
	w.publish(dueAt(2, 3*day), post(1))
	w.mustPoll()
	w.publish(locked(dueAt(2, 3*day)), post(1))
	w.pass(time.Hour)
	w.mustPoll()
	w.pass(9 * day)
	w.letOut()
	w.expectDue("")
	if held := w.held(); len(held) != 1 || held[0].HeldBy != feeds.HeldLocked {
		t.Errorf("held are %+v", held)
	}
}

func TestKindsOfPublicPostsThatGetAPassword(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		var log strings.Builder
		w.poller.Log = slog.New(slog.NewTextHandler(&log, nil))
		w.publish(post(2), post(1))
		w.mustPoll()
		w.pass(time.Hour)
		w.announce()
		expect := func(title, due string, told int) {
			t.Helper()
			w.mustPoll()
			w.pass(time.Hour)
			w.expectDue(due)
			if p := w.post(title); !strings.Contains(p.Content.String(), "Leaf number 2") || p.AbsentPolls > 0 {
				t.Errorf("readers see %+v", p)
			}
			if n := strings.Count(log.String(), "ask for a password now"); n != told {
				t.Errorf("the owner is told %d times: %s", n, log.String())
			}
		}
		w.publish(locked(post(2)), post(1))
		if plan, err := w.poller.Plan(t.Context(), w.blog.ID); err != nil || plan.Posts[0].Does != feeds.DoKeep {
			t.Errorf("planned is %+v, %v", plan.Posts, err)
		}
		expect("Cup 2", "", 1)
		w.publish(post(3), locked(post(2)), post(1))
		expect("Cup 2", "Cup 3", 1)
		w.announce()
		w.publish(post(3), post(2), post(1))
		expect("Cup 2", "", 1)
		w.publish(post(3), post(2).with(func(e *entry) { e.title = "Cup two" }), post(1))
		expect("Cup two", "Cup two", 1)
		w.announce()
		w.publish(post(3), locked(post(2)), locked(post(1)))
		expect("Cup two", "", 2)
	})
}

// TestKindsOfReleasedPostsThatLookLocked: what its owner has let out as it is may be edited.
func TestKindsOfReleasedPostsThatLookLocked(t *testing.T) {
	w := newWorld(t, databasetest.Open(t), post(1))
	looks := post(2).with(func(e *entry) { e.title, e.body = "Protected: Cup 2", "<p>The password was tea.</p>" })
	w.publish(looks, post(1))
	w.mustPoll()
	if _, err := feeds.ReleaseHeld(t.Context(), w.db, w.idHeld("Protected: Cup 2"), w.now); err != nil {
		t.Fatal(err)
	}
	w.announce()
	w.publish(looks.with(func(e *entry) { e.body += "<p>And milk.</p>" }), post(1))
	w.pass(time.Hour)
	w.mustPoll()
	w.expectDue("Protected: Cup 2")
}

func TestKindsOfPostsThatGetAPasswordBeforeTheyAreAnnounced(t *testing.T) {
	w := newWorld(t, databasetest.Open(t), post(1))
	w.publish(post(2), post(1))
	w.mustPoll()
	for range 2 {
		w.publish(locked(post(2)), post(1))
		w.pass(time.Minute)
		w.mustPoll()
		if is, err := feeds.WithdrawalOf(t.Context(), w.db, w.post("Cup 2")); err != nil || is != feeds.MaybeWithdrawn {
			t.Errorf("it is withdrawn: %v, %v", is, err)
		}
		w.publish(post(3), locked(post(2)), post(1))
		w.mustPoll()
	}
	w.publish(post(2), post(1))
	w.mustPoll()
	if is, err := feeds.WithdrawalOf(t.Context(), w.db, w.post("Cup 2")); err != nil || is != feeds.NotWithdrawn {
		t.Errorf("without the password it is withdrawn: %v, %v", is, err)
	}
}
