package replies_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/replies/thread"
)

// TestKindsOfWhatIsNoWord: whom a reply is for, the pictures of its emoji and the line that names
// what is quoted are data.
func TestKindsOfWhatIsNoWord(t *testing.T) {
	mention := func(name, href string) map[string]any {
		return map[string]any{"type": "Mention", "name": name, "href": href}
	}
	emoji := func(name, url string) map[string]any {
		return map[string]any{"type": "Emoji", "id": nil, "name": name, "icon": map[string]any{"type": "Image", "url": url}}
	}
	const ada, cat = "https://pasture.example/users/ada", "https://gts.example/cat.webp"
	adaLink := `<span class="h-card"><a href="https://pasture.example/@ada" class="u-url mention">@<span>ada</span></a></span>`
	blog := base + "/blogs/tea"
	blogLink := `<span class="h-card"><a href="` + blog + `" class="u-url mention">@<span>tea</span></a></span>`
	onSQLite(t, func(t *testing.T, w *world) {
		bo := w.fedi.Person("bo", "gts.example")
		for what, test := range map[string]struct {
			content string
			tags    []any
			text    string // in the thread, as it begins
			kept    string
		}{
			"Mastodon names everybody": {"<p>" + blogLink + " " + adaLink + " Agreed.</p>", []any{mention("@tea@blog.example", blog), mention("@ada@pasture.example", ada)},
				"<p>Agreed.</p>", "[{mention @tea@blog.example " + blog + "} {mention @ada@pasture.example " + ada + "}]"},
			"Misskey in full":             {`<p><a href="https://pasture.example/@ada">@ada@pasture.example</a> Agreed.</p>`, []any{mention("@ada@pasture.example", ada)}, "<p>Agreed.</p>", "[{mention @ada@pasture.example " + ada + "}]"},
			"the name without its host":   {"<p>" + adaLink + " Agreed.</p>", []any{mention("@ada", ada)}, "<p>Agreed.</p>", "[{mention @ada@pasture.example " + ada + "}]"},
			"a mention in a sentence":     {"<p>As " + adaLink + " says.</p>", []any{mention("@ada@pasture.example", ada)}, "<p>As ", "[{mention @ada@pasture.example " + ada + "}]"},
			"a name that is not tagged":   {"<p>" + adaLink + " Agreed.</p>", nil, `<p><span class="h-card">`, "[]"},
			"nothing but a mention":       {"<p>" + adaLink + "</p>", []any{mention("@ada@pasture.example", ada)}, `<p><span class="h-card">`, "[{mention @ada@pasture.example " + ada + "}]"},
			"an emoji":                    {"<p>Good :blobcat:</p>", []any{emoji(":blobcat:", cat)}, "<p>Good :blobcat:</p>", "[{emoji :blobcat: " + cat + "}]"},
			"an emoji without its colons": {"<p>Good :blob_cat:</p>", []any{emoji("blob_cat", cat)}, "<p>Good :blob_cat:</p>", "[{emoji :blob_cat: " + cat + "}]"},
			"an emoji that is not used":   {"<p>Good</p>", []any{emoji(":blobcat:", cat)}, "<p>Good</p>", "[]"},
			"an emoji of no address":      {"<p>Good :x:</p>", []any{emoji(":x:", "javascript:alert(1)")}, "<p>Good :x:</p>", "[]"},
			"an emoji with markup":        {"<p>Good :<b>:</p>", []any{emoji(":<b>:", cat)}, "<p>Good ", "[]"},
			"a hashtag":                   {"<p>#tea</p>", []any{map[string]any{"type": "Hashtag", "name": "#tea", "href": cat}}, "<p>#tea</p>", "[]"},
		} {
			w.accepted(bo.Reply(w.teaID, test.content, to(shared), with("tag", test.tags)))
			items := w.thread().Items
			last := items[len(items)-1]
			if !strings.HasPrefix(last.HTML.String(), test.text) {
				t.Errorf("%s: it says %s", what, last.HTML)
			}
			if got := fmt.Sprint(last.Tags); got != test.kept {
				t.Errorf("%s: it names %s, want %s", what, got, test.kept)
			}
			w.pass(1e9)
		}
		before := len(w.thread().Items)
		last := w.accepted(bo.Reply(w.teaID, "<p>"+adaLink+" One.</p>", to(shared), with("tag", []any{mention("@ada", ada)})))
		w.accepted(bo.Edit(last, "<p>"+adaLink+" Two :blobcat:.</p>", with("tag", []any{mention("@ada", ada), emoji(":blobcat:", cat)})))
		if edited := w.thread().Items[before]; edited.HTML.String() != "<p>Two :blobcat:.</p>" || len(edited.Tags) != 2 {
			t.Errorf("after an edit: %s, %v", edited.HTML, edited.Tags)
		}
		w.accepted(bo.Delete(last))
		if n := w.count("SELECT COUNT(*) FROM replies WHERE status = ? AND tags IS NOT NULL", thread.Deleted); n != 0 {
			t.Error("what a deleted reply named is kept")
		}
	})
}

func TestKindsOfLinesThatNameWhatIsQuoted(t *testing.T) {
	for what, test := range map[string]struct{ content, want string }{
		"Mastodon":               {`<p class="quote-inline">RE: <a href="{page}">{page}</a></p><p>Read this.</p>`, "<p>Read this.</p>"},
		"Misskey":                {`<p><span>four minutes</span></p><span class="quote-inline"><span><br><br>RE: </span><a href="{post}">{post}</a></span>`, "<p>four minutes</p>"},
		"Akkoma, with a class":   {`Hot.<span class="quote-inline"><br/><br/>RE: <a href="{post}">{post}</a></span>`, "Hot."},
		"a word of the author's": {`<p>RE: your tea</p>`, "<p>RE: your tea</p>"},
		"nothing but the line":   {`<p class="quote-inline">RE: x</p>`, "<p>RE: x</p>"},
		"a line without an end":  {`<p>Hot.</p><div class="quote-inline">RE: x`, "<p>Hot.</p><p>RE: x</p>"},
		"elements inside it":     {`<p class="a quote-inline b">RE: <b>x</b></p><p>Hot.</p>`, "<p>Hot.</p>"},
	} {
		t.Run(what, func(t *testing.T) {
			onSQLite(t, func(t *testing.T, w *world) {
				bo := w.fedi.Person("bo", "gts.example")
				names := strings.NewReplacer("{post}", w.teaID, "{page}", w.tea.URL)
				w.accepted(bo.Post(shared, activitypub.Object{"id": bo.ID + "/create/1", "type": "Create", "actor": bo.ID, "object": map[string]any{
					"id": bo.ID + "/statuses/1", "type": "Note", "attributedTo": bo.ID, "content": names.Replace(test.content), "to": []any{activitypub.Public},
					"quoteUrl": w.teaID, "_misskey_quote": w.teaID, "published": activitypub.At(w.clock()),
				}}))
				items := w.thread().Items
				if len(items) != 1 || items[0].Kind != thread.KindQuote || !strings.HasPrefix(items[0].HTML.String(), test.want) ||
					strings.Contains(items[0].HTML.String(), "RE:") != strings.Contains(test.want, "RE:") {
					t.Errorf("%+v, want %q", items, test.want)
				}
			})
		})
	}
}
