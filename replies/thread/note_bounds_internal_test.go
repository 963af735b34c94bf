package thread

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
)

// Whatever an object says: what is read of it keeps the bounds of its columns.
func FuzzNote(f *testing.F) {
	stories, _ := filepath.Glob("../../testdata/activities/*/*.json")
	for _, story := range stories {
		text, err := os.ReadFile(story)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text[1 : len(text)-2]) // the activity of a list of one
	}
	f.Add([]byte(`{"id":"https://pasture.example/users/ada/2","type":"Note","attributedTo":["https://pasture.example/users/ada"],` +
		`"to":"as:Public","inReplyTo":"https://fedi.blog.example/posts/1","content":"<p>x","updated":"2026-11-20T12:00:00"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		tree, err := activitypub.Parse(body)
		if err != nil {
			return
		}
		checkNote(t, ReadNote(tree))
		if object, ok := tree.Object("object"); ok {
			checkNote(t, ReadNote(object))
		}
	})
}

// checkNote: what is kept of an object keeps its bounds.
func checkNote(t *testing.T, n Note) {
	if len([]rune(n.CW)) > maxCW || len(n.Attachments) > maxAttachments || len(encodeAttachments(n.Attachments)) > maxAttachmentBytes ||
		len(n.InReplyTo) > maxRefs || len(n.Context) > maxRefs || len(n.Language) > 40 || len(n.URL) > 2048 {
		t.Errorf("too much is kept: %+v", n)
	}
	for _, a := range n.Attachments {
		if !activitypub.ValidID(a.URL) || len([]rune(a.Name)) > maxAlt || len([]rune(a.MediaType)) > maxMediaType {
			t.Errorf("attachment %+v", a)
		}
	}
	if page, _ := n.Page(); page != n.ID && !activitypub.ValidID(page) {
		t.Errorf("its page is %q", page)
	}
}
