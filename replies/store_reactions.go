package replies

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/bloghorn/bloghorn/server/database"
)

const selectReaction = `
SELECT target_hash, actor_id, kind, place, blog_id, post_id, reply_id, emoji, activity_hash, visibility, state, created_at
FROM reactions`

func scanReaction(row database.Scanner) (r reaction, err error) {
	var at int64
	err = row.Scan(&r.target, &r.actorID, &r.kind, &r.place, &r.blogID, &r.postID, &r.replyID, &r.emoji, &r.activity, &r.visibility, &r.state, &at)
	r.at = database.Time(at)
	return r, err
}

// reactionOf finds what counts of what an actor did to a target; database.ErrNotFound where she did nothing of the kind.
func reactionOf(ctx context.Context, q database.Querier, target database.Digest, actorID database.ID, kind string) (reaction, error) {
	return scanReaction(q.QueryRow(ctx, selectReaction+`
WHERE target_hash = ? AND actor_id = ? AND kind = ? AND place = 0`, target, actorID, kind))
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
INSERT INTO reactions (target_hash, actor_id, kind, place, blog_id, post_id, reply_id, emoji, activity_hash, visibility, state, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.target, r.actorID, r.kind, r.place, r.blogID, r.postID, r.replyID, r.emoji, r.activity, r.visibility, r.state, database.Millis(r.at))
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
SET emoji = ?, activity_hash = ?, visibility = ?, state = ?
WHERE target_hash = ? AND actor_id = ? AND kind = ? AND activity_hash = ? AND state = ?`,
		r.emoji, r.activity, r.visibility, r.state, old.target, old.actorID, old.kind, old.activity, old.state)
	return exactlyOne(rows, err, "replace the reaction")
}

// deleteReaction returns errRace where it is not there any more.
func deleteReaction(ctx context.Context, q database.Querier, r reaction) error {
	rows, err := q.Exec(ctx, `
DELETE FROM reactions
WHERE target_hash = ? AND actor_id = ? AND kind = ? AND activity_hash = ? AND state = ?`, r.target, r.actorID, r.kind, r.activity, r.state)
	return exactlyOne(rows, err, "remove the reaction")
}

// coveredBy lists the reactions below one, the newest first.
func coveredBy(ctx context.Context, q database.Querier, r reaction) ([]reaction, error) {
	list, err := database.Collect(scanReaction)(q.Query(ctx, selectReaction+`
WHERE target_hash = ? AND actor_id = ? AND kind = ? AND place > 0
ORDER BY place DESC
LIMIT ?`, r.target, r.actorID, r.kind, maxCovered))
	if err != nil {
		return nil, fmt.Errorf("look for earlier reactions: %w", err)
	}
	return list, nil
}

// deleteCovered removes what is below r.
func deleteCovered(ctx context.Context, q database.Querier, r reaction) error {
	_, err := q.Exec(ctx, `
DELETE FROM reactions
WHERE target_hash = ? AND actor_id = ? AND kind = ? AND place > 0`, r.target, r.actorID, r.kind)
	if err != nil {
		return fmt.Errorf("remove earlier reactions: %w", err)
	}
	return nil
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

// moveReaction takes a reaction to another state, if it is still in the one that it was read in; errRace if not.
func moveReaction(ctx context.Context, q database.Querier, r reaction, to string) error {
	if r.state == to {
		return nil
	}
	rows, err := q.Exec(ctx, `
UPDATE reactions
SET state = ?
WHERE target_hash = ? AND actor_id = ? AND kind = ? AND activity_hash = ? AND state = ?`,
		to, r.target, r.actorID, r.kind, r.activity, r.state)
	return exactlyOne(rows, err, "change the state of the reaction")
}

// newestReactions lists the reactions to a post, or to a reply where replyID is not 0.
func newestReactions(ctx context.Context, q database.Querier, postID string, replyID database.ID, limit int) ([]reaction, error) {
	return database.Collect(scanReaction)(q.Query(ctx, selectReaction+`
WHERE post_id = ? AND reply_id = ? AND state <> ? AND place = 0
ORDER BY created_at DESC, actor_id, kind
LIMIT ?`, postID, replyID, reactionUndone, limit))
}

// tallies counts the shown reactions to a post, or to a reply where replyID is not 0, by kind and emoji.
func tallies(ctx context.Context, q database.Querier, postID string, replyID database.ID, limit int) ([]Tally, error) {
	return database.Collect(func(row database.Scanner) (t Tally, err error) {
		return t, row.Scan(&t.Kind, &t.Emoji, &t.Count)
	})(q.Query(ctx, `
SELECT kind, emoji, COUNT(*)
FROM reactions
WHERE post_id = ? AND reply_id = ? AND state = ?
GROUP BY kind, emoji
ORDER BY COUNT(*) DESC, kind, emoji
LIMIT ?`, postID, replyID, reactionShown, limit))
}

// blockReactions takes the shown reactions of actors on a blog (0: on all) out of the counts, says how many it was and notes what that
// changes. It goes by many actors at once: a large server has thousands.
func blockReactions(ctx context.Context, q database.Querier, blogID database.ID, actors []database.ID, c changes) (n int, err error) {
	for chunk := range slices.Chunk(actors, maxIDs) {
		which := "\nWHERE state = ? AND (? = 0 OR blog_id = ?) AND actor_id IN (" + database.Marks(len(chunk)) + ")"
		args := append([]any{reactionShown, blogID, blogID}, database.Args(chunk)...)
		counted := 0
		_, err := database.Collect(func(row database.Scanner) (_ struct{}, err error) {
			var r reaction
			var toReply bool
			var some int
			if err = row.Scan(&r.postID, &toReply, &r.kind, &some); err != nil {
				return struct{}{}, err
			}
			if r.state = reactionShown; toReply {
				r.replyID = 1 // any
			}
			by := r.counts()
			c.add(r.postID, Counts{Likes: -some * by.Likes, Boosts: -some * by.Boosts})
			counted += some
			return struct{}{}, nil
		})(q.Query(ctx, `
SELECT post_id, CASE WHEN reply_id = 0 THEN 0 ELSE 1 END, kind, COUNT(*)
FROM reactions`+which+`
GROUP BY post_id, CASE WHEN reply_id = 0 THEN 0 ELSE 1 END, kind`, args...))
		if err != nil {
			return n, err
		}
		rows, err := q.Exec(ctx, `
UPDATE reactions
SET state = ?`+which, append([]any{reactionBlocked}, args...)...)
		if err == nil && rows != int64(counted) {
			err = errRace // another one came between the two
		}
		if err != nil {
			return n, err
		}
		n += counted
	}
	return n, nil
}

// eachReactionOf calls f with every reaction of an actor on a blog (0: on all) that is in a state, and with the actor's id. f takes it to
// another state or leaves it.
func eachReactionOf(
	ctx context.Context, q database.Querier, actorID database.ID, state string, blogID database.ID, f func(r reaction, uri string) error,
) error {
	var uri string
	err := q.QueryRow(ctx, `
SELECT uri
FROM remote_actors
WHERE id = ?`, actorID).Scan(&uri)
	if err != nil {
		return err
	}
	for after := (reaction{}); ; {
		page, err := database.Collect(scanReaction)(q.Query(ctx, selectReaction+`
WHERE actor_id = ? AND state = ? AND (? = 0 OR blog_id = ?) AND (target_hash > ? OR target_hash = ? AND kind > ?)
ORDER BY target_hash, kind
LIMIT ?`, actorID, state, blogID, blogID, after.target, after.target, after.kind, maxIDs))
		if err != nil || len(page) == 0 {
			return err
		}
		for _, after = range page {
			if err := f(after, uri); err != nil {
				return err
			}
		}
	}
}

// maxCovered is how many of one person, thing and kind are kept below the one that counts.
const maxCovered = 4
