package replies_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/replies/thread"
)

func TestReplyAppearsUnderThePost(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example", fediversetest.Profile("name", "Ada <b>L</b>"))
		sent := w.accepted(ada.Reply(w.teaID,
			`<p><span class="h-card"><a href="`+w.blog.ActorID()+`">@<span>tea</span></a></span> Three<script>alert(1)</script> minutes!</p>`))
		w.expect("ada: <p>Three minutes!</p>")
		w.expectCounts(thread.Counts{Replies: 1})
		thread := w.thread()
		item := thread.Items[0]
		if item.ObjectURI != sent.ObjectID || item.Author.Handle != "@ada@pasture.example" || item.Author.Name != "Ada L" ||
			item.URL != "https://pasture.example/@ada/"+item.ObjectURI[strings.LastIndex(item.ObjectURI, "/")+1:] ||
			item.Language != "en" || item.Visibility != "public" || !item.PublishedAt.Equal(start) || thread.Version != 1 {
			t.Errorf("item %+v, version %d", item, thread.Version)
		}
		if got := w.lastVerdict(); got != "Create done: shown" {
			t.Errorf("the journal says %q", got)
		}
	})
}

func TestRepliesHangBelowWhatTheyAnswer(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		first := ada.Reply(w.teaID, "one")
		w.pass(time.Minute)
		second := bob.Reply(first.ObjectID, "two")
		w.pass(time.Minute)
		w.accepted(ada.Reply(second.ObjectID, "three"))
		w.pass(time.Minute)
		w.accepted(bob.Reply(w.teaID, "four"))
		w.expect("ada: one", "  bob: two", "    ada: three", "bob: four")
	})
}

// TestWhatIsAnsweredIsFoundByEachOfItsNames: federation sends ids, people paste addresses of pages.
func TestWhatIsAnsweredIsFoundByEachOfItsNames(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		first := ada.Reply(w.teaID, "one")
		page := w.thread().Items[0].URL
		for _, name := range []any{
			w.teaID, site + "tea", "http://www.blog.example/tea/?utm_source=x", first.ObjectID, page,
			[]any{w.teaID}, map[string]any{"id": first.ObjectID, "type": "Note"}, []any{"https://pasture.example/what", w.teaID},
		} {
			w.accepted(bob.Reply(w.teaID, "two", with("inReplyTo", name)))
		}
		// Neither another spelling of an id of ours nor somebody else's post.
		for _, name := range []any{strings.ToUpper(w.teaID), w.teaID + "/", base + "/posts/" + w.milk.ID[:25], base + "/blogs/tea", 7, nil} {
			w.accepted(bob.Reply(w.teaID, "never", with("inReplyTo", name), with("conversation", nil)))
		}
		w.work()
		w.expectCounts(thread.Counts{Replies: 9})
		below := 0
		for _, i := range w.thread().Items {
			if i.ParentID != 0 {
				below++
			}
		}
		if below != 3 {
			t.Errorf("%d replies hang below the first, want 3", below)
		}
	})
}

func TestReplyWithoutParentIsPlacedByItsContext(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		for _, key := range []string{"context", "conversation"} {
			w.accepted(ada.Reply(w.teaID, key, with("inReplyTo", nil), with("conversation", nil),
				with(key, ids.PostContext(w.blog, w.tea.ID))))
		}
		w.expect("ada: context", "ada: conversation")
	})
}

func TestNotEveryObjectIsAComment(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		for verdict, options := range map[string][]fediversetest.Option{
			"a vote in a poll":            {with("name", "Earl Grey"), with("content", nil), with("contentMap", nil)},
			`not a comment: type "Event"`: {with("type", "Event")},
			`not a comment: type ""`:      {with("type", nil)},
			"not a reply":                 {with("inReplyTo", nil), with("conversation", nil)},
			"nothing in it":               {with("content", "<script>x</script>"), with("contentMap", nil)},
			"not about a post of ours":    {with("inReplyTo", base+"/posts/none"), with("conversation", nil)},
		} {
			w.accepted(ada.Reply(w.teaID, "x", options...))
			w.work()
			if got := w.lastVerdict(); !strings.HasPrefix(got, "Create dropped: "+verdict) {
				t.Errorf("the journal says %q, want %q", got, verdict)
			}
		}
		w.expect()
	})
}

func TestObjectsOfOtherKindsAreReadKindly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.accepted(ada.Reply(w.teaID, "<p>Text</p>", with("type", "Page"), with("name", "A <b>title</b> & more"), with("summary", "sum")))
		w.accepted(ada.Reply(w.teaID, "spoiler", with("summary", "<b>tea</b> &amp; milk"), with("sensitive", true)))
		w.accepted(ada.Reply(w.teaID, "", with("content", nil), with("contentMap", map[string]any{"nl-BE": "<p>Thee</p>"})))
		w.accepted(ada.Reply(w.teaID, "odd", with("contentMap", map[string]any{"<script>": "odd"})))
		items := w.thread().Items
		if len(items) != 4 {
			t.Fatalf("%d items", len(items))
		}
		if got := items[0].HTML.String(); got != "<p><strong>A title &amp; more</strong></p><p>Text</p>" || items[0].CW != "" {
			t.Errorf("page %q, warning %q", got, items[0].CW)
		}
		if items[1].CW != "tea & milk" {
			t.Errorf("warning %q", items[1].CW)
		}
		if items[2].Language != "nl-BE" || items[2].HTML.String() != "<p>Thee</p>" || items[3].Language != "" {
			t.Errorf("languages %q %q, %q", items[2].Language, items[3].Language, items[2].HTML)
		}
	})
}

func TestAttachmentsAreLinksAndFew(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		list := []any{
			map[string]any{"type": "Document", "url": "https://pasture.example/a.png", "mediaType": "image/png", "name": "A <b>cup</b>"},
			map[string]any{"type": "Link", "href": "https://pasture.example/page"},
			map[string]any{"type": "Document", "url": "javascript:alert(1)"}, map[string]any{"type": "PropertyValue", "value": "x"},
			"https://x.example/", nil, 7,
		}
		link := map[string]any{"type": "Link", "href": "https://pasture.example/b.jpg", "mediaType": "image/jpeg"}
		for range 40 {
			list = append(list, map[string]any{"type": "Image", "url": []any{link}, "name": strings.Repeat("ü", 5000)})
		}
		w.accepted(ada.Reply(w.teaID, "look", with("attachment", list)))
		got := w.thread().Items[0].Attachments
		if len(got) != 16 || got[0] != (thread.Attachment{URL: "https://pasture.example/a.png", MediaType: "image/png", Name: "A cup"}) ||
			got[1].URL != "https://pasture.example/page" || got[2].URL != "https://pasture.example/b.jpg" || len([]rune(got[2].Name)) != 1500 {
			t.Errorf("%d attachments: %+v", len(got), got[:3])
		}
	})
}

func TestDatesOfRepliesArePlausible(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		for published, want := range map[any]time.Time{
			"2099-01-01T00:00:00Z": start, "0001-01-01T00:00:00Z": start, "yesterday": start, nil: start,
			"2026-11-20T10:00:00+01:00": start.Add(-3 * time.Hour), "2026-11-20T09:00:00": start.Add(-3 * time.Hour),
		} {
			sent := w.accepted(ada.Reply(w.teaID, "x", with("published", published)))
			for _, i := range w.thread().Items {
				if i.ObjectURI == sent.ObjectID && !i.PublishedAt.Equal(want) {
					t.Errorf("published %v became %s, want %s", published, i.PublishedAt, want)
				}
			}
		}
		w.expectCounts(thread.Counts{Replies: 6})
	})
}

func TestObjectThatIsOnlyNamedIsFetchedFromItsServer(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		reply := ada.Reply(w.teaID, "<p>By name</p>", onActivity("object", nil), onActivity("x", 1))
		w.answered(reply, 400)
		id := ada.ID + "/statuses/77"
		o := note(id, ada.ID, "<p>By name</p>")
		o["inReplyTo"] = w.teaID
		w.fedi.Serve(id, o)
		w.accepted(ada.Post(shared, map[string]any{"id": id + "/activity", "type": "Create", "actor": ada.ID, "object": id}))
		w.work()
		w.expect("ada: <p>By name</p>")
	})
}

func TestPersonalInboxOfAnUnknownBlogIsNotThere(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.answered(ada.Reply(w.teaID, "x", to(base+"/blogs/coffee/inbox")), 404)
		w.accepted(ada.Reply(w.teaID, "y", to(base+"/blogs/tea/inbox")))
		w.expect("ada: y")
	})
}
