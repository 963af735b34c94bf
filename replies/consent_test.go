package replies_test

import (
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
)

// quietly addresses a reply as unlisted.
func quietly(p *fediversetest.Person) []fediversetest.Option {
	return []fediversetest.Option{with("to", []any{p.ID + "/followers"}), with("cc", []any{activitypub.Public})}
}

// says has a person change her profile.
func (w *world) says(p *fediversetest.Person, profile map[string]any) {
	w.t.Helper()
	doc := map[string]any{"id": p.ID, "type": "Person", "preferredUsername": p.Name, "inbox": p.InboxURL()}
	for key, value := range profile {
		doc[key] = value
	}
	w.pass(time.Second)
	w.accepted(p.Post(shared, map[string]any{
		"id": p.ID + "#updates/" + w.clock().Format("150405"), "type": "Update", "actor": p.ID, "object": doc,
	}))
}

func TestUnlistedRepliesAreShownAsTheirAuthorsServerWishes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		bo := w.fedi.Person("bo", "gts.example", fediversetest.Profile("hidesCcPublicFromUnauthedWeb", true))
		w.accepted(bo.Reply(w.teaID, "loud"))
		w.accepted(bo.Reply(w.teaID, "quiet", quietly(bo)...))
		w.expect("bo: loud")
		w.expectCounts(thread.Counts{Replies: 1})
		version := w.thread().Version
		w.says(bo, map[string]any{"hidesCcPublicFromUnauthedWeb": false})
		w.expect("bo: loud", "bo: quiet")
		if w.thread().Version <= version {
			t.Error("the thread looks the same to who has it")
		}
		w.says(bo, map[string]any{"hidesToPublicFromUnauthedWeb": true})
		w.expect()
		w.expectCounts(thread.Counts{})
		w.says(bo, map[string]any{"hidesToPublicFromUnauthedWeb": "true"}) // no JSON true: no wish
		w.expect("bo: loud", "bo: quiet")
	})
}

func TestOwnerDecidesAboutUnlistedReplies(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bo := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bo", "gts.example", fediversetest.Profile("hidesCcPublicFromUnauthedWeb", true))
		w.accepted(ada.Reply(w.teaID, "quiet", quietly(ada)...))
		w.accepted(ada.Reply(w.teaID, "loud"))
		w.accepted(bo.Reply(w.teaID, "whisper", quietly(bo)...))
		w.expect("ada: quiet", "ada: loud")
		w.set("unlisted_replies", "hide")
		w.expect("ada: loud")
		w.accepted(ada.Reply(w.teaID, "later", quietly(ada)...))
		w.expect("ada: loud")
		w.set("unlisted_replies", "show")
		w.expect("ada: quiet", "ada: loud", "ada: later")
	})
}

func TestWithheldRepliesAreModeratedAndDeletedAsOthers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.inbox.UnknownShow = false
		bo := w.fedi.Person("bo", "gts.example", fediversetest.Profile("hidesCcPublicFromUnauthedWeb", true))
		reply := w.accepted(bo.Reply(w.teaID, "quiet", quietly(bo)...))
		held, err := moderation.List(t.Context(), w.db, thread.Held, 0, 0, 10)
		w.must(err)
		w.must(moderation.Approve(t.Context(), w.db, held[0].ID, "sam", "", w.clock()))
		w.expect() // the moderator lets it pass, its author does not
		w.says(bo, nil)
		w.expect("bo: quiet")
		w.says(bo, map[string]any{"hidesCcPublicFromUnauthedWeb": true})
		w.accepted(bo.Post(shared, map[string]any{"id": bo.ID + "#d", "type": "Delete", "actor": bo.ID, "object": reply.ObjectID}))
		w.says(bo, nil)
		w.expect()
	})
}

func TestAuthorsStayOutOfSearchEngines(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.accepted(ada.Reply(w.teaID, "one"))
		for _, c := range []struct {
			profile map[string]any
			want    bool
		}{
			{map[string]any{"indexable": false}, true},
			{map[string]any{"indexable": true, "discoverable": true}, false},
			{map[string]any{"discoverable": false}, true},
			{map[string]any{"indexable": nil}, false},
			{map[string]any{"summary": `<p>Tea, <a href="https://pasture.example/tags/nobot">#<span>NoBot</span></a></p>`}, true},
			{map[string]any{"summary": "<p>my&#nobot #nobots a#nobot</p>"}, false},
		} {
			version := w.thread().Version
			w.says(ada, c.profile)
			if got := w.thread().Items[0].Author.Preferences.NoIndex; got != c.want || w.thread().Version <= version {
				t.Errorf("%v: %v, version %d after %d", c.profile, got, w.thread().Version, version)
			}
		}
	})
}
