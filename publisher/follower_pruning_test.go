package publisher_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

// departing is a world with a delivery worker and somebody who asks for those who are gone.
type departing struct {
	*world
	departures *followers.Pruning
	statuses   map[string]int // of inboxes; 202 for others
	got        map[string]int
}

func newDeparting(t *testing.T, db *database.DB) *departing {
	t.Helper()
	d := &departing{world: newWorld(t, db), statuses: map[string]int{}, got: map[string]int{}}
	d.departures = &followers.Pruning{DB: db, Remotes: d.remotes, Log: quiet, Now: d.clock}
	return d
}

func (d *departing) RoundTrip(r *http.Request) (*http.Response, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.got[r.URL.String()]++
	status := d.statuses[r.URL.String()]
	if status == 0 {
		status = http.StatusAccepted
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}

func (d *departing) answers(inbox string, status int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.statuses[inbox] = status
}

func (d *departing) received(inbox string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.got[inbox]
}

// deliver sends what is due, and waits until nothing is.
func (d *departing) deliver() {
	d.t.Helper()
	worker := &delivery.Worker{
		DB: d.db, Client: safehttp.New(safehttp.Options{UserAgent: "test", OnlyHTTPS: true, Transport: d}), Keys: d.keys.Signer, Log: quiet, Now: d.clock,
		Tick: 5 * time.Millisecond, InboxGone: d.departures.InboxGone, HostDead: d.departures.HostDead,
	}
	ctx, stop := context.WithCancel(d.t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		worker.Run(ctx)
	}()
	d.fedi.WaitFor("nothing to wait", func() bool {
		counts, err := delivery.Counts(d.t.Context(), d.db)
		return err == nil && counts[delivery.Pending] == 0
	})
	stop()
	<-ended
}

// post writes one and delivers it.
func (d *departing) post(path string) {
	d.t.Helper()
	d.write(item{Path: path, Title: path})
	d.announceAll()
	d.deliver()
}

func (d *departing) followers() int {
	d.t.Helper()
	n, err := followers.Count(d.t.Context(), d.db, d.blog.ID)
	d.must(err)
	return n
}

// ask asks for those who are due, as the loop does.
func (d *departing) ask() {
	d.t.Helper()
	d.must(d.departures.Round(d.t.Context()))
}

// alone makes a person without a shared inbox a follower.
func (d *departing) alone(id string) string {
	d.t.Helper()
	d.fedi.Handle(id, says(asJSON, jsonOf(activitypub.Object{"id": id, "type": "Person", "inbox": id + "/inbox", "preferredUsername": "ada"})))
	actor, err := d.remotes.Refresh(d.t.Context(), id)
	d.must(err)
	d.must(d.db.InTx(d.t.Context(), func(tx *database.Tx) error {
		return followers.Follow(d.t.Context(), tx, d.blog, actor, activitypub.Object{"id": id + "/follow", "type": "Follow"}, d.clock())
	}))
	return id + "/inbox"
}

func TestAFollowerIsRemovedAfterThreeDaysOn410Only(t *testing.T) {
	for name, gone := range map[string]int{"404": http.StatusNotFound, "410": http.StatusGone} {
		t.Run(name, func(t *testing.T) {
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				d := newDeparting(t, db)
				const id = "https://lone.example/ada"
				inbox := d.alone(id)
				other := d.alone("https://meadow.example/bob")
				d.answers(inbox, gone)
				d.fedi.Handle(id, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(gone) }))
				for n := range 3 {
					d.post([]string{"one", "two", "three"}[n])
					for range 3 { // once a day, however often
						d.ask()
						d.post([]string{"one", "two", "three"}[n])
					}
					if want := []int{2, 2, 1}[n]; d.followers() != want {
						t.Fatalf("%d followers on day %d, want %d", d.followers(), n+1, want)
					}
					d.pass(25 * time.Hour)
				}
				before := d.received(inbox)
				d.post("four")
				if d.received(inbox) != before || d.received(other) == 0 {
					t.Errorf("%d to who is gone, %d to who is not", d.received(inbox)-before, d.received(other))
				}
			})
		})
	}
}

// On the third day her server is back: it tells us something of hers while it still answers that
// she is gone.
func TestAFollowerWhoIsSeenOnTheThirdDayStays(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		d := newDeparting(t, db)
		const id = "https://lone.example/ada"
		d.answers(d.alone(id), http.StatusNotFound)
		asked := 0
		d.fedi.Handle(id, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if asked++; asked == 3 {
				d.pass(time.Second)
				doc := activitypub.Object{"id": id, "type": "Person", "inbox": id + "/inbox", "preferredUsername": "ada"}
				if _, err := d.remotes.Store(t.Context(), db, doc, d.clock()); err != nil {
					t.Error(err)
				}
			}
			w.WriteHeader(http.StatusNotFound)
		}))
		d.post("one")
		for range 4 {
			d.ask()
			d.pass(25 * time.Hour)
		}
		if d.followers() != 1 || asked != 3 {
			t.Errorf("%d followers; she was asked for %d times", d.followers(), asked)
		}
	})
}

func TestAnInboxThatIsGoneIsNoReasonWhereThePersonIsThere(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		d := newDeparting(t, db)
		const id = "https://lone.example/ada"
		inbox := d.alone(id)
		d.answers(inbox, http.StatusNotFound)
		for _, path := range []string{"one", "two", "three", "four"} {
			d.post(path)
			d.ask()
			d.pass(25 * time.Hour)
		}
		if d.followers() != 1 {
			t.Error("she was removed")
		}
		if n := d.received(inbox); n != 5 { // the Accept, and each post once
			t.Errorf("%d requests", n)
		}
	})
}

// Days on which her server is silent, or she is there, do not count.
func TestASilentServerProvesNothingAndASightingBeginsAnew(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		d := newDeparting(t, db)
		const id = "https://lone.example/ada"
		inbox := d.alone(id)
		d.answers(inbox, http.StatusNotFound)
		there := says(asJSON, jsonOf(activitypub.Object{"id": id, "type": "Person", "inbox": inbox, "preferredUsername": "ada"}))
		status := func(code int) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
		}
		for n, answer := range []http.Handler{status(404), status(503), status(404), there, status(404), status(404), status(502)} {
			d.fedi.Handle(id, answer)
			d.post(string(rune('a' + n)))
			d.ask()
			d.pass(25 * time.Hour)
		}
		if d.followers() != 1 {
			t.Error("she was removed")
		}
	})
}

func TestADeadSharedInboxIsReplacedByThePersonalOnes(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		d := newDeparting(t, db)
		people := []*fediversetest.Person{d.fedi.Person("ada", "pasture.example"), d.fedi.Person("eve", "pasture.example")}
		d.follow(people...)
		d.deliver()
		shared, personal := d.known(people[0]).SharedInbox, []string{d.known(people[0]).Inbox, d.known(people[1]).Inbox}
		if shared == "" || slices.Contains(personal, shared) {
			t.Fatalf("shared inbox %q of %q", shared, personal)
		}
		accepts := d.received(personal[0])
		d.answers(shared, http.StatusGone)
		d.post("one")
		d.post("two")
		for _, inbox := range personal {
			if n := d.received(inbox) - accepts; n != 2 {
				t.Errorf("%s got %d of 2 posts", inbox, n)
			}
		}
		if n := d.received(shared); n != 1 {
			t.Errorf("the dead one was asked %d times", n)
		}
		d.answers(shared, http.StatusAccepted)
		d.pass(8 * 24 * time.Hour)
		d.ask()
		d.post("three")
		if n := d.received(shared); n != 2 {
			t.Errorf("after a week it was asked %d times", n)
		}
		if l, err := delivery.ReadLedger(t.Context(), db); err != nil || !l.Agrees() {
			t.Errorf("%+v, %v", l, err)
		}
	})
}

func TestFollowersOnADeadHostAreGivenUpAndOthersStay(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		d := newDeparting(t, db)
		for _, id := range []string{"https://dead.example/ada", "https://dead.example/bob", "https://sub.dead.example/eve", "https://meadow.example/dan"} {
			d.alone(id)
		}
		var n int
		d.must(db.InTx(t.Context(), func(tx *database.Tx) (err error) {
			n, err = d.departures.HostDead(t.Context(), tx, "dead.example")
			return err
		}))
		if n != 2 || d.followers() != 2 {
			t.Errorf("%d given up, %d left", n, d.followers())
		}
	})
}

func TestAnEditJoinsTheCreateThatNeverArrived(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		d := newDeparting(t, db)
		d.announcer.UpdateInterval = 0
		d.follow(d.fedi.Person("ada", "pasture.example"))
		d.write(item{Path: "one", Title: "One"})
		d.announceAll()
		d.write(item{Path: "one", Title: "Two", At: start})
		d.announceAll()
		var body []byte
		d.must(db.QueryRow(t.Context(), `SELECT joined_body FROM activities WHERE kind = 'Update'`).Scan(&body))
		create, err := activitypub.Parse(body)
		d.must(err)
		article, _ := create.Object("object")
		if create.ID() != ids.CreateID(d.blog, d.newest().ID) || create.Type() != "Create" || article.String("name") != "Two" ||
			article.String("updated") == "" || article.Ref("id") != ids.PostID(d.blog, d.newest().ID) {
			t.Errorf("%s", body)
		}
	})
}

func jsonOf(doc activitypub.Object) string {
	body, err := json.Marshal(doc)
	if err != nil {
		panic(err)
	}
	return string(body)
}
