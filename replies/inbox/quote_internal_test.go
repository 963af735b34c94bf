package inbox

import (
	"testing"

	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// TestTroubleOfOurOwnIsNoWithdrawalOfAQuote: a quote is removed for good where its edit names the
// post no more.
func TestTroubleOfOurOwnIsNoWithdrawalOfAQuote(t *testing.T) {
	db := databasetest.Open(t)
	n := thread.Note{Quotes: []string{"https://fedi.blog.example/posts/abcdefghijklmnopqrstuvwxyz"}}
	if still, err := stillQuotes(t.Context(), db, n, thread.Stored{}); still || err != nil {
		t.Errorf("a post that nobody has: %t, %v", still, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := stillQuotes(t.Context(), db, n, thread.Stored{}); err == nil {
		t.Error("without a database, the post is quoted no more")
	}
}
