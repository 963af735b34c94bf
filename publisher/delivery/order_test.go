package delivery_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestAnUpdateWaitsForItsCreateAtTheSameHostOnly(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		w.answers(forbidding("a.example"))
		create, update, other := activity("Create", post, noon), activity("Update", post, noon), activity("Create", post+"2", noon)
		enqueue(t, db, create, noon, inboxA, "https://b.example/inbox")
		enqueue(t, db, update, noon, inboxA, "https://a.example/somebody", "https://b.example/inbox")
		enqueue(t, db, other, noon, "https://a.example/other")
		start(t, newWorker(db, w, c.Now))
		for range 20 { // up to the moment before the retry
			settleDown(t, db, w, c)
			c.advance(2 * time.Second)
		}
		if got := w.got("https://a."); len(got) != 2 || slices.Contains(got, string(update.Body)) {
			t.Errorf("host a, which refuses, got %q", got)
		}
		if got := w.got("https://b."); !slices.Equal(got, []string{string(create.Body), string(update.Body)}) {
			t.Errorf("host b got %q", got)
		}
		w.answers(always(http.StatusAccepted))
		for range 20 { // the retry, and what waited for it
			c.advance(2 * time.Second)
			settleDown(t, db, w, c)
		}
		waitForRow(t, db, inboxA, func(d delivery.Delivery) bool { return d.State == delivery.Delivered })
		got := w.got(inboxA)
		if want := []string{string(create.Body), string(create.Body), string(update.Body)}; !slices.Equal(got, want) {
			t.Errorf("the inbox got %q, want %q", got, want)
		}
	})
}

func TestRevisionsArriveInOrder(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		worker := newWorker(db, w, c.Now)
		start(t, worker)
		var want []string
		for i := range 6 {
			a := activity([]string{"Create", "Update"}[min(i, 1)], post, noon)
			enqueue(t, db, a, noon, inboxA)
			worker.Wake()
			want = append(want, string(a.Body))
		}
		for range 10 {
			c.advance(2 * time.Second)
			settleDown(t, db, w, c)
		}
		waitForRow(t, db, inboxA, func(d delivery.Delivery) bool { return d.State == delivery.Delivered })
		if got := w.got(inboxA); !slices.Equal(got, want) {
			t.Errorf("arrived %q, want %q", got, want)
		}
	})
}

func TestADeleteWaitsOnlyForWhatIsOnItsWay(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		arrived, release := make(chan bool), make(chan bool)
		w.answers(func(r *http.Request) (*http.Response, error) {
			if r.URL.Host == "a.example" {
				arrived <- true
				<-release
			}
			return respond(r, http.StatusAccepted, ""), nil
		})
		create, deletion := activity("Create", post, noon), activity("Delete", post, noon)
		enqueue(t, db, create, noon, inboxA)
		start(t, newWorker(db, w, c.Now))
		<-arrived
		enqueue(t, db, deletion, noon, inboxA)
		settleDown(t, db, w, c)
		expectArrivals(t, w, inboxA, 1)
		release <- true
		waitFor(t, db, map[string]int{delivery.Delivered: 2, delivery.Pending: 1}) // the Create arrived, so it is not called cancelled
		c.advance(time.Second)
		<-arrived
		release <- true
		waitFor(t, db, map[string]int{delivery.Delivered: 3})
		if got := w.got(inboxA); !slices.Equal(got, []string{string(create.Body), string(deletion.Body)}) {
			t.Errorf("arrived %q", got)
		}
	})
}

// A Follow's id, which an Accept is about, is chosen by whoever follows.
func TestSendersDoNotHoldUpEachOther(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		w.answers(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/broken") {
				return respond(r, http.StatusForbidden, ""), nil
			}
			return respond(r, http.StatusAccepted, ""), nil
		})
		accept := activity("Accept", "https://a.example/follows/1", noon)
		enqueue(t, db, accept, noon, "https://a.example/broken")
		other := activity("Accept", "https://a.example/follows/1", noon)
		other.Sender = "https://blog.example/blogs/coffee"
		enqueue(t, db, other, noon, inboxA)
		nameless := activity("Accept", "", noon)
		enqueue(t, db, nameless, noon, "https://a.example/broken")
		another := activity("Accept", "", noon)
		enqueue(t, db, another, noon, "https://a.example/fine")
		start(t, newWorker(db, w, c.Now))
		waitFor(t, db, map[string]int{delivery.Delivered: 2, delivery.Pending: 2})
	})
}
