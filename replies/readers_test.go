package replies_test

import (
	"slices"
	"testing"

	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestReadersOfAPostAreWhoeverDidSomethingWithIt(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		exec := func(query string, args ...any) {
			t.Helper()
			if _, err := db.Exec(t.Context(), query, args...); err != nil {
				t.Fatal(err)
			}
		}
		for i, r := range []struct {
			post, status string
			author, at   int
		}{{"a", thread.Shown, 30, 3}, {"a", thread.Hidden, 20, 2}, {"a", thread.Shown, 0, 1}, {"b", thread.Shown, 50, 1}, {"a", thread.Deleted, 30, 9}} {
			exec(`INSERT INTO replies (id, blog_id, post_id, parent_id, root_id, root_at, sort_at, object_hash, object_uri, url, author_id, html, cw, language, attachments, content_hash,
				visibility, status, published_at, edited_at, received_at, approved_at)
				VALUES (?, 1, ?, 0, ?, 1, 1, ?, '', '', ?, '', '', '', '[]', ?, 'public', ?, 1, 0, ?, 0)`,
				i+1, r.post, i+1, database.Hash(string(rune('a'+i))), r.author, database.Hash("c"), r.status, r.at)
		}
		for i, actor := range []int{10, 30, 60} {
			exec(`INSERT INTO reactions (target_hash, actor_id, kind, blog_id, post_id, reply_id, emoji, activity_hash, created_at)
				VALUES (?, ?, 'like', 1, 'a', 0, '', ?, ?)`, database.Hash("t"), actor, database.Hash("l"), i+4)
		}
		for limit, want := range map[int][]database.ID{100: {20, 30, 10, 60}, 2: {20, 30}} {
			if got, err := thread.Readers(t.Context(), db, "a", limit); err != nil || !slices.Equal(got, want) {
				t.Errorf("at most %d: %v, %v, want %v", limit, got, err, want)
			}
		}
	})
}
