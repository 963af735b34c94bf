package crawl

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/replies/inbox"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// withheld is whom to ask about a reply.
type withheld struct {
	reply  database.ID
	author string
}

func withheldFor(ctx context.Context, q database.Querier, after database.ID, now time.Time) ([]withheld, error) {
	return database.Collect(func(row database.Scanner) (w withheld, err error) {
		return w, row.Scan(&w.reply, &w.author)
	})(q.Query(ctx, `
SELECT r.id, a.uri
FROM replies r
JOIN remote_actors a ON a.id = r.author_id
WHERE r.status = ? AND r.id > ? AND (a.hides_unlisted = 1 OR a.hides_public = 1)
	AND a.fetched_at <= CASE WHEN r.received_at > ? THEN ? ELSE ? END
ORDER BY r.id
LIMIT ?`, thread.Withheld, after, database.Millis(now.Add(-newFor)), database.Millis(now.Add(-inbox.WishesAfter)),
		database.Millis(now.Add(-wishesLater)), thread.AuthoredPage))
}
