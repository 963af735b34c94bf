package delivery

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// apply changes the rows that still carry the token of their claim.
func (c change) apply(ctx context.Context, q database.Querier, inboxes []database.Digest, now time.Time) error {
	set, args := c.assignments(database.Millis(now))
	args = append(args, c.activity, c.token)
	_, err := q.Exec(ctx, `
		UPDATE deliveries
		SET lease_until = 0, next_attempt_at = ?`+set+`
		WHERE activity_id = ?
		AND lease_token = ?
		AND inbox_hash IN (`+database.Marks(len(inboxes))+`)`, append(args, digests(inboxes)...)...)
	return err
}

func (c change) assignments(now int64) (set string, args []any) {
	args = []any{c.nextAt}
	if c.unsure {
		set = `, unsure = 1`
	}
	if c.untried {
		return set, args
	}
	set += `, attempts = attempts + 1, expires_at = ?, last_status = ?`
	args = append(args, c.expiresAt, c.status)
	if c.state == Pending {
		// Who cancelled the row during the try left their reason, and a try that failed is none.
		return set + `, last_answer = CASE WHEN state = ? THEN last_answer ELSE ? END`, append(args, Cancelled, c.words)
	}
	return set + `, last_answer = ?, state = ?, settled_at = ?`, append(args, c.words, c.state, now)
}
