package replies_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
)

// TestKindsOfIDsThatComeAgain: some servers derive an id from the two ends, or have one for all
// Blocks of a person. Each row is what arrives, a minute apart and signed then; "ago" was signed
// ten minutes before.
func TestKindsOfIDsThatComeAgain(t *testing.T) {
	for story, want := range map[string]struct{ followers, likes int }{
		"Follow 77, Block 5f, Undo Block 5f, Follow 77":                                            {followers: 1},
		"Follow 77, Block 5f, Undo Block 5f, Follow 77, Block 5f":                                  {},
		"Follow 77, Block 5f, Undo Block 5f, Follow 77, Block 5f, Undo Block 5f, Follow 77":        {followers: 1},
		"Follow 77, Undo Block 5f, Block 5f ago":                                                   {followers: 1},
		"Follow 77, Block 5f, Undo Follow 77, Undo Block 5f, Follow 77":                            {followers: 1},
		"Follow 77, Undo Follow 77, Undo Follow 77, Follow 77":                                     {followers: 1},
		"Undo Follow 77, Follow 77":                                                                {followers: 1},
		"Undo Follow 77, Follow 77 ago":                                                            {},
		"Undo Follow 77, Follow 77 ago, Follow 77":                                                 {followers: 1},
		"Undo Follow 77, Follow 77, Undo Follow 77":                                                {},
		"Like 3, Undo Like 3, Undo Like 3, Like 3":                                                 {likes: 1},
		"Undo Like 3, Like 3 ago":                                                                  {},
		"Undo Like 3, Like 3, Undo Like 3":                                                         {},
		"Like 3, EmojiReact 4, Undo EmojiReact 4, Like 3":                                          {likes: 1},
		"Like 3, EmojiReact 4, Like 3, EmojiReact 4":                                               {likes: 1},
		"Like 3, EmojiReact 4, Undo Like 3":                                                        {likes: 1},
		"Like 3, EmojiReact 4, Like 3, Undo EmojiReact 4, Undo Like 3":                             {},
		"Like 3, EmojiReact 4, Like 3, EmojiReact 4, Undo Like 3, Undo EmojiReact 4, EmojiReact 4": {likes: 1},
		"Like 3, EmojiReact 4, Undo EmojiReact 4":                                                  {likes: 1}, // Pleroma and Iceshrimp keep both
		"EmojiReact 4, Like 3, Undo Like 3, Undo EmojiReact 4":                                     {},
		"Like 3, EmojiReact 4, Undo Like 3, Undo EmojiReact 4":                                     {},
		"EmojiReact 4, EmojiReact 5, EmojiReact 6, Undo EmojiReact 5, Undo EmojiReact 6":           {likes: 1},
		"Like 3, EmojiReact 4, EmojiReact 4, Undo EmojiReact 4":                                    {likes: 1},
		"Like 3, Like 4, Undo Like 4":                                                              {}, // the Undo of the first was lost
		"Like 3, EmojiReact 4, Dislike 5, Undo Dislike 5":                                          {},
		"Undo Follow 77, Undo Follow 77 ago, Follow 77 ago":                                        {}, // the last of two Undos counts, not the one that came last
		"Undo Like 3 ago, Undo Like 3, Like 3 ago":                                                 {},
	} {
		t.Run(story, func(t *testing.T) {
			onSQLite(t, func(t *testing.T, w *world) {
				ada := w.fedi.Person("ada", "pasture.example")
				for step := range strings.SplitSeq(story, ", ") {
					w.pass(time.Minute)
					w.does(ada, step)
				}
				if n := w.followers(); n != want.followers {
					t.Errorf("%d followers, want %d", n, want.followers)
				}
				w.expectCounts(thread.Counts{Likes: want.likes})
				if t.Failed() {
					t.Log(strings.Join(w.verdicts(), "\n"))
				}
			})
		})
	}
}

// does sends what a step says: "Like 3", "Undo Like 3", "Like 3 ago".
func (w *world) does(p *fediversetest.Person, step string) {
	w.t.Helper()
	step, ago := strings.CutSuffix(step, " ago")
	rest, undo := strings.CutPrefix(step, "Undo ")
	kind, id, _ := strings.Cut(rest, " ")
	a := activitypub.Object{"id": p.ID + "#" + id, "type": kind, "actor": p.ID, "object": w.blog.ActorID()}
	if kind == "Like" || kind == "Dislike" || kind == "EmojiReact" {
		a["object"] = w.teaID
	}
	if kind == "EmojiReact" {
		a["content"] = ":emoji" + id + ":"
	}
	at := w.clock()
	if ago {
		at = at.Add(-10 * time.Minute)
	}
	if undo {
		a = activitypub.Object{"id": p.ID + "#undo" + id, "type": "Undo", "actor": p.ID, "object": a}
	}
	w.accepted(p.Post(shared, a, fediversetest.DatedAt(at)))
}

// TestWhatOneReactionCoversCountsAgain: one person counts once, a moderator's decision outlives the
// Undo, and no number of emoji makes more than a few rows.
func TestWhatOneReactionCoversCountsAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.accepted(ada.Like(w.teaID))
		var last *fediversetest.Sent
		for _, emoji := range strings.Fields(":a: :b: :c: :d: :e: :f: :g:") {
			last = w.accepted(ada.React(w.teaID, emoji))
		}
		w.expectCounts(thread.Counts{Likes: 1})
		if n := w.count("SELECT COUNT(*) FROM reactions"); n != 5 {
			t.Errorf("%d rows of one person", n)
		}
		w.accepted(ada.Undo(last, with("object", activitypub.Object{ // by another id
			"id": ada.ID + "#another", "type": "EmojiReact", "actor": ada.ID, "object": w.teaID, "content": ":e:"})))
		w.pass(time.Minute)
		w.accepted(ada.Undo(last, with("object", last.ID)))
		if n := w.count("SELECT COUNT(*) FROM reactions WHERE state = 'shown' AND emoji = ':f:'"); n != 1 {
			t.Error("the last one that was not taken back does not count")
		}

		if _, err := moderation.HideReaction(t.Context(), w.db, w.tea.ID, 0, ada.ID, "mod", "", w.clock()); err != nil {
			t.Fatal(err)
		}
		w.expectCounts(thread.Counts{})
		w.accepted(ada.React(w.teaID, ":h:"))
		w.accepted(ada.DeleteActor())
		if n := w.count("SELECT COUNT(*) FROM reactions"); n != 0 {
			t.Errorf("%d rows of somebody who left", n)
		}
	})
}
