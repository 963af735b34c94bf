package moderation

import (
	"context"
	"fmt"

	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
)

// LeavesRoom reports whether a reply of so many bytes, of somebody whose replies are shown at once, may be shown at once as well, and else
// what it has seen. Under one post nobody drowns the others: whoever says very much there waits for a moderator, as strangers do. The
// owner of the blog may say what they like.
func LeavesRoom(ctx context.Context, q database.Querier, r thread.Reply, size int, author string) (room bool, evidence string, err error) {
	replies, text, err := thread.SaidUnder(ctx, q, r)
	if err != nil {
		return false, "", fmt.Errorf("count what its author has said here: %w", err)
	}
	if replies < bounds.ShownPerPerson && text+size <= bounds.ShownTextPerPerson {
		return true, "", nil
	}
	room, err = thread.IsAccount(ctx, q, r.BlogID, author)
	return room, muchSaid(replies, text), err
}

// muchSaid is the evidence of ruleMuch.
func muchSaid(replies, text int) string {
	return fmt.Sprintf("%d replies and %d KiB of text are shown", replies, (text+1023)>>10)
}
