package feeds_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// asksAt runs a poller in a bubble for a while; say may announce news. It returns when the feed was asked, counted from the beginning.
func asksAt(t *testing.T, w *world, forHowLong time.Duration, say func(push func())) (at []time.Duration) {
	t.Helper()
	stop := run(t, w.poller)
	time.Sleep(time.Second)
	synctest.Wait()
	began, before := time.Now(), len(w.web.asked())
	go say(func() {
		if err := feeds.PollSoon(t.Context(), w.db, w.blog.ID, time.Now()); err != nil {
			t.Error(err)
		}
		w.poller.Wake()
	})
	for time.Since(began) < forHowLong {
		time.Sleep(100 * time.Millisecond)
		synctest.Wait()
		for n := len(w.web.asked()); before < n; before++ {
			at = append(at, time.Since(began).Truncate(time.Second))
		}
	}
	stop()
	return at
}

func TestFeedIsReadWhenSomebodySaysThereIsNewsAndOnceMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		w.poller.Interval = time.Hour
		at := asksAt(t, w, 3*time.Minute, func(push func()) { push() })
		if fmt.Sprint(at) != "[0s 1m0s]" {
			t.Errorf("nothing was new, and it was asked after %v", at)
		}
	})
}

func TestFeedIsNotReadAgainWhenTheNewsWasThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		w.poller.Interval = time.Hour
		w.poller.PublishDelay = 0 // or it is read once more before the announcement
		at := asksAt(t, w, 3*time.Minute, func(push func()) { w.publish(post(2), post(1)); push() })
		if fmt.Sprint(at) != "[0s]" || len(w.posts()) != 2 {
			t.Errorf("the news was there, and it was asked after %v", at)
		}
	})
}

func TestManyWhoSayThereIsNewsAreOnePollIn5Seconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		w.poller.Interval = time.Hour
		at := asksAt(t, w, time.Minute, func(push func()) {
			for range 120 { // for 12 s
				push()
				time.Sleep(100 * time.Millisecond)
			}
		})
		if len(at) < 3 || len(at) > 4 || at[len(at)-1] < 12*time.Second {
			t.Errorf("asked after %v: want one at once, one each 5 s and one after the last", at)
		}
	})
}

// What is said while a poll is under way may be newer than what the poll read.
func TestNewsDuringAPollGetsAPollOfItsOwn(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		w.poller.PublishDelay = 0 // or it is read once more before the announcement
		w.pass(time.Second)
		w.web.set(feedURL, page{body: rss(post(1)), before: func() {
			if err := feeds.PollSoon(t.Context(), db, w.blog.ID, w.now); err != nil {
				t.Error(err)
			}
		}})
		w.mustPoll()
		if p := w.record(); p.NextAt.Sub(w.now) != 5*time.Second || !p.PushedAt.Equal(w.now) {
			t.Errorf("next after %v, pushed at %v", p.NextAt.Sub(w.now), p.PushedAt)
		}
		w.publish(post(2), post(1))
		w.pass(5 * time.Second)
		w.mustPoll()
		if p := w.record(); !p.PushedAt.IsZero() || !p.AnsweredAt.Equal(w.now) || p.NextAt.Sub(w.now) < 9*time.Minute {
			t.Errorf("%+v", p)
		}
	})
}

func TestServerInTroubleIsAskedOnceAMinuteWhateverIsSaid(t *testing.T) {
	w := newWorld(t, databasetest.Open(t), post(1))
	w.web.set(feedURL, page{status: 503})
	for range 3 {
		if err := feeds.PollSoon(t.Context(), w.db, w.blog.ID, w.now); err != nil {
			t.Fatal(err)
		}
		w.poll() // it fails, that is the point
		if wait := w.record().NextAt.Sub(w.now); wait != time.Minute {
			t.Errorf("it waits %v", wait)
		}
		w.pass(time.Minute)
	}
	w.web.set(feedURL, page{status: 503, header: map[string]string{"Retry-After": "7200"}})
	if err := feeds.PollSoon(t.Context(), w.db, w.blog.ID, w.now); err != nil {
		t.Fatal(err)
	}
	w.poll()
	if wait := w.record().NextAt.Sub(w.now); wait != 2*time.Hour {
		t.Errorf("asked to wait for 2 h, it waits %v", wait)
	}
	soon := func(by func(context.Context, *database.Tx, database.ID, time.Time) error, want time.Duration) {
		t.Helper()
		w.pass(10 * time.Minute)
		err := w.db.InTx(t.Context(), func(tx *database.Tx) error { return by(t.Context(), tx, w.blog.ID, w.now) })
		if wait := w.record().NextAt.Sub(w.now); err != nil || wait != want {
			t.Errorf("it waits %v, want %v; %v", wait, want, err)
		}
	}
	pushed := func(ctx context.Context, tx *database.Tx, blog database.ID, now time.Time) error {
		return feeds.PollSoon(ctx, tx, blog, now)
	}
	soon(pushed, 110*time.Minute)
	soon(pushed, 100*time.Minute)
	soon(feeds.ReadNow, 0)
}
