package delivery

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// mostEarlier is how many activities about one object are looked at. Each replaces the one before it, so those that wait are few.
const mostEarlier = 100

// earlierActivities gives, for the newest Create and Updates of an object, whether they are the Create.
func earlierActivities(ctx context.Context, q database.Querier, a Activity) (map[database.ID]bool, error) {
	type earlier struct {
		id   database.ID
		kind string
	}
	list, err := database.Collect(func(row database.Scanner) (e earlier, err error) { return e, row.Scan(&e.id, &e.kind) })(q.Query(ctx, `
		SELECT id, kind
		FROM activities
		WHERE object_hash = ?
		AND id <> ?
		AND kind IN ('Create', 'Update')
		ORDER BY id DESC
		LIMIT ?`, a.object(), a.ID, mostEarlier))
	isCreate := map[database.ID]bool{}
	for _, e := range list {
		isCreate[e.id] = e.kind == "Create"
	}
	return isCreate, err
}

// unsent are the rows of these activities and inboxes that certainly never arrived.
func unsent(ctx context.Context, q database.Querier, activities map[database.ID]bool, to []inbox) (
	*groups[waitingFor, database.Digest], error,
) {
	args := make([]any, 0, len(activities)+len(to)+1)
	for id := range activities {
		args = append(args, id)
	}
	for _, one := range to {
		args = append(args, one.hash)
	}
	type row struct {
		waitingFor
		inbox database.Digest
	}
	rows, err := database.Collect(func(row database.Scanner) (r row, err error) {
		return r, row.Scan(&r.activity, &r.inbox, &r.create)
	})(q.Query(ctx, `
		SELECT activity_id, inbox_hash, joined
		FROM deliveries
		WHERE activity_id IN (`+database.Marks(len(activities))+`)
		AND inbox_hash IN (`+database.Marks(len(to))+`)
		AND state = ?
		AND lease_until = 0
		AND unsure = 0
		ORDER BY activity_id, inbox_hash`, append(args, Pending)...))
	waiting := newGroups[waitingFor, database.Digest](len(rows))
	for _, r := range rows {
		waiting.add(waitingFor{r.activity, r.create || activities[r.activity]}, r.inbox)
	}
	return waiting, err
}

// cancelUnsent cancels those that nobody has begun to send since they were read, and gives them.
func cancelUnsent(ctx context.Context, q database.Querier, activity database.ID, inboxes []database.Digest, now time.Time) (
	[]database.Digest, error,
) {
	at := database.Millis(now)
	args := []any{Cancelled, at, at, joinedWords, activity, Pending}
	n, err := q.Exec(ctx, `
		UPDATE deliveries
		SET state = ?, settled_at = ?, next_attempt_at = ?, last_answer = ?
		WHERE activity_id = ?
		AND state = ?
		AND lease_until = 0
		AND unsure = 0
		AND inbox_hash IN (`+database.Marks(len(inboxes))+`)`, append(args, digests(inboxes)...)...)
	if err != nil || n == int64(len(inboxes)) || n == 0 {
		return inboxes[:n], err
	}
	return database.Collect(scanDigest)(q.Query(ctx, `
		SELECT inbox_hash
		FROM deliveries
		WHERE activity_id = ?
		AND state = ?
		AND settled_at = ?
		AND last_answer = ?
		AND inbox_hash IN (`+database.Marks(len(inboxes))+`)`, append([]any{activity, Cancelled, at, joinedWords}, digests(inboxes)...)...))
}

// joinedWords says why a row was cancelled.
const joinedWords = "replaced before it was sent, by what is newer about the same object"

func storeJoined(ctx context.Context, q database.Querier, activity database.ID, body []byte) error {
	_, err := q.Exec(ctx, `
		UPDATE activities
		SET joined_body = ?
		WHERE id = ?`, body, activity)
	return err
}
