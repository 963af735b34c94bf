package replies_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/replies/thread"
)

func TestCollectionsListWhatIsShown(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		one := ada.Reply(w.teaID, "one")
		w.pass(time.Minute)
		two := bob.Reply(one.ObjectID, "two")
		hidden := bob.Reply(w.teaID, "hidden")
		for _, i := range w.thread().Items {
			if i.ObjectURI == hidden.ObjectID {
				w.must(w.hide(i.ID))
			}
		}
		bob.Like(w.teaID)
		bob.Boost(w.teaID)
		bob.Boost(one.ObjectID)

		all := w.document(w.teaID + "/replies")
		page, _ := all.Object("first")
		total, _ := all.Int("totalItems")
		if all.ID() != w.teaID+"/replies" || all.Type() != "Collection" || total != 2 || page.String("partOf") != all.ID() || page.Has("next") ||
			!slices.Equal(page.Refs("items"), []string{one.ObjectID, two.ObjectID}) {
			t.Errorf("replies: %v", all)
		}
		context := w.document(w.teaID + "/context")
		if context.Type() != "OrderedCollection" || context.ID() != w.teaID+"/context" || context.Ref("attributedTo") != w.blog.ActorID() ||
			!slices.Equal(context.Refs("orderedItems"), []string{w.teaID, one.ObjectID, two.ObjectID}) {
			t.Errorf("context: %v", context)
		}
		for name, want := range map[string]int64{"likes": 1, "shares": 1} {
			c := w.document(w.teaID + "/" + name)
			if n, _ := c.Int("totalItems"); c.ID() != w.teaID+"/"+name || n != want || c.Has("items") || c.Has("first") {
				t.Errorf("%s: %v", name, c)
			}
		}
		likes, shares, first, err := thread.Engagement(t.Context(), w.db, w.tea.ID)
		if err != nil || likes != 1 || shares != 1 || !slices.Equal(first, []string{one.ObjectID, two.ObjectID}) {
			t.Errorf("engagement: %d %d %v %v", likes, shares, first, err)
		}
	})
}

func TestRepliesHavePagesOfAHundred(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		people := []*fediversetest.Person{w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bo", "pasture.example")}
		for i := range 101 {
			by := people[i%2]
			id := fmt.Sprint(by.ID, "/s/", i)
			o := note(id, by.ID, "x")
			o["inReplyTo"] = w.teaID
			w.accepted(by.Post(shared, activity("Create", id+"/activity", by.ID, o)))
		}
		var ids []string
		for next := w.teaID + "/replies?page=1"; next != ""; {
			page := w.document(next)
			if page.ID() != next || page.Type() != "CollectionPage" || len(page.Refs("items")) > 100 {
				t.Errorf("page %s: %v", next, page)
			}
			ids = append(ids, page.Refs("items")...)
			next = page.String("next")
		}
		slices.Sort(ids)
		if len(slices.Compact(ids)) != 101 {
			t.Errorf("%d ids", len(ids))
		}
		first, _ := w.document(w.teaID + "/replies").Object("first")
		if first.String("next") != w.teaID+"/replies?page=2" {
			t.Errorf("the first page leads to %q", first.String("next"))
		}
		if n := len(w.document(w.teaID + "/context").Refs("orderedItems")); n != 102 {
			t.Errorf("the context has %d items", n)
		}
	})
}

func TestCollectionsOfUnknownPostsAreNotThere(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		milk := strings.Replace(w.teaID, w.tea.ID, w.milk.ID, 1)
		for address, want := range map[string]int{
			base + "/posts/aaaaaaaaaaaaaaaaaaaaaaaaaa/replies": http.StatusNotFound, w.teaID + "/replies?page=0": http.StatusNotFound,
			w.teaID + "/replies?page=x": http.StatusNotFound, w.teaID + "/replies?page=9": http.StatusOK,
			milk + "/replies": http.StatusOK, milk + "/context": http.StatusOK, milk + "/likes": http.StatusOK,
		} {
			answer := w.get(address)
			if answer.Code != want || want == http.StatusOK && !strings.HasPrefix(answer.Header().Get("Content-Type"), "application/activity+json") {
				t.Errorf("%s: %d %s", address, answer.Code, answer.Header().Get("Content-Type"))
			}
		}
		if !strings.Contains(w.get(milk+"/replies").Body.String(), `"items":[]`) {
			t.Error("an empty collection has no items")
		}
		_, err := w.db.Exec(t.Context(), "UPDATE posts SET removed_at = 1 WHERE id = ?", w.milk.ID)
		w.must(err)
		if answer := w.get(milk + "/replies"); answer.Code != http.StatusGone {
			t.Errorf("a removed post: %d", answer.Code)
		}
		ada := w.fedi.Person("ada", "pasture.example")
		w.accepted(ada.Post(shared, activity("Like", ada.ID+"#1", ada.ID, milk)))
		if got := w.lastVerdict(); got != "Like dropped: not about a post of ours" {
			t.Errorf("the journal says %q", got)
		}
	})
}
