package thread

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
)

func TestKindsOfPollsThatAnswer(t *testing.T) {
	choice := func(name string) map[string]any {
		return map[string]any{"type": "Note", "name": name, "replies": map[string]any{"type": "Collection", "totalItems": 3}}
	}
	for raw, test := range map[string]struct {
		kind string
		more map[string]any
		want string
	}{
		"Mastodon's":          {"Question", map[string]any{"oneOf": []any{choice("Green <3"), choice("Black")}}, "<p>Which?</p><ul><li>Green &lt;3</li><li>Black</li></ul>"},
		"of several choices":  {"Question", map[string]any{"anyOf": []any{choice("Green"), choice(" ")}}, "<p>Which?</p><ul><li>Green</li></ul>"},
		"Pleroma's, of both":  {"Question", map[string]any{"oneOf": []any{choice("Green")}, "anyOf": []any{}}, "<p>Which?</p><ul><li>Green</li></ul>"},
		"without any choices": {"Question", nil, "<p>Which?</p>"},
		"no poll":             {"Note", map[string]any{"oneOf": []any{choice("Green")}}, "<p>Which?</p>"},
	} {
		o := activitypub.Object{"id": "https://pasture.example/1", "type": test.kind, "content": "<p>Which?</p>"}
		bare := ReadNote(o).Hash
		for key, value := range test.more {
			o[key] = value
		}
		n := ReadNote(o)
		if got := n.HTML.String(); got != test.want {
			t.Errorf("%s: %s, want %s", raw, got, test.want)
		}
		if n.Hash != bare {
			t.Errorf("%s: each count of votes would be an edit", raw)
		}
	}
}

func TestKindsOfAttachmentsOfWordPress(t *testing.T) {
	const at = "https://i0.wp.example/pot.png?fit=980%2C980"
	for _, amp := range []string{"&", "&#038;", "&#38;", "&amp;"} {
		o := activitypub.Object{"id": "https://blog.example/?p=1", "type": "Note", "attachment": []any{
			map[string]any{"type": "Image", "url": at + amp + "ssl=1&copy=2"},
		}}
		if got := ReadNote(o).Attachments; len(got) != 1 || got[0].URL != at+"&ssl=1&copy=2" {
			t.Errorf("%s: %v", amp, got)
		}
	}
}

func TestKindsOfTextThatIsNoHTML(t *testing.T) {
	onOneLine := strings.NewReplacer("\n", "")
	const lines = "Tea & time.\r\n\r\nMore on *tea*:\r\nhttps://tea.example/"
	for kind, test := range map[string]struct{ raw, want string }{
		"text/markdown; charset=utf-8": {lines, `<p>Tea &amp; time.</p><p>More on <em>tea</em>:<br/>` +
			`<a href="https://tea.example/" rel="nofollow ugc noopener noreferrer">https://tea.example/</a></p>`},
		"text/plain": {lines, `<p>Tea &amp; time.</p><p>More on *tea*:<br/>https://tea.example/</p>`},
		"text/PLAIN": {"<p>Tea.</p><p>Time.</p>", "<p>Tea.</p><p>Time.</p>"}, // it is HTML all the same
		"text/html":  {"Tea & *time*", "Tea &amp; *time*"},
		"":           {"Tea & *time*", "Tea &amp; *time*"},
	} {
		o := activitypub.Object{"id": "https://pt.example/1", "type": "Video", "mediaType": kind, "content": test.raw}
		if got := onOneLine.Replace(ReadNote(o).HTML.String()); got != test.want {
			t.Errorf("%s: %s, want %s", kind, got, test.want)
		}
	}
}
