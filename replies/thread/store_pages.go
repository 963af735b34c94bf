package thread

import (
	"context"

	"github.com/bloghorn/bloghorn/server/database"
)

// branchesOf lists the branches of a post that have something shown. Only the index
// replies_branches is read.
func branchesOf(ctx context.Context, q database.Querier, postID string, from Cursor, limit int) ([]branch, error) {
	return database.Collect(func(row database.Scanner) (b branch, err error) {
		return b, row.Scan(&b.at, &b.root, &b.count)
	})(q.Query(ctx, `
SELECT root_at, root_id, COUNT(*)
FROM replies
WHERE post_id = ? AND status = ? AND root_at >= ? AND (root_at > ? OR root_id > ?)
GROUP BY root_at, root_id
ORDER BY root_at, root_id
LIMIT ?`, postID, Shown, from.at, from.at, from.root, limit))
}

// repliesOf reads the shown replies of branches, in the order of one.
func repliesOf(ctx context.Context, q database.Querier, roots []database.ID, from Cursor, limit int) ([]written, error) {
	return database.Collect(func(row database.Scanner) (written, error) { return scanWritten(row) })(q.Query(ctx, SelectReply+`
FROM replies r
WHERE r.root_id IN (`+database.Marks(len(roots))+`) AND r.status = ? AND r.sort_at >= ? AND (r.sort_at > ? OR r.id > ?)
ORDER BY r.sort_at, r.id
LIMIT ?`, append(database.Args(roots), Shown, from.at, from.at, from.reply, limit)...))
}

// countAfter counts the shown replies of a branch that come after the cursor.
func countAfter(ctx context.Context, q database.Querier, from Cursor) (n int, err error) {
	err = q.QueryRow(ctx, `
SELECT COUNT(*)
FROM replies
WHERE root_id = ? AND status = ? AND sort_at >= ? AND (sort_at > ? OR id > ?)`, from.root, Shown, from.at, from.at, from.reply).Scan(&n)
	return n, err
}

// isSeen says whether readers may see a reply go from one status to another. What leaves no trace
// moves its answers to what it answered itself.
func isSeen(ctx context.Context, q database.Querier, root database.ID, sortAt int64, from, to string) (bool, error) {
	if from == Shown || to == Shown || leavesTrace(from) == leavesTrace(to) {
		return from == Shown || to == Shown, nil
	}
	return database.Exists(q.QueryRow(ctx, `
SELECT 1
FROM replies
WHERE root_id = ? AND status = ? AND sort_at > ?
LIMIT 1`, root, Shown, sortAt))
}

// SaidUnder is what readers see of an author under a post but for one reply: how many that came
// after a moderator last approved one of theirs there, and how much text in all, in bytes.
func SaidUnder(ctx context.Context, q database.Querier, r Reply) (replies, text int, err error) {
	err = q.QueryRow(ctx, `
SELECT COALESCE(SUM(CASE WHEN received_at > approved.last_at THEN 1 ELSE 0 END), 0), COALESCE(SUM(OCTET_LENGTH(html)), 0)
FROM replies
JOIN (
	SELECT COALESCE(MAX(approved_at), 0) AS last_at
	FROM replies
	WHERE author_id = ? AND post_id = ? AND status = ?) approved
WHERE author_id = ? AND post_id = ? AND status = ? AND id <> ?`, r.AuthorID, r.PostID, Shown, r.AuthorID, r.PostID, Shown, r.ID).
		Scan(&replies, &text)
	return replies, text, err
}
