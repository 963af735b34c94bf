package thread

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/bloghorn/bloghorn/server/database"
)

// SelectReaction reads what ScanReaction scans.
const SelectReaction = `
SELECT target_hash, actor_id, kind, place, blog_id, post_id, reply_id, emoji, activity_hash, state, created_at
FROM reactions`

// ScanReaction scans one row of SelectReaction.
func ScanReaction(row database.Scanner) (r Reaction, err error) {
	var at int64
	err = row.Scan(&r.Target, &r.ActorID, &r.Kind, &r.Place, &r.BlogID, &r.PostID, &r.ReplyID, &r.Emoji, &r.Activity, &r.State, &at)
	r.At = database.Time(at)
	return r, err
}

// ReactionOf finds what counts of what an actor did to a target; database.ErrNotFound where they
// did nothing of the kind.
func ReactionOf(ctx context.Context, q database.Querier, target database.Digest, actorID database.ID, kind string) (Reaction, error) {
	return ScanReaction(q.QueryRow(ctx, SelectReaction+`
WHERE target_hash = ? AND actor_id = ? AND kind = ? AND place = 0`, target, actorID, kind))
}

// ReactionByActivity finds what an actor did with one activity.
func ReactionByActivity(ctx context.Context, q database.Querier, activity database.Digest, actorID database.ID) (Reaction, error) {
	return ScanReaction(q.QueryRow(ctx, SelectReaction+`
WHERE activity_hash = ? AND actor_id = ?
LIMIT 1`, activity, actorID))
}

// OwnerOf is the actor whose Like, Announce or Follow has this id; "" for an id we do not know. Two
// actors of one server may have used the same id; then it is the one who asks.
func OwnerOf(ctx context.Context, q database.Querier, activity, asking string) (string, error) {
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

// IsReactionNow says whether an actor has reacted with this activity, as isRememberedNow does.
func IsReactionNow(ctx context.Context, q database.Querier, activity database.Digest, actorID database.ID) (bool, error) {
	rows, err := q.Exec(ctx, `
UPDATE reactions
SET activity_hash = activity_hash
WHERE activity_hash = ? AND actor_id = ?`, activity, actorID)
	return rows > 0, err
}

// InsertReaction returns ErrRace where one is there already.
func InsertReaction(ctx context.Context, q database.Querier, r Reaction) error {
	_, err := q.Exec(ctx, `
INSERT INTO reactions (target_hash, actor_id, kind, place, blog_id, post_id, reply_id, emoji, activity_hash, state, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.Target, r.ActorID, r.Kind, r.Place, r.BlogID, r.PostID, r.ReplyID, r.Emoji, r.Activity, r.State, database.Millis(r.At))
	if errors.Is(err, database.ErrDuplicate) {
		return ErrRace
	}
	if err != nil {
		return fmt.Errorf("store the reaction: %w", err)
	}
	return nil
}

// ReplaceReaction writes r over old, if old is still what is there; ErrRace if not.
func ReplaceReaction(ctx context.Context, q database.Querier, old, r Reaction) error {
	rows, err := q.Exec(ctx, `
UPDATE reactions
SET emoji = ?, activity_hash = ?, state = ?
WHERE target_hash = ? AND actor_id = ? AND kind = ? AND activity_hash = ? AND state = ?`,
		r.Emoji, r.Activity, r.State, old.Target, old.ActorID, old.Kind, old.Activity, old.State)
	return ExactlyOne(rows, err, "replace the reaction")
}

// DeleteReaction returns ErrRace where it is not there any more.
func DeleteReaction(ctx context.Context, q database.Querier, r Reaction) error {
	rows, err := q.Exec(ctx, `
DELETE FROM reactions
WHERE target_hash = ? AND actor_id = ? AND kind = ? AND activity_hash = ? AND state = ?`, r.Target, r.ActorID, r.Kind, r.Activity, r.State)
	return ExactlyOne(rows, err, "remove the reaction")
}

// CoveredBy lists the reactions below one, the newest first.
func CoveredBy(ctx context.Context, q database.Querier, r Reaction) ([]Reaction, error) {
	list, err := database.Collect(ScanReaction)(q.Query(ctx, SelectReaction+`
WHERE target_hash = ? AND actor_id = ? AND kind = ? AND place > 0
ORDER BY place DESC
LIMIT ?`, r.Target, r.ActorID, r.Kind, MaxCovered))
	if err != nil {
		return nil, fmt.Errorf("look for earlier reactions: %w", err)
	}
	return list, nil
}

// DeleteCovered removes what is below r.
func DeleteCovered(ctx context.Context, q database.Querier, r Reaction) error {
	_, err := q.Exec(ctx, `
DELETE FROM reactions
WHERE target_hash = ? AND actor_id = ? AND kind = ? AND place > 0`, r.Target, r.ActorID, r.Kind)
	if err != nil {
		return fmt.Errorf("remove earlier reactions: %w", err)
	}
	return nil
}

// PurgeReactions removes everything an actor did, and notes what that changes.
func PurgeReactions(ctx context.Context, q database.Querier, actorID database.ID, c Changes) error {
	for {
		page, err := database.Collect(ScanReaction)(q.Query(ctx, SelectReaction+`
WHERE actor_id = ?
LIMIT 500`, actorID))
		if err != nil || len(page) == 0 {
			return err
		}
		for _, r := range page {
			if err := DeleteReaction(ctx, q, r); err != nil {
				return err
			}
			c.Add(r.PostID, r.Counts().Negative())
		}
	}
}

// MoveReaction takes a reaction to another state, if it is still in the one that it was read in;
// ErrRace if not.
func MoveReaction(ctx context.Context, q database.Querier, r Reaction, to string) error {
	if r.State == to {
		return nil
	}
	rows, err := q.Exec(ctx, `
UPDATE reactions
SET state = ?
WHERE target_hash = ? AND actor_id = ? AND kind = ? AND activity_hash = ? AND state = ?`,
		to, r.Target, r.ActorID, r.Kind, r.Activity, r.State)
	return ExactlyOne(rows, err, "change the state of the reaction")
}

// NewestReactions lists the reactions to a post, or to a reply where replyID is not 0.
func NewestReactions(ctx context.Context, q database.Querier, postID string, replyID database.ID, limit int) ([]Reaction, error) {
	return database.Collect(ScanReaction)(q.Query(ctx, SelectReaction+`
WHERE post_id = ? AND reply_id = ? AND state <> ? AND place = 0
ORDER BY created_at DESC, actor_id, kind
LIMIT ?`, postID, replyID, ReactionUndone, limit))
}

// Tallies counts the shown reactions to a post, or to a reply where replyID is not 0, by kind and
// emoji.
func Tallies(ctx context.Context, q database.Querier, postID string, replyID database.ID, limit int) ([]Tally, error) {
	return database.Collect(func(row database.Scanner) (t Tally, err error) {
		return t, row.Scan(&t.Kind, &t.Emoji, &t.Count)
	})(q.Query(ctx, `
SELECT kind, emoji, COUNT(*)
FROM reactions
WHERE post_id = ? AND reply_id = ? AND state = ?
GROUP BY kind, emoji
ORDER BY COUNT(*) DESC, kind, emoji
LIMIT ?`, postID, replyID, ReactionShown, limit))
}

// BlockReactions takes the shown reactions of actors on a blog (0: on all) out of the counts, says
// how many it was and notes what that changes. It goes by many actors at once: a large server has
// thousands.
func BlockReactions(ctx context.Context, q database.Querier, blogID database.ID, actors []database.ID, c Changes) (n int, err error) {
	for chunk := range slices.Chunk(actors, MaxIDs) {
		which := "\nWHERE state = ? AND (? = 0 OR blog_id = ?) AND actor_id IN (" + database.Marks(len(chunk)) + ")"
		args := append([]any{ReactionShown, blogID, blogID}, database.Args(chunk)...)
		counted := 0
		_, err := database.Collect(func(row database.Scanner) (_ struct{}, err error) {
			var r Reaction
			var toReply bool
			var some int
			if err = row.Scan(&r.PostID, &toReply, &r.Kind, &some); err != nil {
				return struct{}{}, err
			}
			if r.State = ReactionShown; toReply {
				r.ReplyID = 1 // any
			}
			c.Add(r.PostID, r.Counts().times(-some))
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
SET state = ?`+which, append([]any{ReactionBlocked}, args...)...)
		if err == nil && rows != int64(counted) {
			err = ErrRace // another one came between the two
		}
		if err != nil {
			return n, err
		}
		n += counted
	}
	return n, nil
}

// EachReactionOf calls f with every reaction of an actor on a blog (0: on all) that is in a state,
// and with the actor's id. f takes it to another state or leaves it.
func EachReactionOf(
	ctx context.Context, q database.Querier, actorID database.ID, state string, blogID database.ID, f func(r Reaction, uri string) error,
) error {
	var uri string
	err := q.QueryRow(ctx, `
SELECT uri
FROM remote_actors
WHERE id = ?`, actorID).Scan(&uri)
	if err != nil {
		return err
	}
	for after := (Reaction{}); ; {
		page, err := database.Collect(ScanReaction)(q.Query(ctx, SelectReaction+`
WHERE actor_id = ? AND state = ? AND (? = 0 OR blog_id = ?) AND (target_hash > ? OR target_hash = ? AND kind > ?)
ORDER BY target_hash, kind
LIMIT ?`, actorID, state, blogID, blogID, after.Target, after.Target, after.Kind, MaxIDs))
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

// MaxCovered is how many of one person, thing and kind are kept below the one that counts.
const MaxCovered = 4
