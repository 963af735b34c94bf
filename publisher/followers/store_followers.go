package followers

import (
	"context"
	"errors"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// Batch is how many followers are read at once.
const Batch = 2000

// Recipient is one who follows a blog, and where to reach it.
type Recipient struct {
	BlogID      database.ID
	ActorID     database.ID
	Host        string // of their id
	Inbox       string
	SharedInbox string
}

// Address is where the follower's server wants what many of its people get.
func (f Recipient) Address() string {
	if f.SharedInbox != "" {
		return f.SharedInbox
	}
	return f.Inbox
}

func scanFollower(row database.Scanner) (f Recipient, err error) {
	err = row.Scan(&f.BlogID, &f.ActorID, &f.Host, &f.Inbox, &f.SharedInbox)
	return f, err
}

// saveFollower reports whether this same Follow is what made them a follower.
func saveFollower(ctx context.Context, q database.Querier, blogID, actorID database.ID, followURI string, now time.Time) (known bool, err error) {
	_, err = q.Exec(ctx, `
		INSERT INTO followers (blog_id, actor_id, follow_uri, follow_hash, created_at)
		VALUES (?, ?, ?, ?, ?)`,
		blogID, actorID, followURI, database.Hash(followURI), database.Millis(now))
	if !errors.Is(err, database.ErrDuplicate) {
		return false, err
	}
	n, err := q.Exec(ctx, `
		UPDATE followers
		SET follow_uri = ?, follow_hash = ?
		WHERE blog_id = ? AND actor_id = ? AND follow_hash <> ?`,
		followURI, database.Hash(followURI), blogID, actorID, database.Hash(followURI))
	return err == nil && n == 0, err
}

func deleteFollower(ctx context.Context, q database.Querier, blogID, actorID database.ID) (int64, error) {
	return q.Exec(ctx, `
		DELETE FROM followers
		WHERE blog_id = ? AND actor_id = ?`, blogID, actorID)
}

func deleteFollow(ctx context.Context, q database.Querier, followURI string, actorID database.ID) (int64, error) {
	return q.Exec(ctx, `
		DELETE FROM followers
		WHERE follow_hash = ? AND actor_id = ?`, database.Hash(followURI), actorID)
}

// Page lists a blog's followers, after an actor's id; 0 begins. Those who seem to have left are
// among them until that is certain (follower_pruning.go), and a shared inbox that is gone is none.
func Page(ctx context.Context, q database.Querier, blogID, after database.ID, limit int) ([]Recipient, error) {
	return database.Collect(scanFollower)(q.Query(ctx, `
		SELECT f.blog_id, f.actor_id, a.host, a.inbox, CASE WHEN a.shared_gone_at > 0 THEN '' ELSE a.shared_inbox END
		FROM followers f
		JOIN remote_actors a ON a.id = f.actor_id
		WHERE f.blog_id = ? AND f.actor_id > ?
		ORDER BY f.actor_id
		LIMIT ?`, blogID, after, limit))
}

func listFollowers(ctx context.Context, q database.Querier, blogID, after database.ID, limit int) ([]Follower, error) {
	return database.Collect(func(row database.Scanner) (f Follower, err error) {
		var since int64
		err = row.Scan(&f.Actor.ID, &f.Actor.URI, &f.Actor.Handle, &f.Actor.Name, &f.Actor.Inbox, &f.FollowURI, &since)
		f.Since = database.Time(since)
		return f, err
	})(q.Query(ctx, `
		SELECT a.id, a.uri, a.handle, a.name, a.inbox, f.follow_uri, f.created_at
		FROM followers f
		JOIN remote_actors a ON a.id = f.actor_id
		WHERE f.blog_id = ? AND f.actor_id > ?
		ORDER BY f.actor_id
		LIMIT ?`, blogID, after, limit))
}

// matched is a follower with what a Reject names.
type matched struct {
	Recipient
	actorURI, followURI string
}

// followersMatching finds one actor by its key, and a host by looking at every follower: a block is
// rare.
func followersMatching(ctx context.Context, q database.Querier, blogID database.ID, match Match, limit int) ([]matched, error) {
	below := "." + match.Host
	which, args := `(a.host = ? OR SUBSTR(a.host, ?) = ?)`, []any{match.Host, -len(below), below}
	if match.ActorURI != "" {
		which, args = `a.uri_hash = ?`, []any{database.Hash(match.ActorURI)}
	}
	return database.Collect(func(row database.Scanner) (f matched, err error) {
		err = row.Scan(&f.BlogID, &f.ActorID, &f.Host, &f.Inbox, &f.SharedInbox, &f.actorURI, &f.followURI)
		return f, err
	})(q.Query(ctx, `
		SELECT f.blog_id, f.actor_id, a.host, a.inbox, a.shared_inbox, a.uri, f.follow_uri
		FROM followers f
		JOIN remote_actors a ON a.id = f.actor_id
		WHERE `+which+` AND (? = 0 OR f.blog_id = ?)
		LIMIT ?`, append(args, blogID, blogID, limit)...))
}

// inboxInUse says whether another follower of the same blog is reached through this inbox of f.
// What an actor says of their inboxes is their own word: they may have named those of others, to
// have their deliveries cancelled with theirs.
func inboxInUse(ctx context.Context, q database.Querier, f Recipient, inbox string) (bool, error) {
	var other database.ID
	err := q.QueryRow(ctx, `
		SELECT f.actor_id
		FROM followers f
		JOIN remote_actors a ON a.id = f.actor_id
		WHERE f.blog_id = ? AND f.actor_id <> ? AND (a.shared_inbox = ? OR a.inbox = ?)
		LIMIT 1`, f.BlogID, f.ActorID, inbox, inbox).Scan(&other)
	if errors.Is(err, database.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func countFollowers(ctx context.Context, q database.Querier, blogID database.ID) (n int, err error) {
	err = q.QueryRow(ctx, `
		SELECT COUNT(*)
		FROM followers
		WHERE blog_id = ?`, blogID).Scan(&n)
	return n, err
}

func seenOutside(ctx context.Context, q database.Querier, blogID database.ID) (bool, error) {
	for _, query := range []string{`
		SELECT blog_id
		FROM followers
		WHERE blog_id = ?
		LIMIT 1`, `
		SELECT blog_id
		FROM deliveries
		WHERE blog_id = ?
		LIMIT 1`} {
		var id database.ID
		err := q.QueryRow(ctx, query, blogID).Scan(&id)
		if !errors.Is(err, database.ErrNotFound) {
			return err == nil, err
		}
	}
	return false, nil
}

// countFollower is 1 or 0.
func countFollower(ctx context.Context, q database.Querier, blogID, actorID database.ID) (n int, err error) {
	err = q.QueryRow(ctx, `
		SELECT COUNT(*)
		FROM followers
		WHERE blog_id = ? AND actor_id = ?`, blogID, actorID).Scan(&n)
	return n, err
}
