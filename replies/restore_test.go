package replies_test

import (
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// TestKindsOfDeletesThatAreTakenBack: Lemmy's Undo embeds a Delete with an id of its own. A reply
// is there again where its author says so, or the community of the post, and its own server has it.
func TestKindsOfDeletesThatAreTakenBack(t *testing.T) {
	const group, other = "https://lemmy.example/c/tea", "https://lemmy.example/c/coffee"
	back, gone := []string{"ada: words again", "  bob: an answer"}, []string{"…", "  bob: an answer"}
	for what, test := range map[string]struct {
		announcedBy string // "": the author sends it herself
		by          string // who undoes it; "" for the author
		served      map[string]any
		hidden      bool   // by a moderator, before
		kind        string // of what is announced, in place of an Undo
		want        []string
	}{
		"by its author":                      {want: back, served: map[string]any{}},
		"by its community":                   {announcedBy: group, want: back, served: map[string]any{}},
		"by a moderator of the community":    {announcedBy: group, by: "https://lemmy.example/u/mod", want: back, served: map[string]any{}},
		"by another community":               {announcedBy: other, want: gone, served: map[string]any{}},
		"by another community, in our word":  {announcedBy: other, kind: "Restore", want: gone, served: map[string]any{}},
		"by somebody else":                   {by: "https://meadow.example/u/mallory", want: gone, served: map[string]any{}},
		"and it is still gone":               {announcedBy: group, want: gone},
		"and its author finds it gone":       {want: gone},
		"and it is private now":              {announcedBy: group, want: gone, served: map[string]any{"to": []any{"https://pasture.example/users/bob"}, "cc": []any{}}},
		"and it is by somebody else now":     {announcedBy: group, want: gone, served: map[string]any{"attributedTo": "https://pasture.example/users/eve"}},
		"and it answers another post":        {announcedBy: group, want: gone, served: map[string]any{"inReplyTo": "https://fedi.blog.example/posts/x"}},
		"and it was hidden, says its author": {hidden: true, want: gone, served: map[string]any{}},
		"and it was hidden, says the group":  {announcedBy: group, hidden: true, want: gone, served: map[string]any{}},
	} {
		t.Run(what, func(t *testing.T) {
			onSQLite(t, func(t *testing.T, w *world) {
				w.must(w.exec(`INSERT INTO announcements (post_id, blog_id, content_hash, hash_version, revision, created_at, updated_at, told_at, deleted_at, community)
					VALUES (?, ?, ?, 1, 1, 1, 1, 1, 0, ?)`, w.tea.ID, w.blog.ID, database.Digest{}, group))
				ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
				reply := ada.Reply(w.teaID, "words", to(shared))
				note, _ := reply.Activity.Object("object")
				w.accepted(bob.Reply(reply.ObjectID, "an answer", to(shared)))
				if test.hidden {
					w.must(w.hide(w.thread().Items[0].ID))
				}
				w.accepted(ada.Delete(reply, to(shared)))
				w.expect(gone...)
				if test.served != nil {
					now := activitypub.Object{}
					for _, from := range []map[string]any{note, {"content": "words again"}, test.served} {
						for key, value := range from {
							now[key] = value
						}
					}
					w.fedi.Serve(reply.ObjectID, now)
				}
				w.pass(time.Minute)
				from, by := ada, ada.ID
				if test.by != "" {
					by = test.by
					from = w.stranger(by)
				}
				undo := activity("Undo", by+"/undo/1", by, map[string]any{
					"id": by + "/delete/2", "type": "Delete", "actor": by, "object": reply.ObjectID, "to": []any{activitypub.Public},
				})
				if test.kind != "" {
					undo = activity(test.kind, by+"/restore/1", by, reply.ObjectID)
				}
				if test.announcedBy != "" {
					from = w.stranger(test.announcedBy)
					undo = activity("Announce", test.announcedBy+"/announce/1", test.announcedBy, map[string]any(undo))
				}
				w.accepted(from.Post(shared, undo))
				w.work()
				w.expect(test.want...)
				if t.Failed() {
					t.Log(w.verdicts())
				}
			})
		})
	}
}

// TestRestoredReplyWaitsAsANewOneWould: who is unknown is unknown again.
func TestRestoredReplyWaitsAsANewOneWould(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.inbox.UnknownShow = false
		ada := w.fedi.Person("ada", "pasture.example")
		reply := ada.Reply(w.teaID, "words")
		note, _ := reply.Activity.Object("object")
		w.accepted(ada.Delete(reply))
		w.fedi.Serve(reply.ObjectID, note)
		w.pass(time.Minute)
		w.accepted(ada.Post(shared, activity("Undo", ada.ID+"/undo/1", ada.ID, map[string]any{
			"id": ada.ID + "/delete/2", "type": "Delete", "actor": ada.ID, "object": reply.ObjectID,
		}), fediversetest.DatedAt(w.clock())))
		w.work()
		w.expect()
		held := w.held()
		if len(held) != 1 || held[0].HTML.String() != "words" || held[0].Status != thread.Held {
			t.Fatalf("held: %v\n%v", held, w.verdicts())
		}
		w.must(w.approve(held[0].ID))
		w.expect("ada: words")
		w.expectCounts(thread.Counts{Replies: 1})
	})
}
