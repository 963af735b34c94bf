package publisher_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/article"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// edit changes settings of a blog as its owner does.
func (w *world) edit(b *feeds.Blog, values ...string) {
	w.t.Helper()
	w.must(w.db.InTx(w.t.Context(), func(tx *database.Tx) (err error) {
		_, *b, err = feeds.Edit(w.t.Context(), tx, b.ID, func(b *feeds.Blog) error {
			for i := 0; i < len(values); i += 2 {
				if err := b.Settings.Set(values[i], values[i+1]); err != nil {
					return err
				}
			}
			return nil
		}, w.clock())
		return err
	}))
}

// What an inbox gets of a post, with each setting.
func TestEachSettingShowsInWhatInboxesGet(t *testing.T) {
	const link = `<p><a href="https://blog.example/one">https://blog.example/one</a></p>`
	long := "<p>" + strings.Repeat("word ", 60) + "</p>"
	for name, c := range map[string]struct {
		set            []string
		title, content string
		want           map[string]string
	}{
		"defaults": {nil, "On tea", "<p>Text</p>", map[string]string{
			"type": "Article", "name": "On tea", "summary": "<p>Text</p>", "content": "<p><strong>On tea</strong></p><p>Text</p>"}},
		"notes": {[]string{"object_type", "note"}, "A &lt; B", "<p>Text</p>", map[string]string{
			"type": "Note", "name": "", "summary": "", "content": "<p><strong>A &lt; B</strong></p><p>Text</p>" + link}},
		"note excerpts": {[]string{"object_type", "note", "content", "excerpt"}, "On tea", "<p>Text <b>bold</b></p>", map[string]string{
			"type": "Note", "content": "<p><strong>On tea</strong></p><p>Text bold</p>" + link}},
		"articles without title": {[]string{"object_type", "article"}, "", "<p>Text</p>", map[string]string{
			"type": "Article", "name": "", "summary": "<p>Text</p>", "content": "<p>Text</p>"}},
		"no summary": {[]string{"post_summary", "none"}, "On tea", "<p>Text</p>", map[string]string{
			"type": "Article", "name": "On tea", "summary": "", "content": "<p><strong>On tea</strong></p><p>Text</p>"}},
		"excerpts": {[]string{"content", "excerpt", "excerpt_length", "50"}, "On tea", long, map[string]string{
			"summary": "<p>" + strings.Repeat("word ", 9) + "word…</p>", "content": "<p><strong>On tea</strong></p><p>" + strings.Repeat("word ", 9) + "word…</p>" + link}},
	} {
		t.Run(name, func(t *testing.T) {
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				w := newWorld(t, db)
				w.edit(&w.blog, c.set...)
				w.follow(w.fedi.Person("ada", "pasture.example"))
				w.write(item{Path: "one", Title: c.title, Content: c.content})
				w.announceAll()
				article, _ := w.sent("Create")[0].Object.Object("object")
				for key, want := range c.want {
					if got := article.String(key); got != want {
						t.Errorf("%s is %q, want %q", key, got, want)
					}
				}
				contentMap, _ := article.Object("contentMap")
				if contentMap.String("en") != article.String("content") {
					t.Errorf("the language is told of other words: %v", contentMap)
				}
				if served := w.document(article.ID()); served.String("content") != article.String("content") || served.Type() != article.Type() {
					t.Errorf("served: %v", served)
				}
			})
		})
	}
}

func TestUnlistedIsForFollowersWithEverybodyInCopy(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.edit(&w.blog, "visibility", "unlisted", "object_type", "note", "language", "de")
		w.follow(w.fedi.Person("ada", "pasture.example"))
		w.write(item{Path: "one", Title: "One"})
		w.announceAll()
		w.write(item{Path: "one", Title: "One, edited", At: start})
		w.announceAll()
		id := w.newest().ID
		documents := []activitypub.Object{w.document(base + "/posts/" + id), w.document(base + "/posts/" + id + "/create")}
		w.exec(`UPDATE posts SET removed_at = ?, due_at = ? WHERE id = ?`, 1, 1, id)
		w.announceAll()
		for _, kind := range []string{"Create", "Update", "Delete"} {
			activity := w.sent(kind)[0].Object
			object, _ := activity.Object("object")
			documents = append(documents, activity)
			if kind != "Delete" {
				documents = append(documents, object)
				if languages, _ := object.Object("contentMap"); languages.String("de") == "" {
					t.Errorf("%s: language %v", kind, languages)
				}
			} else if object.String("formerType") != "Note" {
				t.Errorf("%v", object)
			}
		}
		for _, doc := range documents {
			if doc.Ref("to") != tea+"/followers" || doc.Ref("cc") != activitypub.Public {
				t.Errorf("%s %s: to %v cc %v", doc.Type(), doc.ID(), doc.Refs("to"), doc.Refs("cc"))
			}
		}
		w.exec(`UPDATE posts SET removed_at = 0`)
		page := w.document(tea + "/outbox?page=true")
		if create := page.Objects("orderedItems")[0]; create.Ref("to") != tea+"/followers" || create.Ref("cc") != activitypub.Public {
			t.Errorf("in the outbox: %v", create)
		}
	})
}

func TestHashtagsAreChosenByRule(t *testing.T) {
	for _, c := range []struct {
		setting    string
		categories []string
		want       string
	}{
		{"", []string{"tea", "Travel/Japan", "AC/DC", "TCP/IP", "Food / Green tea/Sencha"}, "#tea #Travel #Japan #ACDC #TCPIP #Food #GreenTea #Sencha"},
		{"", []string{"fff", "a1b2c3", "000000", "FFFFFF", "c0ffee00", "2024", "1,000"}, ""},
		{"", []string{"add", "decade", "B2B", "C64", "e2e", "cafe", "3D"}, "#add #decade #B2B #C64 #e2e #cafe #3D"},
		{"", []string{"a1b", "f0f0", "ABC"}, "#ABC"},
		{"none", []string{"tea"}, ""},
		{"slow food, #Tea, tea", []string{"coffee"}, "#SlowFood #Tea"},
	} {
		b, p := teaBlog, teaPost()
		if err := b.Settings.Set("hashtags", c.setting); err != nil {
			t.Fatal(err)
		}
		p.Tags = c.categories
		var got []string
		for _, tag := range article.Build(b, p, article.Facts{}).Tag {
			got = append(got, tag.Name)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q %v: %v, want %s", c.setting, c.categories, got, c.want)
		}
	}
}

func TestAuthorStandsWhereReadersLook(t *testing.T) {
	for name, c := range map[string]struct {
		many           bool
		author         string
		set            []string
		title          string
		summary, start string // of summary and content
	}{
		"one author":      {false, "Ada", nil, "On tea", "<p>Why", "<p><strong>On tea</strong></p><p>Full"},
		"several":         {true, "Ada <3", nil, "On tea", "<p>By Ada &lt;3 · Why", "<p><strong>On tea</strong></p><p>Full"},
		"none named":      {true, "", nil, "On tea", "<p>Why", "<p><strong>On tea</strong></p><p>Full"},
		"German":          {true, "Ada", []string{"language", "de-CH"}, "On tea", "<p>Von Ada · Why", "<p><strong>On tea</strong></p><p>Full"},
		"no word for it":  {true, "Ada", []string{"language", "eu"}, "On tea", "<p>Ada · Why", "<p><strong>On tea</strong></p><p>Full"},
		"without summary": {true, "Ada", []string{"post_summary", "none"}, "On tea", "", "<p><strong>On tea</strong></p><p>By Ada</p><p>Full"},
		"a note":          {true, "Ada", nil, "", "", "<p>By Ada</p><p>Full"},
		"a titled note":   {true, "Ada", []string{"object_type", "note"}, "On tea", "", "<p><strong>On tea</strong></p><p>By Ada</p><p>Full"},
	} {
		b, p := teaBlog, teaPost()
		b.ManyAuthors, p.Author, p.Title = c.many, c.author, c.title
		for i := 0; i < len(c.set); i += 2 {
			if err := b.Settings.Set(c.set[i], c.set[i+1]); err != nil {
				t.Fatal(err)
			}
		}
		a := article.Build(b, p, article.Facts{})
		if !strings.HasPrefix(a.Summary, c.summary) || (a.Summary == "") != (c.summary == "") || !strings.HasPrefix(a.Content, c.start) {
			t.Errorf("%s: summary %q, content %q", name, a.Summary, a.Content)
		}
		if a.AttributedTo != tea || a.Preview != nil && !strings.HasSuffix(a.Preview.Content, a.Summary) {
			t.Errorf("%s: %s %+v", name, a.AttributedTo, a.Preview)
		}
	}
}

// A second author is no edit of what the first one wrote.
func TestSecondAuthorMakesNoUpdates(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.follow(w.fedi.Person("ada", "pasture.example"))
		w.write(item{Path: "one", Title: "One", Content: "<p>Text</p>", Author: "Ada"})
		w.announceAll()
		w.write(item{Path: "two", Title: "Two", Content: "<p>Text</p>", Author: "Bob"})
		w.pass(2 * time.Hour)
		w.announceAll()
		creates := w.sent("Create")
		if len(creates) != 2 || len(w.sent("Update")) != 0 {
			t.Fatalf("%d Creates, %d Updates", len(creates), len(w.sent("Update")))
		}
		for i, want := range []string{"<p>Text</p>", "<p>By Bob · Text</p>"} {
			if article, _ := creates[i].Object.Object("object"); article.String("summary") != want {
				t.Errorf("%s, want %s", article.String("summary"), want)
			}
		}
	})
}
