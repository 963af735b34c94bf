package fediversetest_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

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
		answer, err := f.RoundTrip(a.request("GET", id, nil))
		if err != nil || answer.StatusCode != http.StatusUnauthorized || a.get(id, &key) != nil {
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
		for resource, want := range map[string]int{
			"acct:ada@pasture.example": 200, "acct:bob@meadow.example": 404, "acct:eve@pasture.example": 404,
		} {
			answer, err := f.RoundTrip(a.request("GET", "https://pasture.example/.well-known/webfinger?resource="+resource, nil))
			if err != nil || answer.StatusCode != want {
				t.Errorf("%s: %v, %v", resource, answer, err)
			}
		}
	})
}
