package feeds_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// letOut does what the program does while it waits for the next poll.
func (w *world) letOut() {
	w.t.Helper()
	if _, err := feeds.ReleaseDue(w.t.Context(), w.db, w.now); err != nil {
		w.t.Fatal(err)
	}
}

func dueAt(n int, ahead time.Duration) entry {
	return post(n).with(func(e *entry) { e.date = start.Add(ahead) })
}

const day = 24 * time.Hour

func TestKindsOfDatesAhead(t *testing.T) {
	for name, c := range map[string]struct {
		setting       string
		ahead         time.Duration
		atOnce, later string // what is due then, and two days after the date
		rule          string
	}{
		"a day and a minute":   {"", day + time.Minute, "", "Cup 2", feeds.HeldDated},
		"in three weeks":       {"", 21 * day, "", "Cup 2", feeds.HeldDated},
		"a wrong zone":         {"", 14 * time.Hour, "Cup 2", "Cup 2", ""},
		"just about a day":     {"wait", day, "Cup 2", "Cup 2", ""},
		"held for its owner":   {"hold", 3 * day, "", "", feeds.HeldEarly},
		"a calendar of events": {"announce", 40 * day, "Cup 2", "Cup 2", ""},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, db *database.DB) {
				w := newWorld(t, db, post(1))
				w.set("future_posts", c.setting)
				w.publish(dueAt(2, c.ahead), post(1))
				w.mustPoll()
				w.letOut()
				w.pass(3 * time.Minute)
				w.expectDue(c.atOnce)
				if held := w.held(); (len(held) == 1) != (c.rule != "") || c.rule != "" && (held[0].HeldBy != c.rule || !strings.Contains(held[0].HeldWhy, "it is dated 2026-1")) {
					t.Errorf("held are %+v", held)
				} else if len(held) == 1 && !held[0].PublishedAt.Equal(start.Add(c.ahead)) {
					t.Errorf("the held post is shown with the date %v", held[0].PublishedAt)
				}
				w.pass(c.ahead - 6*time.Minute)
				w.letOut()
				w.expectDue(c.atOnce)
				w.pass(2 * day)
				w.mustPoll()
				w.letOut()
				w.expectDue(c.later)
				if c.rule != "" && c.later != "" && !w.post("Cup 2").PublishedAt.Equal(start.Add(c.ahead)) {
					t.Errorf("it is dated %v", w.post("Cup 2").PublishedAt)
				}
			})
		})
	}
}

func TestKindsOfChangesWhileADateIsWaitedFor(t *testing.T) {
	waiting := func(t *testing.T, db *database.DB) *world {
		w := newWorld(t, db, post(1))
		w.publish(dueAt(2, 5*day), post(1))
		w.mustPoll()
		return w
	}
	for name, change := range map[string]func(w *world) (want string, after time.Duration){
		"put off": func(w *world) (string, time.Duration) {
			w.publish(dueAt(2, 9*day), post(1))
			w.mustPoll()
			w.pass(6 * day)
			w.letOut()
			w.expectDue("")
			return "Cup 2", 4 * day
		},
		"now after all": func(w *world) (string, time.Duration) {
			w.pass(time.Hour)
			w.publish(dueAt(2, time.Hour), post(1))
			w.mustPoll()
			return "Cup 2", time.Minute
		},
		"taken back": func(w *world) (string, time.Duration) {
			w.publish(post(1))
			for range 4 {
				w.pass(10 * time.Hour)
				w.mustPoll()
			}
			return "", 9 * day
		},
		"edited": func(w *world) (string, time.Duration) {
			w.publish(dueAt(2, 5*day).with(func(e *entry) { e.title = "Cup two" }), post(1))
			w.mustPoll()
			return "Cup two", 6 * day
		},
		"released by its owner": func(w *world) (string, time.Duration) {
			if _, err := feeds.ReleaseHeld(w.t.Context(), w.db, w.held()[0].ID, w.now); err != nil {
				w.t.Fatal(err)
			}
			if p := w.post("Cup 2"); !p.PublishedAt.Equal(w.now) {
				w.t.Errorf("it is dated %v", p.PublishedAt)
			}
			return "Cup 2", time.Minute
		},
		"kept quiet": func(w *world) (string, time.Duration) {
			if err := feeds.KeepQuiet(w.t.Context(), w.db, w.held()[0].ID); err != nil {
				w.t.Fatal(err)
			}
			if p := w.post("Cup 2"); p.PublishedAt.After(w.now) {
				w.t.Errorf("it is dated %v", p.PublishedAt)
			}
			return "", 9 * day
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, db *database.DB) {
				w := waiting(t, db)
				want, after := change(w)
				w.pass(after)
				w.letOut()
				w.expectDue(want)
			})
		})
	}
}

// A machine that writes dates ahead is no way around the brake.
func TestKindsOfManyDatesAheadWaitForTheOwner(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		many := []entry{dueAt(11, 3*day), dueAt(12, 3*day), dueAt(13, 3*day), dueAt(14, 3*day), dueAt(15, 4*day)}
		w := newWorld(t, db, append(many, post(1))...)
		w.mustPoll()
		if n := len(w.held()); n != len(many) {
			t.Errorf("%d are held when the feed is added", n)
		}
		flood := append([]entry{dueAt(21, 3*day), dueAt(22, 3*day), dueAt(23, 3*day), dueAt(24, 3*day), dueAt(25, 4*day)}, append(many, post(1))...)
		w.publish(flood...)
		w.mustPoll()
		w.pass(6 * day)
		w.letOut()
		w.pass(time.Hour)
		if n := strings.Count(w.due(), "Cup"); n != 3 {
			t.Errorf("due are %s, want three of those that were there when the feed was added", w.due())
		}
	})
}

func TestKindsOfLockedPosts(t *testing.T) {
	const form = `<p>This content is password-protected. To view it, please enter the password below.</p>` +
		`<form action="https://tea.example/wp-login.php?action=postpass" class="post-password-form" method="post"><input name="post_password" type="password"></form>`
	long := strings.Repeat("<p>Tea has many secrets, and this post tells them all.</p>", 40)
	for name, c := range map[string]struct {
		title, body string
		locked      bool
	}{
		"WordPress":               {"Protected: Cup 2", form, true},
		"without the prefix":      {"Cup 2", form, true},
		"a form of its own":       {"Cup 2", `Members only. <input class="x" type='password' name="pw">`, true},
		"German, excerpt":         {"Geschützt: Cup 2", `Es gibt keinen Auszug, da dies ein geschützter Beitrag ist.`, true},
		"French":                  {"Protégé : Cup 2", `Il n’y a pas d’extrait.`, true},
		"Japanese":                {"保護中: Cup 2", ``, true},
		"private":                 {"Private: Cup 2", `<p>For us.</p>`, false},
		"a word like any other":   {"Protected plants", `<p>Of the moor.</p>`, false},
		"an essay":                {"Private: a history", long, false},
		"a lesson about forms":    {"Cup 2", `<pre>&lt;input type="password"&gt;</pre>`, false},
		"a text beside its form":  {"Cup 2", long + `<form action="/login"><input type="password"></form>`, false},
		"a protected species: no": {"Species: protected", `<p>Of the moor.</p>`, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, databasetest.Open(t), post(1))
			w.publish(post(2).with(func(e *entry) { e.title, e.body = c.title, c.body }), post(1))
			w.mustPoll()
			w.pass(30 * day)
			w.letOut()
			if held := w.held(); (len(held) == 1) != c.locked || c.locked && held[0].HeldBy != feeds.HeldLocked {
				t.Errorf("held are %+v", held)
			}
			if due := w.due(); (due == "") != c.locked {
				t.Errorf("due is %q", due)
			}
		})
	}
}

// TestKindsOfHeldPostsKeepTheirDate: the end of another reason does not announce a post before its day. Who names it twice wants that.
func TestKindsOfHeldPostsKeepTheirDate(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		w.publish(dueAt(2, 3*day), dueAt(3, 3*day), dueAt(4, 3*day), dueAt(5, 9*day), post(6), post(1))
		w.mustPoll()
		held := w.held()
		if len(held) != 5 || held[0].HeldBy != feeds.HeldFlood {
			t.Fatalf("held are %+v", held)
		}
		w.publish(dueAt(2, 3*day), dueAt(3, 3*day), dueAt(4, 5*day), dueAt(5, 9*day), post(6), post(1))
		w.pass(time.Hour)
		w.mustPoll()
		if until, err := feeds.ReleaseHeld(t.Context(), db, w.idHeld("Cup 5"), w.now); err != nil || !until.Equal(start.Add(9*day)) {
			t.Errorf("it waits until %v, %v", until, err)
		}
		w.expectDue("")
		if until, err := feeds.ReleaseHeld(t.Context(), db, w.idHeld("Cup 5"), w.now); err != nil || !until.IsZero() {
			t.Errorf("named twice, it waits until %v, %v", until, err)
		}
		w.expectDue("Cup 5")
		g := feeds.HeldGroup{BlogID: w.blog.ID, Rule: feeds.HeldFlood, Until: w.now}
		if done, err := feeds.ReleaseAll(t.Context(), db, g, w.now); err != nil || done.Going != 1 || done.Dated != 3 {
			t.Errorf("all are let out: %+v, %v", done, err)
		}
		w.pass(time.Hour)
		w.expectDue("Cup 5, Cup 6")
		w.announce()
		w.pass(3 * day)
		w.letOut()
		w.pass(time.Hour)
		w.expectDue("Cup 2, Cup 3")
		w.pass(2 * day)
		w.letOut()
		w.expectDue("Cup 2, Cup 3, Cup 4")
		if p := w.post("Cup 4"); !p.PublishedAt.Equal(start.Add(5 * day)) {
			t.Errorf("it is dated %v", p.PublishedAt)
		}
	})
}

// TestKindsOfDatedPostsThatTheirOwnerHolds: whoever lets one out wants it now, and it is dated then.
func TestKindsOfDatedPostsThatTheirOwnerHolds(t *testing.T) {
	w := newWorld(t, databasetest.Open(t), post(1))
	w.set("future_posts", "hold")
	w.publish(dueAt(2, 3*day), post(1))
	w.mustPoll()
	w.publish(dueAt(2, 5*day), post(1))
	w.pass(time.Hour)
	w.mustPoll()
	held := w.held()
	if len(held) != 1 || !held[0].PublishedAt.Equal(start.Add(5*day)) || !strings.HasSuffix(held[0].HeldWhy, start.Add(5*day).Format("2006-01-02 15:04 UTC")) {
		t.Fatalf("put off, held are %+v", held)
	}
	if until, err := feeds.ReleaseHeld(t.Context(), w.db, held[0].ID, w.now); err != nil || !until.IsZero() {
		t.Errorf("it waits until %v, %v", until, err)
	}
	w.expectDue("Cup 2")
	if p := w.post("Cup 2"); !p.PublishedAt.Equal(w.now) {
		t.Errorf("it is dated %v", p.PublishedAt)
	}
}

func TestKindsOfFloodsThatRipenKeepTheirDates(t *testing.T) {
	w := newWorld(t, databasetest.Open(t), post(1))
	w.publish(dueAt(2, 9*day), dueAt(3, 9*day), post(4), post(5), post(6), post(1))
	w.mustPoll()
	w.pass(2 * day)
	if _, err := feeds.ReleaseRipe(t.Context(), w.db, day, w.now); err != nil {
		t.Fatal(err)
	}
	w.pass(30 * time.Minute)
	w.expectDue("Cup 4, Cup 5, Cup 6")
	for _, p := range w.held() {
		if p.HeldBy != feeds.HeldDated || !p.PublishedAt.Equal(start.Add(9*day)) {
			t.Errorf("%s is held as %s until %v", p.Title, p.HeldBy, p.PublishedAt)
		}
	}
}

// idHeld is the id of the held post of that title.
func (w *world) idHeld(title string) string {
	w.t.Helper()
	for _, p := range w.held() {
		if p.Title == title {
			return p.ID
		}
	}
	w.t.Fatalf("no post %q is held", title)
	return ""
}

func TestKindsOfDatesAheadAreNoWorkForTheOwner(t *testing.T) {
	w := newWorld(t, databasetest.Open(t), post(1))
	w.publish(dueAt(2, 9*day), dueAt(3, 5*day), locked(post(4)), post(1))
	outlook, err := w.poller.Plan(t.Context(), w.blog.ID)
	if err != nil {
		t.Fatal(err)
	}
	var does []string
	for _, is := range outlook.Posts {
		does = append(does, string(is.Does))
	}
	if got := strings.Join(does, " "); got != "wait wait hold nothing" || !outlook.Posts[1].At.Equal(start.Add(5*day)) {
		t.Errorf("planned are %s, at %v", got, outlook.Posts[1].At)
	}
	w.mustPoll()
	is, err := feeds.NoticeOf(t.Context(), w.db, w.blog.ID)
	if err != nil || is != outlook.Held || is.Undecided != 1 || is.Why != "its text is behind a password" {
		t.Errorf("held are %+v, %v, and planned was %+v", is, err, outlook.Held)
	}
	if want := "2 posts wait for their dates, the first of which is 2026-11-25 12:00 UTC"; is.DatedWords() != want {
		t.Errorf("the owner is told %q, want %q", is.DatedWords(), want)
	}
	groups, err := feeds.HeldGroups(t.Context(), w.db, 0, 9)
	if err != nil || len(groups) != 2 || groups[1].Rule != feeds.HeldDated {
		t.Errorf("groups: %+v, %v", groups, err)
	}
	w.publish(dueAt(2, 9*day), dueAt(3, 5*day), post(4), post(1)) // its password was taken off
	outlook, err = w.poller.Plan(t.Context(), w.blog.ID)
	if err != nil || outlook.Posts[2].Does != feeds.DoAnnounce || outlook.Already.Undecided != 0 || outlook.Already.Dated != 2 {
		t.Errorf("planned is %+v, and held are already %+v (%v)", outlook.Posts[2], outlook.Already, err)
	}
}
