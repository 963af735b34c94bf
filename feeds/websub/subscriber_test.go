package websub_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/websub"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestSubscriptionIsAskedForConfirmedAndRenewed(t *testing.T) {
	inBubble(t, func(w *world) {
		w.run(2 * time.Second)
		form, n := w.asked()
		if n != 1 || form.Get("hub") != hubURL || form.Get("hub.mode") != "subscribe" || form.Get("hub.topic") != feedURL ||
			form.Get("hub.lease_seconds") != "864000" || len(form.Get("hub.secret")) < 26 {
			t.Fatalf("the hub was asked %d times, last %v", n, form)
		}
		if callback := form.Get("hub.callback"); !strings.HasPrefix(callback, base+"/websub/") || len(callback) < len(base)+8+26 {
			t.Errorf("callback %q", callback)
		}
		s := w.only()
		if s.State != websub.Active || s.Failures != 0 || !s.LeaseUntil.IsZero() {
			t.Fatalf("%+v", s)
		}
		if renew := time.Until(s.NextAt); renew < 7*24*time.Hour || renew > 9*24*time.Hour {
			t.Errorf("renewed after %v of 10 days", renew)
		}
		w.runAt()
		again, n := w.asked()
		if n != 2 || again.Get("hub.callback") != form.Get("hub.callback") || w.only().ExpiresAt.Sub(s.ExpiresAt) < 7*24*time.Hour {
			t.Errorf("asked %d times, now %+v", n, w.only())
		}
	})
}

func TestLeasesAreBelievedWithinReason(t *testing.T) {
	for lease, want := range map[string]time.Duration{
		"864000": 240 * time.Hour, "86400": 24 * time.Hour, "0": time.Hour, "-1": time.Hour, "315360000": 720 * time.Hour,
		"": 240 * time.Hour, "soon": 240 * time.Hour, "99999999999999999999999": 240 * time.Hour,
	} {
		inBubble(t, func(w *world) {
			w.answer = w.confirms(lease)
			w.run(2 * time.Second)
			s := w.only()
			if got := s.ExpiresAt.Sub(s.VerifiedAt); got != want || !s.NextAt.Before(s.ExpiresAt) || s.NextAt.Before(s.VerifiedAt.Add(40*time.Minute)) {
				t.Errorf("lease %q: %v, renewed after %v; want %v", lease, got, s.NextAt.Sub(s.VerifiedAt), want)
			}
		})
	}
}

func TestHubThatConfirmsLaterIsAwaited(t *testing.T) {
	inBubble(t, func(w *world) {
		w.answer = accepts
		w.run(2 * time.Second)
		form, _ := w.asked()
		if s := w.only(); s.State != websub.Wanted || time.Until(s.NextAt) < 14*time.Minute {
			t.Fatalf("%+v", s)
		}
		time.Sleep(time.Minute)
		if status, _ := w.verify(form, "subscribe", feedURL, "864000"); status != 200 || w.only().State != websub.Active || w.only().Failures != 0 {
			t.Errorf("%d, %+v", status, w.only())
		}
	})
}

func TestFeedWithAnotherHubLeavesTheFirst(t *testing.T) {
	inBubble(t, func(w *world) {
		w.run(2 * time.Second)
		w.names("https://other.example/")
		w.poll()
		w.run(2 * time.Second)
		if w.states() != "https://other.example/ active" {
			t.Errorf("subscriptions: %s", w.states())
		}
		modes := map[string]bool{}
		for _, form := range w.requests[1:] {
			modes[form.Get("hub")+" "+form.Get("hub.mode")] = true
		}
		if len(modes) != 2 || !modes[hubURL+" unsubscribe"] || !modes["https://other.example/ subscribe"] {
			t.Errorf("asked: %v", modes)
		}
		w.names("")
		w.answer = accepts // never asks back
		w.poll()
		w.run(2 * time.Second)
		if s := w.only(); s.State != websub.Leaving {
			t.Fatalf("%+v", s)
		}
		w.names("https://other.example/")
		w.answer = w.confirms("864000")
		w.poll()
		w.run(2 * time.Second)
		if w.states() != "https://other.example/ active" {
			t.Errorf("back again: %s", w.states())
		}
	})
}

func TestFeedThatMovesToAnAddressWithoutAHubLeavesIt(t *testing.T) {
	inBubble(t, func(w *world) {
		w.run(2 * time.Second)
		w.names("")
		err := w.db.InTx(w.t.Context(), func(tx *database.Tx) error {
			_, _, err := feeds.Edit(w.t.Context(), tx, w.blog.ID, func(b *feeds.Blog) error {
				b.FeedURL += "?2"
				return nil
			}, time.Now())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		w.poll()
		w.run(2 * time.Second)
		if last, _ := w.asked(); last.Get("hub.mode") != "unsubscribe" {
			t.Errorf("asked last: %v; subscriptions: %s", last, w.states())
		}
	})
}

func TestHubThatIsLeftAndSaysNothingIsForgotten(t *testing.T) {
	inBubble(t, func(w *world) {
		w.answer = w.confirms("86400")
		w.run(2 * time.Second)
		w.names("")
		w.answer = func(url.Values) (int, string) { return 500, "" }
		w.poll()
		w.run(2 * time.Second)
		for i := 0; len(w.all()) > 0; i++ {
			if w.runAt(); i > 50 {
				t.Fatalf("%+v", w.only())
			}
		}
	})
}

func TestFailingHubIsAskedLessOftenAndGivenUpAfterAWeek(t *testing.T) {
	for name, answer := range map[string]func(url.Values) (int, string){
		"500":                func(url.Values) (int, string) { return 500, strings.Repeat("no\x00\xff ", 1000) },
		"endless":            func(url.Values) (int, string) { return 404, strings.Repeat("x", 10<<20) },
		"accepts and sleeps": accepts,
	} {
		inBubble(t, func(w *world) {
			w.answer = answer
			w.run(2 * time.Second)
			began, last := time.Now(), time.Duration(0)
			for w.only().State == websub.Wanted {
				wait := time.Until(w.only().NextAt)
				if wait < time.Minute/2 || wait > 7*time.Hour || wait < last/2 {
					t.Fatalf("%s: it waits %v after %v", name, wait, last)
				}
				last = wait
				w.runAt()
			}
			_, n := w.asked()
			if s, took := w.only(), time.Since(began); s.State != websub.Failed || !s.NextAt.IsZero() || took < 7*24*time.Hour || took > 8*24*time.Hour || n > 60 {
				t.Errorf("%s: asked %d times in %v: %+v", name, n, took, s)
			}
			w.names("https://other.example/")
			w.answer = w.confirms("864000")
			w.poll()
			w.run(2 * time.Second)
			if w.states() != "https://other.example/ active" {
				t.Errorf("%s: with another hub: %s", name, w.states())
			}
		})
	}
}

func TestOutageOfAHubDoesNotEndASubscription(t *testing.T) {
	inBubble(t, func(w *world) {
		w.run(2 * time.Second)
		w.answer = func(url.Values) (int, string) { return http.StatusBadGateway, "" }
		w.runAt()
		if s := w.only(); s.State != websub.Active || s.Failures != 1 || s.LastError == "" {
			t.Errorf("%+v", s)
		}
		w.answer = w.confirms("864000")
		w.runAt()
		if s := w.only(); s.Failures != 0 || s.LastError != "" {
			t.Errorf("%+v", s)
		}
	})
}

func TestHubElsewhereIsNotAskedByAServerOnThisComputer(t *testing.T) {
	inBubble(t, func(w *world) {
		w.hubs.Local = func(address string) bool { return address == base }
		w.run(2 * time.Second)
		if len(w.requests) != 0 || w.only().State != websub.Wanted {
			t.Errorf("asked %v, %+v", w.requests, w.only())
		}
		w.hubs.Local = nil
		w.runAt()
		if w.only().State != websub.Active {
			t.Errorf("with an address that can be reached: %+v", w.only())
		}
	})
}

func TestSleepingSubscriberFollowsAnotherHubAtOnce(t *testing.T) {
	inBubble(t, func(w *world) {
		w.poller.WakeNext = w.hubs.Wake
		ctx, stop := context.WithCancel(w.t.Context())
		done := make(chan error)
		go func() { done <- w.hubs.Run(ctx) }()
		time.Sleep(time.Hour + 10*time.Second)
		synctest.Wait()
		_, before := w.asked()
		w.names("https://other.example/")
		w.poll()
		time.Sleep(time.Second)
		synctest.Wait()
		if form, n := w.asked(); n == before {
			t.Errorf("a second later nobody was asked; last %v", form)
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestTwoProcessesAskOnce(t *testing.T) {
	inBubble(t, func(w *world) {
		other := &websub.Subscriber{DB: w.hubs.DB, Client: w.hubs.Client, Log: w.hubs.Log, Now: w.hubs.Now}
		ctx, stop := context.WithTimeout(w.t.Context(), 5*time.Second)
		defer stop()
		done := make(chan error)
		go func() { done <- other.Run(ctx) }()
		w.run(5 * time.Second)
		if err := <-done; err != nil {
			t.Error(err)
		}
		if _, n := w.asked(); n != 1 {
			t.Errorf("the hub was asked %d times", n)
		}
	})
}

// A hub confirms while the feed leaves it, and the other way round: whoever comes second has read
// what is not so any more.
func TestHubAndFeedDoNotUndoEachOther(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.answer = accepts
		w.runUntil(hubURL + " wanted")
		wanted := w.only()
		left := wanted
		left.State = websub.Leaving
		if err := websub.Change(t.Context(), db, wanted, left); err != nil {
			t.Fatal(err)
		}
		confirmed := wanted
		confirmed.State = websub.Active
		if err := websub.Change(t.Context(), db, wanted, confirmed); !errors.Is(err, database.ErrConflict) || w.only().State != websub.Leaving {
			t.Errorf("the hub confirms what is left: %v, %s", err, w.states())
		}
		if err := websub.Change(t.Context(), db, left, wanted); err != nil {
			t.Fatal(err)
		}
		if err := websub.Remove(t.Context(), db, left); !errors.Is(err, database.ErrConflict) || w.only().State != websub.Wanted {
			t.Errorf("what is wanted again is forgotten: %v, %s", err, w.states())
		}
	})
}
