package publisher_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// Whom a name means is asked once, and again when that may have changed, was forgotten or could not be found out; not at each edit.
func TestKindsOfTimesAtWhichNamesAreAskedFor(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for what, test := range map[string]struct {
		person string                           // whom the server says it is; "" for nobody
		down   bool                             // at first
		then   func(w *world, bob remote.Actor) // after the first question
		after  time.Duration
		again  bool
		named  bool // at last
	}{
		"known":          {person: "bob", after: 29 * day, named: true},
		"known for long": {person: "bob", after: 31 * day, again: true, named: true},
		"known for long, met since": {person: "bob", after: 31 * day, named: true, then: func(w *world, _ remote.Actor) {
			w.exec("UPDATE remote_actors SET fetched_at = fetched_at + ?", (10 * day).Milliseconds())
		}},
		"its actor was forgotten":     {person: "bob", after: time.Minute, again: true, named: true, then: func(w *world, bob remote.Actor) { w.must(remote.DropActor(w.t.Context(), w.db, bob)) }},
		"nobody's":                    {after: 23 * time.Hour},
		"nobody's, a day ago":         {after: 25 * time.Hour, again: true},
		"no answer":                   {person: "bob", down: true, after: 9 * time.Minute},
		"no answer, some minutes ago": {person: "bob", down: true, after: 11 * time.Minute, again: true, named: true},
		"a clock that went back":      {person: "bob", after: -time.Hour, again: true, named: true, then: func(w *world, bob remote.Actor) { w.must(remote.DropActor(w.t.Context(), w.db, bob)) }},
	} {
		t.Run(what, func(t *testing.T) {
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				w := newWorld(t, db)
				bob := w.fedi.Person("bob", "meadow.example")
				asked, down := 0, test.down
				w.fedi.Handle("https://meadow.example/.well-known/webfinger", http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
					asked++
					switch {
					case down:
						rw.WriteHeader(http.StatusServiceUnavailable)
					case test.person == "":
						http.NotFound(rw, r)
					default:
						fmt.Fprintf(rw, `{"links":[{"rel":"self","type":"application/activity+json","href":%q}]}`, bob.ID)
					}
				}))
				meet := func() {
					t.Helper()
					w.must(w.remotes.MeetNamed(t.Context(), "<p>With @bob@meadow.example.</p>", nil))
				}
				meet()
				first := asked
				if meet(); first == 0 || asked != first {
					t.Errorf("asked %d times, then %d", first, asked)
				}
				down = false
				if test.then != nil {
					actor, err := w.remotes.Known(t.Context(), db, bob.ID)
					w.must(err)
					test.then(w, actor)
				}
				w.pass(test.after)
				if meet(); asked > first != test.again {
					t.Errorf("asked again: %t", asked > first)
				}
				named, err := remote.NamedIn(t.Context(), db, w.blog, "<p>With @bob@meadow.example.</p>", nil)
				w.must(err)
				if len(named) == 1 != test.named {
					t.Errorf("named: %v", named)
				}
			})
		})
	}
}

// A server that does not answer is not waited for when it was asked a moment ago, and keeps nobody else from being asked.
func TestKindsOfTextsWithNamesOfSilentServers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databasetest.Open(t))
	text := "<p>With"
	for n := range 7 {
		host := fmt.Sprintf("silent%d.example", n)
		w.fedi.Fail(host, fediversetest.Fault{Status: http.StatusBadGateway})
		text += fmt.Sprintf(" @x@%s", host)
	}
	counted := func() (n int) {
		for i := range 7 {
			n += min(1, w.fedi.Count(fmt.Sprintf("silent%d.example", i), ""))
		}
		return n
	}
	for round, want := range []int{5, 7, 7} {
		w.must(w.remotes.MeetNamed(t.Context(), text+"</p>", nil))
		if n := counted(); n != want {
			t.Errorf("round %d: %d servers are asked, want %d", round, n, want)
		}
	}
}

func TestKindsOfNamesOfNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databasetest.Open(t))
	w.fedi.Person("bob", "meadow.example")
	w.must(w.remotes.MeetNamed(t.Context(), "<p>@bob@meadow.example</p>", nil))
	text := "<p>@bob@meadow.example, @nobody@nosuch.invalid, " + w.blog.Handle() + ` and <a href="https://meadow.example/@eve">Eve</a></p>`
	if names, err := remote.Unfound(t.Context(), w.db, w.blog, text); err != nil || len(names) != 1 || names[0] != "@nobody@nosuch.invalid" {
		t.Errorf("%v, %v", names, err)
	}
}

func TestNamesThatNobodyAsksForAreForgotten(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		for name, age := range map[string]time.Duration{"a": 0, "b": bounds.NamesFor - time.Hour, "c": bounds.NamesFor + time.Hour, "d": 2 * bounds.NamesFor, "e": 3 * bounds.NamesFor} {
			w.exec("INSERT INTO names (name_hash, actor_hash, asked_at) VALUES (?, ?, ?)", database.Hash(name), database.Hash(""), database.Millis(w.clock().Add(-age)))
		}
		for _, want := range []int64{2, 1, 0} {
			n, err := remote.ExpireNames(t.Context(), db, w.clock().Add(-bounds.NamesFor), 2)
			w.must(err)
			if n != want {
				t.Errorf("%d are forgotten, want %d", n, want)
			}
		}
		var left int
		w.must(db.QueryRow(t.Context(), "SELECT COUNT(*) FROM names").Scan(&left))
		if left != 2 {
			t.Errorf("%d are left", left)
		}
	})
}

// Posts that name many people hold nobody up, and ask few servers: the first ones at once, and one
// every other minute.
func TestKindsOfManyPostsThatNameStrangers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databasetest.Open(t))
	w.announcer.Remotes = w.remotes
	w.follow(w.fedi.Person("ada", "pasture.example"))
	posts, asked := 0, func(n int) (hosts int) {
		for i := range n {
			hosts += min(1, w.fedi.Count(fmt.Sprintf("silent%d.example", i), ""))
		}
		return hosts
	}
	write := func(n int) {
		for range n {
			host := fmt.Sprintf("silent%d.example", posts)
			w.fedi.Fail(host, fediversetest.Fault{Status: http.StatusBadGateway})
			w.write(item{Path: fmt.Sprint(posts), Title: fmt.Sprint("Post ", posts), Content: "<p>With @x@" + host + ".</p>"})
			posts++
		}
		w.announceAll()
	}
	write(bounds.PostsWithNames.Burst) // as an honest blog does on a good day
	if n := asked(posts); n != posts {
		t.Errorf("%d of %d servers are asked", n, posts)
	}
	w.pass(time.Hour)
	write(bounds.PostsWithNames.Burst + 3)
	if n := asked(posts); n != 2*bounds.PostsWithNames.Burst || len(w.sent("Create")) != posts {
		t.Errorf("%d servers are asked, %d of %d posts are out", n, len(w.sent("Create")), posts)
	}
	write(1) // which lets two minutes pass
	if n := asked(posts); n != 2*bounds.PostsWithNames.Burst+1 {
		t.Errorf("%d servers are asked two minutes later", n)
	}
}
