package replies_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// tallied are the reactions to the post, by kind.
func (w *world) tallied() string {
	w.t.Helper()
	list, err := moderation.Tallies(w.t.Context(), w.db, w.tea.ID, 0)
	w.must(err)
	var all []string
	for _, t := range list {
		all = append(all, strings.TrimSpace(fmt.Sprint(t.Count, " ", t.Kind, " ", t.Emoji)))
	}
	return strings.Join(all, ", ")
}

// Nothing is counted as a like but a like, with an emoji or without.
func TestKindsOfReactions(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bo := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bo", "meadow.example")
		does := func(p *fediversetest.Person, kind, id string, more ...any) {
			t.Helper()
			w.pass(1e9)
			o := activitypub.Object{"id": p.ID + "#" + id, "type": kind, "actor": p.ID, "object": w.teaID}
			for i := 0; i < len(more); i += 2 {
				o[more[i].(string)] = more[i+1]
			}
			w.accepted(p.Post(shared, o))
		}
		expect := func(likes, boosts int, tallies string) {
			t.Helper()
			w.expectCounts(thread.Counts{Likes: likes, Boosts: boosts})
			if got := w.tallied(); got != tallies {
				t.Errorf("the owner sees %q, want %q", got, tallies)
			}
		}
		does(ada, "Like", "1")
		expect(1, 0, "1 like")
		does(bo, "EmojiReact", "1", "content", "🍵")
		expect(2, 0, "1 like, 1 like 🍵")
		does(ada, "Dislike", "2") // Lemmy: a changed vote
		expect(1, 0, "1 dislike, 1 like 🍵")
		does(ada, "Dislike", "3")
		expect(1, 0, "1 dislike, 1 like 🍵")
		does(bo, "Dislike", "2")
		expect(0, 0, "2 dislike")
		for _, kind := range []string{"EmojiReaction", "View", "Listen", "Favourite", "like"} { // what nobody knows is no like
			does(bo, kind, kind)
		}
		expect(0, 0, "2 dislike")
		does(bo, "Announce", "4", "to", []any{activitypub.Public})
		does(bo, "Like", "5")
		expect(1, 1, "1 boost, 1 dislike, 1 like")
		does(ada, "Undo", "6", "object", map[string]any{"id": ada.ID + "#3", "type": "Dislike", "actor": ada.ID, "object": w.teaID})
		expect(1, 1, "1 boost, 1 like")
		does(bo, "Undo", "7", "object", map[string]any{"type": "Like", "actor": bo.ID, "object": w.teaID, "id": bo.ID + "#unknown"})
		expect(0, 1, "1 boost")
	})
}

// A community passes on what its members take back, and their own servers are asked whether it is
// so.
func TestKindsOfVotesThatACommunityWithdraws(t *testing.T) {
	const voter, group = "https://feddit.example/u/vera", "https://lemmy.example/c/tea"
	like := map[string]any{"id": "https://feddit.example/activities/like/1", "type": "Like", "actor": voter, "object": ""}
	for what, test := range map[string]struct {
		kind   string         // of the vote
		undo   map[string]any // as the community tells it
		served bool           // by the voter's server
		group  string
		likes  int
	}{
		"a like":                         {"Like", map[string]any{}, true, group, 0},
		"a vote against":                 {"Dislike", map[string]any{}, true, group, 0},
		"their server knows nothing":     {"Like", map[string]any{}, false, group, 1},
		"another community tells":        {"Like", map[string]any{}, true, "https://lemmy.example/c/coffee", 1},
		"somebody else would undo it":    {"Like", map[string]any{"actor": "https://feddit.example/u/mallory"}, false, group, 1},
		"an Undo of a server of its own": {"Like", map[string]any{"id": "https://lemmy.example/undo/1"}, false, group, 1},
	} {
		t.Run(what, func(t *testing.T) {
			onSQLite(t, func(t *testing.T, w *world) {
				w.must(w.exec(`INSERT INTO announcements (post_id, blog_id, content_hash, hash_version, revision, created_at, updated_at, told_at, deleted_at, community)
					VALUES (?, ?, ?, 1, 1, 1, 1, 1, 0, ?)`, w.tea.ID, w.blog.ID, database.Digest{}, group))
				w.stranger(voter)
				from := w.stranger(test.group)
				vote, undo := map[string]any{}, map[string]any{"id": "https://feddit.example/activities/undo/1", "type": "Undo", "actor": voter}
				for key, value := range like {
					vote[key] = value
				}
				vote["type"], vote["object"] = test.kind, w.teaID
				undo["object"] = vote
				for key, value := range test.undo {
					undo[key] = value
				}
				says := func(n int, what map[string]any) {
					w.accepted(from.Post(shared, activitypub.Object{
						"id": fmt.Sprintf("%s#announce/%d", test.group, n), "type": "Announce", "actor": test.group, "to": []any{activitypub.Public}, "object": what,
					}))
					w.work()
				}
				w.fedi.Serve(vote["id"].(string), vote)
				from = w.stranger(group)
				was := test.group
				test.group = group
				says(1, vote)
				want := 1
				if test.kind == "Dislike" {
					want = 0
				}
				w.expectCounts(thread.Counts{Likes: want})
				if w.tallied() != "1 "+strings.ToLower(test.kind) {
					t.Fatalf("the vote is not there: %q", w.tallied())
				}
				if test.served {
					w.fedi.Serve("https://feddit.example/activities/undo/1", undo)
				}
				test.group, from = was, w.stranger(was)
				says(2, undo)
				w.expectCounts(thread.Counts{Likes: test.likes})
				if left := w.tallied(); (left == "") != (test.likes == 0) {
					t.Errorf("left: %q", left)
				}
			})
		})
	}
}
