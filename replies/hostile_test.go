package replies_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/costtest"
)

// shapes are values of every kind that JSON has, none of which belongs where the tests put it.
var shapes = map[string]any{
	"null": nil, "true": true, "number": 1e300, "zero": 0, "empty": "", "blank": " \t\n", "list": []any{}, "object": map[string]any{},
	"list of nothing": []any{nil, nil}, "list of lists": []any{[]any{[]any{}}},
	"list of objects":    []any{map[string]any{}, map[string]any{"id": 7}},
	"control characters": "a\x00\x01\x1f\u2028\u202e\U0010ffff", "surrogate": "\ufffd\ud7ff", "sql": `'; DROP TABLE replies; -- "`,
	"not a url": "http://[::1", "script": "javascript:alert(1)", "data": "data:text/html,x", "user in url": "https://a:b@pasture.example/",
	"long url":         "https://pasture.example/" + strings.Repeat("ü", 5000),
	"object in object": map[string]any{"id": map[string]any{"id": map[string]any{"id": "https://pasture.example/1"}}},
	"date":             "2026-11-20T12:00:00Z", "odd date": "2026-99-99T99:99:99Z", "far date": "9999-12-31T23:59:59Z",
	"link": map[string]any{"type": "Link", "href": "https://pasture.example/1"},
}

// large shapes go where the bodies of activities have text; elsewhere they teach nothing more.
var large = map[string]any{
	"long": strings.Repeat("x", 1_000_000), "long utf-8": strings.Repeat("𝄞", 200_000), "html": strings.Repeat("<b>", 100_000),
	"many": slices.Repeat([]any{"https://pasture.example/1"}, 3000),
}

// TestHostileShapesNeverBreakTheInbox puts every shape in every place of every activity, and in the
// short form every third of these: the answer is never our fault, and the thread still reads.
func TestHostileShapesNeverBreakTheInbox(t *testing.T) {
	onStrictest(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.accepted(ada.Reply(w.teaID, "before"))
		serial, spared := 0, costtest.Pick(3, 1)
		send := func(what string, a activitypub.Object) {
			if serial++; serial%spared != 0 {
				return
			}
			if id, _ := a["id"].(string); strings.HasSuffix(id, "#id") {
				a["id"] = fmt.Sprint(ada.ID, "#", serial)
			}
			sent := ada.Post(shared, a)
			if sent.Err != nil || sent.Status >= 500 || sent.Status < 200 {
				t.Errorf("%s: %d %q (%v)", what, sent.Status, sent.Answer, sent.Err)
			}
		}
		for _, kind := range []string{"Create", "Delete", "Undo", "Announce", "Follow"} {
			for _, key := range []string{"id", "type", "actor", "object"} {
				for _, name := range slices.Sorted(maps.Keys(shapes)) {
					shape := shapes[name]
					a := activity(kind, ada.ID+"#id", ada.ID, w.teaID)
					a[key] = shape
					send(kind+" "+key+" "+name, a)
				}
			}
		}
		for _, key := range []string{
			"id", "type", "attributedTo", "inReplyTo", "context", "conversation", "to", "cc", "content", "contentMap", "name", "nameMap", "summary",
			"url", "published", "updated", "attachment", "tag", "sensitive", "replies", "language", "mediaType",
		} {
			all := maps.Clone(shapes)
			if slices.Contains([]string{"id", "inReplyTo", "to", "content", "contentMap", "name", "summary", "url", "attachment"}, key) {
				maps.Copy(all, large)
			}
			for _, name := range slices.Sorted(maps.Keys(all)) {
				shape := all[name]
				kind := []string{"Create", "Update"}[serial%2]
				o := note(fmt.Sprint("https://pasture.example/note/", serial), ada.ID, "text")
				o["inReplyTo"], o["published"] = w.teaID, start.Format(time.RFC3339)
				o[key] = shape
				send(kind+" object."+key+" "+name, activity(kind, ada.ID+"#id", ada.ID, o))
			}
		}
		w.work()
		if items, counts := w.walk(), w.thread().Counts; len(items) == 0 || len(items) != counts.Replies {
			t.Errorf("%d items, counts %+v", len(items), counts)
		}
	})
}

func TestHostileShapesInsideLists(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		var list []any
		for _, name := range slices.Sorted(maps.Keys(shapes)) {
			shape := shapes[name]
			list = append(list, shape, map[string]any{"type": shape, "url": shape, "href": shape, "name": shape, "mediaType": shape})
		}
		w.accepted(ada.Reply(w.teaID, "text", with("attachment", list), with("tag", list)))
		items := w.thread().Items
		if len(items) != 1 || items[0].HTML.String() != "text" || len(items[0].Attachments) == 0 {
			t.Fatalf("%+v", items)
		}
		for _, a := range items[0].Attachments {
			if !strings.HasPrefix(a.URL, "https://pasture.example/") {
				t.Errorf("an attachment leads to %q", a.URL)
			}
		}
	})
}

func TestMarkupOfStrangersIsTamed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example", fediversetest.Profile("name", "<img src=x onerror=alert(1)>Ada"))
		w.accepted(ada.Reply(w.teaID, `<p onclick="x()">a <a href="javascript:x()">b</a> <a href="https://x.example/" target="_blank">c</a>`+
			`<img src="https://x.example/i.png"><iframe src="//x"></iframe></p>`,
			with("url", "javascript:alert(1)"), with("summary", "<script>alert(1)</script>w")))
		item := w.thread().Items[0]
		html := item.HTML.String()
		for _, bad := range []string{"onclick", "javascript", "<img", "<iframe", "target"} {
			if strings.Contains(html, bad) {
				t.Errorf("%q in %s", bad, html)
			}
		}
		if !strings.Contains(html, `rel="nofollow ugc noopener noreferrer"`) || item.URL != item.ObjectURI || item.CW != "w" ||
			item.Author.Name != "Ada" {
			t.Errorf("%+v", item)
		}
	})
}
