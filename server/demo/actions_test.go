package demo_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/demo"
)

// press sends a form of the timeline as Ada.
func press(t *testing.T, r *demo.Reader, action string, pairs ...string) (code int, body, location string) {
	t.Helper()
	answer := ask(r, http.MethodPost, readerURL+"/do/"+action, form(append([]string{"as", "ada"}, pairs...)...))
	return answer.Code, answer.Body.String(), answer.Header().Get("Location")
}

// last verifies the newest activity that the peer got.
func last(t *testing.T, p *peer, r *demo.Reader) activitypub.Object {
	t.Helper()
	got := p.received()
	return p.verify(t, r, got[len(got)-1])
}

func TestReplyIsWrittenEditedAndDeleted(t *testing.T) {
	p, r := newPeer(t)
	follow(t, r)
	if code, body, _ := press(t, r, "reply", "object", p.post(), "text", "Ahoy & <b>hello</b>"); code != http.StatusSeeOther {
		t.Fatalf("reply: %d %s", code, body)
	}
	create := last(t, p, r)
	note, _ := create.Object("object")
	said := strings.Contains(note.String("content"), "Ahoy &amp; &lt;b&gt;hello&lt;/b&gt;")
	if create.Type() != "Create" || note.Ref("inReplyTo") != p.post() || !said {
		t.Fatalf("sent %v", create)
	}
	if activitypub.VisibilityOf(note) != "public" {
		t.Errorf("visibility %s", activitypub.VisibilityOf(note))
	}
	if page := timeline(r); !strings.Contains(page, "Ahoy &amp; &lt;b&gt;hello") {
		t.Errorf("timeline: %s", page)
	}
	press(t, r, "edit", "object", note.ID(), "text", "Ahoy again")
	if update := last(t, p, r); update.Type() != "Update" || update.Ref("object") != note.ID() {
		t.Errorf("sent %v", update)
	}
	if served := fetched(r, note.ID()); served.Code != http.StatusOK || !strings.Contains(served.Body.String(), "Ahoy again") {
		t.Errorf("served %d %s", served.Code, served.Body)
	}
	press(t, r, "delete", "object", note.ID())
	if deleted := last(t, p, r); deleted.Type() != "Delete" || deleted.Ref("object") != note.ID() {
		t.Errorf("sent %v", deleted)
	}
	if served := fetched(r, note.ID()); served.Code != http.StatusGone {
		t.Errorf("served %d", served.Code)
	}
}

func TestPrivateReplyIsForTheBlogAlone(t *testing.T) {
	p, r := newPeer(t)
	follow(t, r)
	press(t, r, "reply", "object", p.post(), "text", "psst", "private", "1")
	create := last(t, p, r)
	note, _ := create.Object("object")
	for name, o := range map[string]activitypub.Object{"activity": create, "note": note} {
		if to, cc := o.Refs("to"), o.Refs("cc"); len(to) != 1 || to[0] != p.actor() || len(cc) != 0 {
			t.Errorf("%s: to %v, cc %v", name, to, cc)
		}
	}
	if served := fetched(r, note.ID()); served.Code != http.StatusNotFound {
		t.Errorf("served %d", served.Code)
	}
}

func TestLikeAndBoostAreSentOnceAndTakenBack(t *testing.T) {
	p, r := newPeer(t)
	follow(t, r)
	for action, kind := range map[string]string{"like": "Like", "boost": "Announce"} {
		press(t, r, action, "object", p.post())
		done := last(t, p, r)
		before := len(p.received())
		press(t, r, action, "object", p.post())
		if done.Type() != kind || len(p.received()) != before {
			t.Errorf("%s: sent %v, %d activities for two clicks", action, done, len(p.received())-before+1)
		}
		press(t, r, "un"+action, "object", p.post())
		if undo := last(t, p, r); undo.Type() != "Undo" || undo.Ref("object") != done.ID() {
			t.Errorf("un%s: sent %v", action, undo)
		}
		if code, _, _ := press(t, r, "un"+action, "object", p.post()); code != http.StatusUnprocessableEntity {
			t.Errorf("un%s twice: %d", action, code)
		}
	}
}

func TestRefusalOfTheOtherServerIsShownAndUndoesTheStep(t *testing.T) {
	p, r := newPeer(t)
	follow(t, r)
	p.answer(http.StatusUnauthorized)
	code, body, _ := press(t, r, "reply", "object", p.post(), "text", "Did <i>it</i> arrive?")
	if code != http.StatusBadGateway || !strings.Contains(body, `role="alert"`) || !strings.Contains(body, "401") {
		t.Errorf("%d %s", code, body)
	}
	if !strings.Contains(body, "<q>Did &lt;i&gt;it&lt;/i&gt; arrive?</q>") || strings.Contains(body, "<b>inbox") {
		t.Errorf("the person's words are lost, or the server's are not escaped: %s", body)
	}
	if strings.Contains(timeline(r), "arrive?") {
		t.Error("the reply is in the timeline though it was refused")
	}
	press(t, r, "like", "object", p.post())
	if strings.Contains(timeline(r), `aria-pressed="true"`) {
		t.Error("liked though it was refused")
	}
}

func TestFormsThatMakeNoSenseAreRefused(t *testing.T) {
	p, r := newPeer(t)
	follow(t, r)
	press(t, r, "reply", "object", p.post(), "text", "mine")
	note, _ := last(t, p, r).Object("object")
	before := len(p.received())
	for name, test := range map[string]struct {
		action string
		pairs  []string
		status int
	}{
		"empty reply":         {"reply", []string{"object", p.post(), "text", " \n"}, http.StatusUnprocessableEntity},
		"endless reply":       {"reply", []string{"object", p.post(), "text", strings.Repeat("x", 2001)}, http.StatusUnprocessableEntity},
		"reply to nothing":    {"reply", []string{"object", "http://169.254.169.254/", "text", "x"}, http.StatusNotFound},
		"like of nothing":     {"like", []string{"object", "javascript:alert(1)"}, http.StatusNotFound},
		"edit of another's":   {"edit", []string{"as", "bo", "object", note.ID(), "text", "x"}, http.StatusForbidden},
		"delete of another's": {"delete", []string{"as", "bo", "object", note.ID()}, http.StatusForbidden},
		"nobody":              {"follow", []string{"as", "<nobody>"}, http.StatusNotFound},
		"no such button":      {"explode", nil, http.StatusNotFound},
	} {
		code, body, _ := press(t, r, test.action, test.pairs...)
		if code != test.status || strings.Contains(body, "<nobody>") {
			t.Errorf("%s: %d, want %d: %s", name, code, test.status, body)
		}
	}
	if after := len(p.received()); after != before {
		t.Errorf("%d activities were sent", after-before)
	}
}

func TestReaderIsFoundByHandle(t *testing.T) {
	_, r := newPeer(t)
	found := ask(r, http.MethodGet, readerURL+"/.well-known/webfinger?resource=acct:ada@127.0.0.1:8487", "")
	if !strings.Contains(found.Body.String(), `"href":"`+readerURL+`/people/ada"`) {
		t.Errorf("%d %s", found.Code, found.Body)
	}
	for address, want := range map[string]int{"?resource=acct:eve@127.0.0.1:8487": http.StatusNotFound, "": http.StatusBadRequest} {
		if got := ask(r, http.MethodGet, readerURL+"/.well-known/webfinger"+address, "").Code; got != want {
			t.Errorf("%q: %d, want %d", address, got, want)
		}
	}
	if got := ask(r, http.MethodGet, readerURL+"/people/ada", "", "Accept", "text/html"); got.Code != http.StatusSeeOther {
		t.Errorf("a browser gets %d", got.Code)
	}
}

func TestProgramLearnsOfARefusalAsJSON(t *testing.T) {
	p, r := newPeer(t)
	follow(t, r)
	p.answer(http.StatusForbidden)
	answer := ask(r, http.MethodPost, readerURL+"/do/like", form("as", "ada", "object", p.post()), "Accept", "application/json")
	var said struct{ Error string }
	if err := json.Unmarshal(answer.Body.Bytes(), &said); err != nil {
		t.Fatalf("%v: %s", err, answer.Body)
	}
	if answer.Code != http.StatusBadGateway || !strings.Contains(said.Error, "403") {
		t.Errorf("%d %q", answer.Code, said.Error)
	}
}
