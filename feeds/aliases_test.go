package feeds_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
)

// Some feeds make up a new address at every reading. The first ones are what readers have, the last one is where the page asks from.
func TestAddressesThatAreMadeUpAreNotKeptForEver(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		address := func(n int) string { return fmt.Sprintf("https://tea.example/cup?nonce=%d", n) }
		for n := range 60 {
			w.publish(post(1).with(func(e *entry) { e.link = address(n) }))
			w.mustPoll()
			w.pass(10 * time.Minute)
		}
		var kept int
		if err := db.QueryRow(t.Context(), `
SELECT COUNT(*)
FROM post_aliases`).Scan(&kept); err != nil {
			t.Fatal(err)
		}
		if kept > 20 {
			t.Errorf("%d addresses are kept of one post", kept)
		}
		for _, at := range []string{"https://tea.example/1/", address(0), address(58), address(59)} {
			if _, err := feeds.PostByURL(t.Context(), db, at); err != nil {
				t.Errorf("%s: %v", at, err)
			}
		}
		if posts := w.posts(); len(posts) != 1 {
			t.Errorf("%d posts", len(posts))
		}
	})
}
