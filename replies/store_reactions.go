package replies

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/bloghorn/bloghorn/server/database"
)

const selectReaction = `
SELECT target_hash, actor_id, kind, blog_id, post_id, reply_id, emoji, activity_hash, visibility, created_at
FROM reactions`

func scanReaction(row database.Scanner) (r reaction, err error) {
	var at int64
	err = row.Scan(&r.target, &r.actorID, &r.kind, &r.blogID, &r.postID, &r.replyID, &r.emoji, &r.activity, &r.visibility, &at)
	r.at = database.Time(at)
	return r, err
}

// reactionOf finds what an actor did to a target; database.ErrNotFound where she did nothing of the kind.
func reactionOf(ctx context.Context, q database.Querier, target database.Digest, actorID database.ID, kind string) (reaction, error) {
	return scanReaction(q.QueryRow(ctx, selectReaction+`
WHERE target_hash = ? AND actor_id = ? AND kind = ?`, target, actorID, kind))
}

// reactionByActivity finds what an actor did with one activity.
func reactionByActivity(ctx context.Context, q database.Querier, activity database.Digest, actorID database.ID) (reaction, error) {
	return scanReaction(q.QueryRow(ctx, selectReaction+`
WHERE activity_hash = ? AND actor_id = ?
LIMIT 1`, activity, actorID))
}

// ownerOf is the actor whose Like, Announce or Follow has this id; "" for an id we do not know. Two actors of one server may have used the
// same id; then it is the one who asks.
func ownerOf(ctx context.Context, q database.Querier, activity, asking string) (string, error) {
	if activity == "" {
		return "", nil
	}
	hash := database.Hash(activity)
	owners, err := database.Collect(func(row database.Scanner) (uri string, err error) {
		return uri, row.Scan(&uri)
	})(q.Query(ctx, `
SELECT a.uri
FROM reactions r
JOIN remote_actors a ON a.id = r.actor_id
WHERE r.activity_hash = ?
UNION
SELECT a.uri
FROM followers f
JOIN remote_actors a ON a.id = f.actor_id
WHERE f.follow_hash = ?
LIMIT 100`, hash, hash))
	if err != nil || len(owners) == 0 {
		return "", err
	}
	if slices.Contains(owners, asking) {
		return asking, nil
	}
	return owners[0], nil
}

// isReactionNow says whether an actor has reacted with this activity, as isRememberedNow does.
func isReactionNow(ctx context.Context, q database.Querier, activity database.Digest, actorID database.ID) (bool, error) {
	rows, err := q.Exec(ctx, `
UPDATE reactions
SET activity_hash = activity_hash
WHERE activity_hash = ? AND actor_id = ?`, activity, actorID)
	return rows > 0, err
}

// insertReaction returns errRace where one is there already.
func insertReaction(ctx context.Context, q database.Querier, r reaction) error {
	_, err := q.Exec(ctx, `
INSERT INTO reactions (target_hash, actor_id, kind, blog_id, post_id, reply_id, emoji, activity_hash, visibility, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.target, r.actorID, r.kind, r.blogID, r.postID, r.replyID, r.emoji, r.activity, r.visibility, database.Millis(r.at))
	if errors.Is(err, database.ErrDuplicate) {
		return errRace
	}
	if err != nil {
		return fmt.Errorf("store the reaction: %w", err)
	}
	return nil
}

// replaceReaction writes r over old, if old is still what is there; errRace if not.
func replaceReaction(ctx context.Context, q database.Querier, old, r reaction) error {
	rows, err := q.Exec(ctx, `
UPDATE reactions
SET emoji = ?, activity_hash = ?, visibility = ?
WHERE target_hash = ? AND actor_id = ? AND kind = ? AND activity_hash = ?`,
		r.emoji, r.activity, r.visibility, old.target, old.actorID, old.kind, old.activity)
	return exactlyOne(rows, err, "replace the reaction")
}

// deleteReaction returns errRace where it is not there any more.
func deleteReaction(ctx context.Context, q database.Querier, r reaction) error {
	rows, err := q.Exec(ctx, `
DELETE FROM reactions
WHERE target_hash = ? AND actor_id = ? AND kind = ? AND activity_hash = ?`, r.target, r.actorID, r.kind, r.activity)
	return exactlyOne(rows, err, "remove the reaction")
}

// purgeReactions removes everything an actor did, and notes what that changes.
func purgeReactions(ctx context.Context, q database.Querier, actorID database.ID, c changes) error {
	for {
		page, err := database.Collect(scanReaction)(q.Query(ctx, selectReaction+`
WHERE actor_id = ?
LIMIT 500`, actorID))
		if err != nil || len(page) == 0 {
			return err
		}
		for _, r := range page {
			if err := deleteReaction(ctx, q, r); err != nil {
				return err
			}
			c.add(r.postID, r.counts().negative())
		}
	}
}
