package inbox

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// Whatever a body says, signed by whoever: what is read of it keeps the bounds of its columns, and
// what may have an effect names one actor, who is the signer, and things of her own server.
func FuzzInboxBody(f *testing.F) {
	stories, _ := filepath.Glob("../../testdata/activities/*/*.json")
	for _, story := range stories {
		text, err := os.ReadFile(story)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text[1:len(text)-2], "https://pasture.example/users/ada") // the activity of a list of one
	}
	for _, body := range []string{
		`{"id":"https://pasture.example/users/ada/1","type":"Create","actor":"https://pasture.example/users/ada",` +
			`"object":{"id":"https://pasture.example/users/ada/2","type":"Note","attributedTo":["https://pasture.example/users/ada"],` +
			`"to":"as:Public","inReplyTo":"https://fedi.blog.example/posts/1","content":"<p>x","updated":"2026-11-20T12:00:00"}}`,
		`{"type":"Announce","id":"https://evil.example/1","actor":"https://evil.example/users/mallory",` +
			`"object":{"type":"Like","actor":"https://pasture.example/users/ada","object":"https://fedi.blog.example/posts/1"}}`,
		`{"type":["x","Undo"],"actor":{"id":"https://pasture.example/users/ada"},"id":"https://pasture.example/1","object":{"type":"Follow"}}`,
		`{"type":"Update","actor":"https://pasture.example/users/ada","id":"https://pasture.example/1",` +
			`"object":"https://pasture.example/users/ada"}`,
	} {
		f.Add([]byte(body), "https://pasture.example/users/ada")
	}
	f.Fuzz(func(t *testing.T, body []byte, signer string) {
		tree, err := activitypub.Parse(body)
		if err != nil {
			return
		}
		a, err := ReadInbound(tree)
		if err != nil {
			if !errors.Is(err, web.ErrInvalid) {
				t.Errorf("%v has no kind", err)
			}
			return
		}
		a.Signer, a.At = signer, time.Now()
		checkArrival(t, a)
		if inner, wrapped := wrappedIn(a); wrapped && inner.Kind != "" {
			inner.Signer = inner.Actor
			checkArrival(t, inner)
		}
	})
}

func checkArrival(t *testing.T, a *Inbound) {
	if a.Kind == "" || len([]rune(a.Kind)) > maxKind || len(a.ID) > maxURI || len(a.Object) > maxURI || !activitypub.ValidID(a.Actor) {
		t.Errorf("read as %q %q by %q about %q", a.Kind, a.ID, a.Actor, a.Object)
	}
	if a.dedupe() == (database.Digest{}) {
		t.Error("no key to know it by")
	}
	if a.Kind != "Create" && a.Kind != "Update" {
		return
	}
	if len(thread.Attributed(a.Embedded)) > 1 {
		return // which of them it is says the database
	}
	n, err := new(Inbox).writtenBy(t.Context(), nil, a, "")
	var m *Missing
	switch {
	case errors.As(err, &m) && (m.What != WantObject || m.ID != a.Object || !activitypub.SameOrigin(m.ID, a.Actor)):
		t.Errorf("%s of %s lets us ask for %s", a.Kind, a.Actor, m.ID)
	case err == nil && a.Object != a.Actor && (a.Signer != a.Actor || n.Author != a.Actor || !activitypub.SameOrigin(n.ID, a.Actor)):
		t.Errorf("%s, signed by %q, may write %q of %q", a.Actor, a.Signer, n.ID, n.Author)
	}
}
