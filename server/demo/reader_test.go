package demo_test

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/demo"
)

func verifySigned(t *testing.T, got request, host string, keys func(actor string) *rsa.PublicKey) (owner string) {
	t.Helper()
	v := signature.Verifier{Now: time.Now, Keys: func(_ context.Context, keyID string, _ bool) (signature.PublicKey, error) {
		owner, _, _ := strings.Cut(keyID, "#")
		return signature.PublicKey{ID: keyID, Owner: owner, Key: keys(owner)}, nil
	}}
	signer, err := v.Verify(got.Request, got.body, "http://"+host)
	if err != nil {
		t.Fatalf("%s: %v", got.body, err)
	}
	return signer.Owner
}

func follow(t *testing.T, r *demo.Reader) string {
	t.Helper()
	id, err := r.Follow(t.Context(), "ada")
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func timeline(r *demo.Reader) string {
	return ask(r, http.MethodGet, readerURL+"/?as=ada", "").Body.String()
}

func TestFollowIsSignedAndFindsOlderPosts(t *testing.T) {
	p, r := newPeer(t)
	id := follow(t, r)
	got := p.received()
	if len(got) != 1 {
		t.Fatalf("%d requests", len(got))
	}
	activity := p.verify(t, r, got[0])
	if activity.Type() != "Follow" || activity.ID() != id || activity.Ref("object") != p.actor() {
		t.Errorf("sent %v", activity)
	}
	if page := timeline(r); !strings.Contains(page, "asked to follow") || !strings.Contains(page, ">One</a>") {
		t.Errorf("timeline: %s", page)
	}
}

func TestAcceptOfTheFollowedSettlesTheFollow(t *testing.T) {
	p, r := newPeer(t)
	id := follow(t, r)
	if code := p.send(t, r, p.activity("Accept", "/a/0", "https://elsewhere.example/follow"), nil); code != http.StatusAccepted {
		t.Errorf("accept of something else: %d", code)
	}
	if strings.Contains(timeline(r), "Unfollow") {
		t.Error("accepted by an Accept of something else")
	}
	if code := p.send(t, r, p.activity("Accept", "/a/1", map[string]any{"type": "Follow", "id": id}), nil); code != http.StatusAccepted {
		t.Errorf("accept: %d", code)
	}
	if !strings.Contains(timeline(r), "Unfollow") {
		t.Errorf("not accepted: %s", timeline(r))
	}
}

func TestPostArrivesChangesAndGoes(t *testing.T) {
	p, r := newPeer(t)
	follow(t, r)
	for _, step := range []struct {
		activity map[string]any
		want     string
		unwanted string
	}{
		{p.activity("Create", "/a/1", p.article("Two", "<p>Hello</p>")), ">Two</a>", ">One</a>"},
		{p.activity("Update", "/a/2", p.article("Three", "<p>Hello again</p>")), ">Three</a>", ">Two</a>"},
		{p.activity("Delete", "/a/3", map[string]any{"id": p.post(), "type": "Tombstone"}), "No posts yet", ">Three</a>"},
	} {
		if code := p.send(t, r, step.activity, nil); code != http.StatusAccepted {
			t.Fatalf("%v: %d", step.activity["type"], code)
		}
		if page := timeline(r); !strings.Contains(page, step.want) || strings.Contains(page, step.unwanted) {
			t.Errorf("after %v: %s", step.activity["type"], page)
		}
	}
}

func TestInboxBelievesOnlyWhatIsSigned(t *testing.T) {
	p, r := newPeer(t)
	follow(t, r)
	bad := p.activity("Create", "/a/1", p.article("Forged", "<p>x</p>"))
	foreign := p.activity("Create", "/a/2", p.article("Forged", "<p>x</p>"))
	foreign["actor"] = readerURL + "/people/bo"
	stranger := p.article("Forged", "<p>x</p>")
	stranger["attributedTo"] = "https://elsewhere.example/someone"
	elsewhere := p.activity("Create", "", p.article("Forged", "<p>x</p>"))
	elsewhere["id"] = "https://elsewhere.example/1"
	tests := map[string]struct {
		activity any
		spoil    func(r *http.Request, body []byte) []byte
		status   int
	}{
		"no signature":          {bad, dropSignature, http.StatusUnauthorized},
		"another body":          {bad, swapBody, http.StatusUnauthorized},
		"another path":          {bad, swapPath, http.StatusUnauthorized},
		"a spoilt signature":    {bad, spoilSignature, http.StatusUnauthorized},
		"an old date":           {bad, oldDate, http.StatusUnauthorized},
		"another actor":         {foreign, nil, http.StatusForbidden},
		"an id of another host": {elsewhere, nil, http.StatusForbidden},
		"another's article":     {p.activity("Create", "/a/3", stranger), nil, http.StatusAccepted},
		"not an object":         {[]any{bad}, nil, http.StatusBadRequest},
	}
	for name, test := range tests {
		if code := p.send(t, r, test.activity, test.spoil); code != test.status {
			t.Errorf("%s: %d, want %d", name, code, test.status)
		}
	}
	if page := timeline(r); strings.Contains(page, "Forged") || strings.Contains(page, "Swapped") {
		t.Errorf("timeline: %s", page)
	}
}

func dropSignature(r *http.Request, body []byte) []byte {
	r.Header.Del("Signature")
	return body
}

func swapBody(_ *http.Request, body []byte) []byte {
	return []byte(strings.Replace(string(body), "Forged", "Swapped", 1))
}

func swapPath(r *http.Request, body []byte) []byte {
	r.URL.Path, r.RequestURI = "/people/bo/inbox", "/people/bo/inbox"
	return body
}

func oldDate(r *http.Request, body []byte) []byte {
	r.Header.Set("Date", "Sat, 01 Jan 1994 00:00:00 GMT")
	return body
}

func spoilSignature(r *http.Request, body []byte) []byte {
	value, at := r.Header.Get("Signature"), strings.Index(r.Header.Get("Signature"), `signature="`)+len(`signature="`)
	other := "A"
	if value[at] == 'A' {
		other = "B"
	}
	r.Header.Set("Signature", value[:at]+other+value[at+1:])
	return body
}

func TestInboxRefusesWhatIsTooLarge(t *testing.T) {
	p, r := newPeer(t)
	huge := p.activity("Create", "/a/1", strings.Repeat("x", 2<<20))
	if code := p.send(t, r, huge, nil); code != http.StatusRequestEntityTooLarge {
		t.Errorf("%d", code)
	}
}

func TestHostileArticleIsHarmlessInTheTimeline(t *testing.T) {
	p, r := newPeer(t)
	follow(t, r)
	article := p.article(`<script>alert(1)</script>Title`,
		`<p onclick="x()">a</p><script>alert(2)</script><a href="javascript:alert(3)">b</a>`)
	article["url"] = "javascript:alert(4)"
	if code := p.send(t, r, p.activity("Create", "/a/1", article), nil); code != http.StatusAccepted {
		t.Fatal(code)
	}
	page := timeline(r)
	for _, bad := range []string{"<script>alert", "onclick=", `href="javascript:`, "<i>Harbour"} {
		if strings.Contains(page, bad) {
			t.Errorf("the timeline contains %s", bad)
		}
	}
}

func TestTrafficShowsWhatArrivedAndWhatWasRefused(t *testing.T) {
	p, r := newPeer(t)
	follow(t, r)
	p.send(t, r, p.activity("Create", "/a/1", p.article("Two <b>", "<p>x</p>")), nil)
	p.send(t, r, p.activity("Create", "/a/2", p.article("x", "x")), spoilSignature)
	answer := ask(r, http.MethodGet, readerURL+"/traffic", "", "Accept", "application/json")
	var all []struct {
		Incoming      bool
		Type, Verdict string
		Status        int
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	var statuses []int
	for _, e := range all {
		if e.Incoming && e.Type == "Create" {
			statuses = append(statuses, e.Status)
		}
	}
	if len(statuses) != 2 || statuses[0] != http.StatusUnauthorized || statuses[1] != http.StatusAccepted {
		t.Errorf("statuses of the Creates, newest first: %v", statuses)
	}
	page, _ := io.ReadAll(ask(r, http.MethodGet, readerURL+"/traffic", "").Body)
	if strings.Contains(string(page), "Two <b>") || !strings.Contains(string(page), "Two \\u003cb\\u003e") {
		t.Errorf("traffic: %s", page)
	}
}
