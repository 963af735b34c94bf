package moderation

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

const selectListed = thread.SelectReply + `, COALESCE(p.title, ''), COALESCE(p.url, ''), COALESCE(b.username, ''), COALESCE(b.handle_host, ''),
	` + thread.WhyColumns + `
FROM replies r
LEFT JOIN posts p ON p.id = r.post_id
LEFT JOIN blogs b ON b.id = r.blog_id`

func scanListed(row database.Scanner) (l Listed, err error) {
	var username, host string
	var why thread.ScannedWhy
	l.Reply, err = thread.ScanReply(row, append([]any{&l.PostTitle, &l.PostURL, &username, &host}, why.Into()...)...)
	l.Why, l.BlogHandle = why.Value(), thread.Handles(username, host)[0]
	return l, err
}

// listReplies lists replies in the order they came; status "" is any, blogID 0 is any.
func listReplies(ctx context.Context, q database.Querier, status string, blogID, after database.ID, limit int) ([]Listed, error) {
	scan := database.Collect(scanListed)
	if status == "" {
		return scan(q.Query(ctx, selectListed+`
WHERE r.id > ? AND (? = 0 OR r.blog_id = ?)
ORDER BY r.id
LIMIT ?`, after, blogID, blogID, limit))
	}
	return scan(q.Query(ctx, selectListed+`
WHERE r.status = ? AND r.id > ? AND (? = 0 OR r.blog_id = ?)
ORDER BY r.id
LIMIT ?`, status, after, blogID, blogID, limit))
}

func countStatus(ctx context.Context, q database.Querier, status string) (n int, err error) {
	err = q.QueryRow(ctx, `
SELECT COUNT(*)
FROM replies
WHERE status = ?`, status).Scan(&n)
	return n, err
}

func insertDecision(ctx context.Context, q database.Querier, d Decision) error {
	_, err := q.Exec(ctx, `
INSERT INTO decisions (id, blog_id, who, what, target, target_hash, why, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, d.ID, d.BlogID, d.Who, d.What, d.Target, database.Hash(d.Target), d.Why, database.Millis(d.At))
	return err
}

const selectDecisions = `
SELECT d.id, d.blog_id, d.who, d.what, d.target, d.why, d.created_at, COALESCE(r.id, 0)
FROM decisions d
LEFT JOIN replies r ON r.object_hash = d.target_hash`

func scanDecision(row database.Scanner) (d Decision, err error) {
	var at int64
	err = row.Scan(&d.ID, &d.BlogID, &d.Who, &d.What, &d.Target, &d.Why, &at, &d.Reply)
	d.At = database.Time(at)
	return d, err
}

// newestDecisions lists the log backwards; blogID 0 is any.
func newestDecisions(ctx context.Context, q database.Querier, blogID database.ID, limit int) ([]Decision, error) {
	scan := database.Collect(scanDecision)
	if blogID == 0 {
		return scan(q.Query(ctx, selectDecisions+`
ORDER BY d.id DESC
LIMIT ?`, limit))
	}
	return scan(q.Query(ctx, selectDecisions+`
WHERE d.blog_id IN (0, ?)
ORDER BY d.id DESC
LIMIT ?`, blogID, limit))
}

// listedByIDs lists the replies that have one of the ids.
func listedByIDs(ctx context.Context, q database.Querier, ids []database.ID) ([]Listed, error) {
	return database.Collect(scanListed)(q.Query(ctx, selectListed+`
WHERE r.id IN (`+database.Marks(len(ids))+`)
LIMIT ?`, append(database.Args(ids), len(ids))...))
}

// newestReplies lists the replies of a state backwards; before 0 is from the newest.
func newestReplies(ctx context.Context, q database.Querier, status string, before database.ID, limit int) ([]Listed, error) {
	return database.Collect(scanListed)(q.Query(ctx, selectListed+`
WHERE r.status = ? AND (? = 0 OR r.id < ?)
ORDER BY r.id DESC
LIMIT ?`, status, before, before, limit))
}

// decisionsAbout lists what was decided about any of the targets, newest first.
func decisionsAbout(ctx context.Context, q database.Querier, targets []string, limit int) ([]Decision, error) {
	var args []any
	for _, target := range targets {
		args = append(args, database.Hash(target))
	}
	return database.Collect(scanDecision)(q.Query(ctx, selectDecisions+`
WHERE d.target_hash IN (`+database.Marks(len(targets))+`)
ORDER BY d.id DESC
LIMIT ?`, append(args, limit)...))
}

// reactionsOf lists what counts of what an actor did to a target, one for each kind.
func reactionsOf(ctx context.Context, q database.Querier, target, actorURI string) ([]thread.Reaction, error) {
	actors, err := actorByURI(ctx, q, actorURI)
	if err != nil || len(actors) == 0 {
		return nil, err
	}
	return database.Collect(thread.ScanReaction)(q.Query(ctx, thread.SelectReaction+`
WHERE target_hash = ? AND actor_id = ? AND place = 0
ORDER BY kind
LIMIT 10`, database.Hash(target), actors[0]))
}

// saidSince says whether the blog has said the same at the same place since then.
func saidSince(ctx context.Context, q database.Querier, r thread.Row, since time.Time) (bool, error) {
	return database.Exists(q.QueryRow(ctx, `
SELECT 1
FROM replies
WHERE author_id = ? AND blog_id = ? AND post_id = ? AND parent_id = ? AND content_hash = ? AND received_at > ?
LIMIT 1`, thread.OfTheBlog, r.BlogID, r.PostID, r.ParentID, r.Hash, database.Millis(since)))
}

func insertAccount(ctx context.Context, q database.Querier, a thread.Account) error {
	_, err := q.Exec(ctx, `
INSERT INTO adopted_accounts (blog_id, actor_hash, actor_uri, handle, created_at)
VALUES (?, ?, ?, ?, ?)`, a.BlogID, database.Hash(a.ActorURI), a.ActorURI, a.Handle, database.Millis(a.CreatedAt))
	return err
}

// deleteAccount also forgets what it wrote, so that answers to that join no more.
func deleteAccount(ctx context.Context, q database.Querier, a thread.Account) error {
	for _, table := range []string{"adopted_accounts", "adopted"} {
		if _, err := q.Exec(ctx, `
DELETE FROM `+table+`
WHERE blog_id = ? AND actor_hash = ?`, a.BlogID, database.Hash(a.ActorURI)); err != nil {
			return err
		}
	}
	return nil
}
