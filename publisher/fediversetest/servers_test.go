package fediversetest_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
)

const (
	create    = `{"id":"https://blog.example/c/1","type":"Create","actor":"` + blog + `","to":"as:Public","object":"` + post + `"}`
	adasInbox = "https://pasture.example/users/ada/inbox"
	shared    = "https://pasture.example/inbox"
)

func TestInboxesBelieveWhatTheAppHasSigned(t *testing.T) {
	story(t, func(t *testing.T, f *fediversetest.Fediverse, a *app) {
		ada := f.Person("ada", "pasture.example")
		if status, _ := a.send(adasInbox, create, nil); status != http.StatusAccepted {
			t.Fatalf("%d, %v", status, f.Refused())
		}
		if got := ada.Await("Create", 1); got[0].Ref("object") != post || ada.Deliveries()[0].Signer.Owner != blog {
			t.Errorf("the inbox has %v", got)
		}
	})
}

func TestInboxesRefuseWhatIsNotProved(t *testing.T) {
	for name, c := range map[string]struct {
		body   string
		tamper func(*http.Request)
	}{
		"another body":       {create, func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(`{"type":"Create"}`)) }},
		"no signature":       {create, func(r *http.Request) { r.Header.Del("Signature") }},
		"another type":       {create, func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }},
		"somebody else acts": {strings.Replace(create, blog, "https://blog.example/blogs/coffee", 1), nil},
		"not JSON":           {"hello", nil},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, f *fediversetest.Fediverse, a *app) {
				ada := f.Person("ada", "pasture.example")
				status, _ := a.send(adasInbox, c.body, c.tamper)
				if status != http.StatusUnauthorized || len(ada.Inbox()) != 0 || len(f.Refused()) != 1 || f.Refused()[0].Err == nil {
					t.Errorf("%d, inbox %v, refused %v", status, ada.Inbox(), f.Refused())
				}
			})
		})
	}
}

func TestASharedInboxIsReadByThoseConcerned(t *testing.T) {
	story(t, func(t *testing.T, f *fediversetest.Fediverse, a *app) {
		ada, bob := f.Person("ada", "pasture.example"), f.Person("bob", "pasture.example")
		hermit := f.Person("hermit", "cave.example", fediversetest.NoSharedInbox)
		ada.Follow(blog)
		a.send(shared, create, nil)
		a.send(shared, strings.Replace(create, `"as:Public"`, `"`+bob.ID+`"`, 1), nil)
		if len(ada.Inbox()) != 2 || len(bob.Inbox()) != 1 {
			t.Errorf("ada has %d, bob %d", len(ada.Inbox()), len(bob.Inbox()))
		}
		if endpoints := a.get(hermit.ID, nil).Has("endpoints"); endpoints {
			t.Error("a server without shared inbox names one")
		}
		if status, _ := a.send("https://cave.example/inbox", create, nil); status != http.StatusNotFound {
			t.Errorf("an inbox that is not there answers %d", status)
		}
	})
}

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
			t.Errorf("%d at once; %d for the blog, whose key only the fediverse has looked up", f.MostAtOnce("pasture.example"), f.Count("blog.example", ""))
		}
	})
}

func TestDocuments(t *testing.T) {
	story(t, func(t *testing.T, f *fediversetest.Fediverse, a *app) {
		const id = "https://pasture.example/notes/1"
		f.Serve(id, map[string]any{"id": id, "type": "Note"})
		if a.get(id, nil).ID() != id || a.get(id+"?page=1", nil).ID() != id || a.get(id+"/2", nil) != nil {
			t.Error("the document is not where it should be")
		}
		r := a.request("GET", id, nil)
		r.Header.Set("Accept", "text/html")
		if page, err := f.RoundTrip(r); err != nil || activitypub.IsActivityDocument(page.Header.Get("Content-Type")) {
			t.Errorf("a browser gets %v, %v", page, err)
		}
		f.RequireSignatures("pasture.example")
		key := blogKey()
		if a.get(id, nil) != nil || a.get(id, &key).ID() != id {
			t.Error("a strict server does not ask for signatures")
		}
		f.Gone(id)
		if answer, err := f.RoundTrip(a.request("GET", id, nil)); err != nil || answer.StatusCode != http.StatusUnauthorized || a.get(id, &key) != nil {
			t.Errorf("%v, %v", answer, err)
		}
	})
}

func TestAHostThatNobodyHasHeardOfIsADNSError(t *testing.T) {
	story(t, func(t *testing.T, f *fediversetest.Fediverse, a *app) {
		var dns *net.DNSError
		if _, err := f.RoundTrip(a.request("GET", "https://nowhere.example/", nil)); !errors.As(err, &dns) || !dns.IsNotFound {
			t.Errorf("got %v", err)
		}
	})
}

func TestWebFingerAnswersForThePeopleOfItsHost(t *testing.T) {
	story(t, func(t *testing.T, f *fediversetest.Fediverse, a *app) {
		f.Person("ada", "pasture.example")
		f.Person("bob", "meadow.example")
		for resource, want := range map[string]int{"acct:ada@pasture.example": 200, "acct:bob@meadow.example": 404, "acct:eve@pasture.example": 404} {
			answer, err := f.RoundTrip(a.request("GET", "https://pasture.example/.well-known/webfinger?resource="+resource, nil))
			if err != nil || answer.StatusCode != want {
				t.Errorf("%s: %v, %v", resource, answer, err)
			}
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
