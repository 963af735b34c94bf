package fediversetest_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
)

func TestFaults(t *testing.T) {
	story(t, func(t *testing.T, f *fediversetest.Fediverse, a *app) {
		ada := f.Person("ada", "pasture.example")
		f.Fail("pasture.example", fediversetest.Fault{Status: 503, RetryAfter: 2 * time.Minute, Path: "/users/ada/inbox", Times: 1})
		status, header := a.send(adasInbox, create, nil)
		if status != 503 || header.Get("Retry-After") != "120" || len(ada.Inbox()) != 0 || a.get(ada.ID, nil) == nil {
			t.Errorf("%d %v", status, header)
		}
		if status, _ := a.send(adasInbox, create, nil); status != http.StatusAccepted {
			t.Errorf("%d after the fault had struck as often as it should", status)
		}
		broken := errors.New("connection refused")
		f.Fail("pasture.example", fediversetest.Fault{Err: broken})
		if _, err := f.RoundTrip(a.request("GET", ada.ID, nil)); !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
		f.Fail("blog.example", fediversetest.Fault{Lost: true})
		f.Heal("pasture.example")
		if sent := ada.Like(post); sent.Err == nil || sent.Status != 0 || !a.last().Is("Like") {
			t.Errorf("an answer that should be lost is %d", sent.Status)
		}
	})
}

func TestDelaysTakeTheTimeOfTheBubbleAndEndWithTheContext(t *testing.T) {
	story(t, func(t *testing.T, f *fediversetest.Fediverse, a *app) {
		f.Person("ada", "pasture.example")
		f.Fail("pasture.example", fediversetest.Fault{Delay: time.Hour})
		began := time.Now()
		a.get("https://pasture.example/users/ada", nil)
		if took := time.Since(began); took != time.Hour {
			t.Errorf("took %v", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := f.RoundTrip(a.request("GET", "https://pasture.example/", nil).WithContext(ctx))
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Hour+time.Minute {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

func TestRequestsAreCounted(t *testing.T) {
	story(t, func(t *testing.T, f *fediversetest.Fediverse, a *app) {
		ada := f.Person("ada", "pasture.example")
		f.Fail("pasture.example", fediversetest.Fault{Delay: time.Second})
		done := make(chan bool)
		for range 3 {
			go func() { a.get(ada.ID, nil); done <- true }()
		}
		for range 3 {
			<-done
		}
		f.Heal("pasture.example")
		a.send(adasInbox, create, nil)
		if f.Count("pasture.example", "") != 4 || f.Count("pasture.example", "/users/ada") != 3 || f.Count("x.example", "") != 0 {
			t.Errorf("%d requests, %d for the actor", f.Count("pasture.example", ""), f.Count("pasture.example", "/users/ada"))
		}
		if f.MostAtOnce("pasture.example") != 3 || f.MostAtOnce("x.example") != 0 || f.Count("blog.example", "") != 0 {
			t.Errorf("%d at once; %d for the blog, which only the fediverse has asked", f.MostAtOnce("pasture.example"), f.Count("blog.example", ""))
		}
	})
}

func TestWaitForSeesWhatOthersDo(t *testing.T) {
	story(t, func(t *testing.T, f *fediversetest.Fediverse, a *app) {
		ada := f.Person("ada", "pasture.example")
		go func() {
			time.Sleep(5 * time.Second)
			a.send(adasInbox, create, nil)
		}()
		began := time.Now()
		ada.Await("Create", 1)
		if waited := time.Since(began); waited < 5*time.Second || waited > 6*time.Second {
			t.Errorf("waited %v", waited)
		}
	})
}
