package cli

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/exit"
)

// crew is the program as processes, one or several on one database, with a farm that follows its blog.
type crew struct {
	*operator
	db    *database.DB
	farm  *farm
	flags [][]string // of each process
	bases []string
}

// newCrew starts nothing. Everybody on the farm follows once there is a process.
func newCrew(t *testing.T, databaseURL string, processes, hosts, inboxes int) *crew {
	t.Helper()
	w := &crew{db: databasetest.OpenURL(t, databaseURL), farm: newFarm(t, hosts, inboxes/hosts)}
	feed, data := newSampleFeed(t), t.TempDir()
	for range processes {
		door := ownPort(t)
		address := door.Addr().String()
		door.Close() // the process will listen there
		w.bases = append(w.bases, "http://"+address)
		w.flags = append(w.flags, []string{
			"--listen", address, "--public-url", w.bases[0], "--admin-listen", "127.0.0.1:0", "--data-dir", data, "--database-url", databaseURL,
			"--feed-poll-interval", "100ms", "--feed-publish-delay", "0s", "--feed-allow-private", feed.host(), "--moderation-unknown", "show",
			"--federation-allow-private", strings.Join(w.farm.addresses(), ","), "--config", emptyConfig(t),
		})
	}
	w.operator = &operator{t: t, feed: feed, base: w.bases[0], flags: w.flags[0]}
	return w
}

func (w *crew) start(n int) *process {
	w.t.Helper()
	return startProcess(w.t, w.bases[n], append([]string{"serve"}, w.flags[n]...)...)
}

// begin adds the blog, lets everybody follow and publishes a post; it returns the post's id.
func (w *crew) begin() (post string) {
	w.t.Helper()
	var out bytes.Buffer
	if code := run(app.Outside{NewKey: fediversetest.NewKey}.Within(w.t.Context()), append([]string{"blog", "add", w.feed.URL, "--handle", "tea"}, w.flags[0]...), &out, &out); code != exit.OK {
		w.t.Fatalf("blog add: exit %d\n%s", code, out.String())
	}
	w.isFollowedByAll(w.farm, w.base+"/blogs/tea")
	page := w.feed.publish("tea", "On tea", "<p>Four minutes.</p>")
	eventually(w.t, "the first post", func() bool { return len(w.farm.without("Create")) == 0 })
	p, err := feeds.PostByURL(w.t.Context(), w.db, page)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.base + "/posts/" + p.ID
}

// traffic is people who answer a post, one after the other, at any of the processes, until it is stopped; it remembers what was taken.
type traffic struct {
	mu       sync.Mutex
	taken    []string // texts that were answered 202
	sent     int
	statuses map[int]int // how often each was the answer; 0 is no answer
	wait     sync.WaitGroup
	over     chan struct{}
}

func (w *crew) answers(post string, people int) *traffic {
	x := &traffic{over: make(chan struct{}), statuses: map[int]int{}}
	for i := range people {
		x.wait.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-x.over:
					return
				default:
				}
				person, text := w.farm.people[i], fmt.Sprintf("answer-%d-%d-end", i, n)
				id := fmt.Sprintf("%s/statuses/%d", person, n)
				note := map[string]any{"id": id, "type": "Note", "attributedTo": person, "inReplyTo": post, "content": text, "to": "as:Public"}
				r := w.farm.signed(person, w.base+"/inbox", map[string]any{"id": id + "/activity", "type": "Create", "to": "as:Public", "object": note})
				r.Host, r.URL.Host = r.URL.Host, strings.TrimPrefix(w.bases[n%len(w.bases)], "http://") // what is signed is the public name
				client := http.Client{Timeout: 5 * time.Second}
				res, err := client.Do(r)
				x.mu.Lock()
				x.sent++
				if err != nil {
					res = &http.Response{Body: http.NoBody}
				}
				x.statuses[res.StatusCode]++
				if res.StatusCode == http.StatusAccepted {
					x.taken = append(x.taken, text)
				}
				x.mu.Unlock()
				res.Body.Close()
				time.Sleep(50 * time.Millisecond)
			}
		})
	}
	return x
}

func (x *traffic) stop() []string {
	close(x.over)
	x.wait.Wait()
	return x.taken
}

// TestKillAtRandomMomentsLosesNothing: while people answer and a post goes out, the program is
// killed and started again, several times. What was answered 202 is there afterwards, once;
// everybody has each post, under one id.
func TestKillAtRandomMomentsLosesNothing(t *testing.T) {
	t.Parallel()
	databasetest.EachURL(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		w := newCrew(t, databaseURL, 1, 4, 24)
		p := w.start(0)
		post := w.begin()
		people := w.answers(post, 3)
		kills := costtest.Pick(3, 50)
		for k := range kills {
			w.feed.publish(fmt.Sprint("cup-", k), "Another", "<p>More.</p>")
			time.Sleep(time.Duration(rand.IntN(800)) * time.Millisecond) // any moment is one to be killed at; nothing is judged by it
			p.kill()
			p = w.start(0)
		}
		taken := people.stop()
		eventually(t, "all that was taken", func() bool { return len(w.lost(taken)) == 0 })
		creates := kills + 1
		eventually(t, "each post at everybody", func() bool { return w.farm.complete(creates) })
		for text, n := range w.stored() {
			if n > 1 {
				t.Errorf("%s is there %d times", text, n)
			}
		}
		if again := w.farm.arrived("Create") - creates*len(w.farm.people); again > kills*inFlight {
			t.Errorf("%d Creates came twice", again)
		}
		if len(taken) == 0 {
			t.Error("nothing was taken: nothing is shown")
		}
		t.Logf("%d kills, %d of %d answers taken", kills, len(taken), people.sent)
	})
}

// inFlight is how many deliveries of the farm may be under way when a process dies: two for each of its hosts.
const inFlight = 2 * 4

func (w *crew) lost(texts []string) (lost []string) {
	w.t.Helper()
	stored := w.stored()
	for _, text := range texts {
		if stored[text] == 0 {
			lost = append(lost, text)
		}
	}
	return lost
}

// stored is how often each text is in the database.
func (w *crew) stored() map[string]int {
	w.t.Helper()
	rows, err := w.db.Query(w.t.Context(), "SELECT html FROM replies ORDER BY id LIMIT 100000")
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	all := map[string]int{}
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			w.t.Fatal(err)
		}
		all[text]++
	}
	return all
}

// complete says that everybody has so many different Creates.
func (f *farm) complete(creates int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, person := range f.people {
		if len(f.inbox[person]["Create"]) != creates {
			return false
		}
	}
	return true
}

// TestPausedProcessDoesNothingTwice: three processes share a database. One is stopped in the middle
// of a fan-out until its leases are over and others have done its work, and then goes on: nobody
// gets two posts for one, and its late marks change nothing.
func TestPausedProcessDoesNothingTwice(t *testing.T) {
	t.Parallel() // most of it is waiting for a lease to end
	w := newCrew(t, databasetest.MySQLURL(t), 3, 4, 24)
	first := w.start(0)
	post := w.begin()
	w.start(1)
	w.start(2)
	people := w.answers(post, 3)
	const answered = 6
	w.farm.hold(answered)
	w.feed.publish("late", "Late", "<p>Later.</p>")
	eventually(t, "the fan-out to begin", func() bool { return w.farm.arrived("Create") >= len(w.farm.people)+answered })
	first.command.Process.Signal(syscall.SIGSTOP)
	close(w.farm.goOn)
	eventually(t, "the others to do the work of the one that is stopped, when its leases are over", func() bool {
		var left int
		err := w.db.QueryRow(t.Context(), "SELECT COUNT(*) FROM deliveries WHERE state = 'pending'").Scan(&left)
		return err == nil && left == 0 && w.farm.complete(2)
	})
	first.command.Process.Signal(syscall.SIGCONT)
	w.feed.publish("last", "Last", "<p>Last.</p>")
	eventually(t, "the post after that", func() bool { return w.farm.complete(3) })
	taken := people.stop()
	eventually(t, "all that was taken", func() bool { return len(w.lost(taken)) == 0 })
	if again := w.farm.arrived("Create") - 3*len(w.farm.people); again > inFlight+answered {
		t.Errorf("%d Creates came twice; %d were under way, and %d answered but perhaps not written down", again, inFlight, answered)
	}
	t.Logf("%d answers taken, %d Creates came twice", len(taken), w.farm.arrived("Create")-3*len(w.farm.people))
}

// hold lets so many more Creates be answered, the others when goOn is closed.
func (f *farm) hold(more int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.mostCreates = f.inAll["Create"] + more
}
