package replies_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/replies"
)

// TestKindsOfIDsThatComeAgain: some servers derive an id from the two ends, or have one for all Blocks of a person. Each row is what arrives, a
// minute apart and signed then; "ago" was signed ten minutes before.
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
				w.expectCounts(replies.Counts{Likes: want.likes})
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
	if kind == "Like" || kind == "EmojiReact" {
		a["object"] = w.teaID
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
