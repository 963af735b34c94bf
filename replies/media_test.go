package replies_test

import (
	"testing"

	"github.com/bloghorn/bloghorn/replies/thread"
)

// TestKindsOfMediaOfReplies: what is said of a medium stands in its name, or in its summary; what
// its author warns of is marked.
func TestKindsOfMediaOfReplies(t *testing.T) {
	medium := func(more map[string]any) map[string]any {
		m := map[string]any{"type": "Image", "mediaType": "image/webp", "url": "https://gts.example/1.webp"}
		for key, value := range more {
			m[key] = value
		}
		return m
	}
	is := func(name string, sensitive bool) thread.Attachment {
		return thread.Attachment{URL: "https://gts.example/1.webp", MediaType: "image/webp", Name: name, Sensitive: sensitive}
	}
	onSQLite(t, func(t *testing.T, w *world) {
		bo := w.fedi.Person("bo", "gts.example")
		for what, test := range map[string]struct {
			attachment map[string]any
			sensitive  any // of the note
			want       thread.Attachment
		}{
			"a name, as Mastodon says it":       {medium(map[string]any{"name": "A pot"}), false, is("A pot", false)},
			"a summary, as GoToSocial says it":  {medium(map[string]any{"summary": "A cup"}), false, is("A cup", false)},
			"both":                              {medium(map[string]any{"name": "A pot", "summary": "A cup"}), false, is("A pot", false)},
			"an empty name":                     {medium(map[string]any{"name": " ", "summary": "A cup"}), nil, is("A cup", false)},
			"a summary in a language":           {medium(map[string]any{"summaryMap": map[string]any{"de": "Eine Tasse"}}), nil, is("Eine Tasse", false)},
			"markup":                            {medium(map[string]any{"summary": "<p>A cup &amp; a pot</p>"}), nil, is("A cup & a pot", false)},
			"nothing":                           {medium(nil), nil, is("", false)},
			"the note is sensitive":             {medium(map[string]any{"name": "A wound"}), true, is("A wound", true)},
			"the medium is sensitive":           {medium(map[string]any{"name": "A wound", "sensitive": true}), false, is("A wound", true)},
			"sensitive is a word, and no truth": {medium(map[string]any{"name": "A pot"}), "true", is("A pot", false)},
		} {
			w.accepted(bo.Reply(w.teaID, what, with("attachment", []any{test.attachment}), with("sensitive", test.sensitive)))
			items := w.thread().Items
			if last := items[len(items)-1].Attachments; len(last) != 1 || last[0] != test.want {
				t.Errorf("%s: %+v, want %+v", what, last, test.want)
			}
			w.pass(1e9)
		}
	})
}
