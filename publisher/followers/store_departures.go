package followers

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// departure is a follower whose inbox was gone, and on how many days their document was.
type departure struct {
	actor   database.ID
	uri     string
	strikes int
	dueAt   int64
}

// markSharedGone says whether the inbox is one that many share.
func markSharedGone(ctx context.Context, q database.Querier, inbox string, now time.Time) (bool, error) {
	n, err := q.Exec(ctx, `
		UPDATE remote_actors
		SET shared_gone_at = ?
		WHERE shared_inbox = ? AND inbox <> ?`, database.Millis(now), inbox, inbox)
	return n > 0, err
}

func forgetSharedGone(ctx context.Context, q database.Querier, before time.Time) error {
	_, err := q.Exec(ctx, `
		UPDATE remote_actors
		SET shared_gone_at = 0
		WHERE shared_gone_at > 0 AND shared_gone_at < ?`, database.Millis(before))
	return err
}

// behindShared lists followers, of the blog that sent the activity, whom a shared inbox stood for,
// after an actor's id.
func behindShared(
	ctx context.Context, q database.Querier, activity database.ID, inbox string, after database.ID, limit int,
) ([]Recipient, error) {
	return database.Collect(scanFollower)(q.Query(ctx, `
		SELECT f.blog_id, f.actor_id, a.host, a.inbox, a.shared_inbox
		FROM remote_actors a
		JOIN followers f ON f.actor_id = a.id
		JOIN deliveries d ON d.blog_id = f.blog_id
		WHERE a.shared_inbox = ? AND a.inbox <> ? AND d.activity_id = ? AND d.inbox_hash = ? AND a.id > ?
		ORDER BY a.id
		LIMIT ?`, inbox, inbox, activity, database.Hash(inbox), after, limit))
}

// followersAt lists the actors with this personal inbox who follow a blog here.
func followersAt(ctx context.Context, q database.Querier, inbox string, limit int) ([]database.ID, error) {
	return database.Collect(func(row database.Scanner) (id database.ID, err error) { return id, row.Scan(&id) })(q.Query(ctx, `
		SELECT DISTINCT a.id
		FROM remote_actors a
		JOIN followers f ON f.actor_id = a.id
		WHERE a.inbox = ?
		LIMIT ?`, inbox, limit))
}

// followersOnHost lists the followings of people on exactly this host, after an actor's id. A
// person's followings stay together.
func followersOnHost(ctx context.Context, q database.Querier, host string, after database.ID, limit int) ([]Recipient, error) {
	return database.Collect(scanFollower)(q.Query(ctx, `
		SELECT f.blog_id, f.actor_id, a.host, a.inbox, a.shared_inbox
		FROM remote_actors a
		JOIN followers f ON f.actor_id = a.id
		WHERE a.host = ? AND a.id IN (
			SELECT id FROM (
				SELECT DISTINCT p.id
				FROM remote_actors p
				JOIN followers o ON o.actor_id = p.id
				WHERE p.host = ? AND p.id > ?
				ORDER BY p.id
				LIMIT ?
			) page
		)
		ORDER BY a.id`, host, host, after, limit))
}

func followerByURI(ctx context.Context, q database.Querier, uri string) (id database.ID, err error) {
	err = q.QueryRow(ctx, `
		SELECT a.id
		FROM remote_actors a
		JOIN followers f ON f.actor_id = a.id
		WHERE a.uri_hash = ?
		LIMIT 1`, database.Hash(uri)).Scan(&id)
	return id, err
}

func insertDeparture(ctx context.Context, q database.Querier, actor database.ID, now time.Time) error {
	_, err := q.Exec(ctx, `
		INSERT INTO departures (actor_id, due_at, strikes, created_at)
		VALUES (?, ?, 0, ?)`, actor, database.Millis(now), database.Millis(now))
	return err
}

func dueDepartures(ctx context.Context, q database.Querier, now time.Time, limit int) ([]departure, error) {
	return database.Collect(func(row database.Scanner) (d departure, err error) {
		return d, row.Scan(&d.actor, &d.uri, &d.strikes, &d.dueAt)
	})(q.Query(ctx, `
		SELECT d.actor_id, a.uri, d.strikes, d.due_at
		FROM departures d
		JOIN remote_actors a ON a.id = d.actor_id
		WHERE d.due_at <= ?
		ORDER BY d.due_at
		LIMIT ?`, database.Millis(now), limit))
}

// nextDeparture returns when the next follower is to be asked for.
func nextDeparture(ctx context.Context, q database.Querier) (time.Time, error) {
	return database.Earliest(q.QueryRow(ctx, `
		SELECT MIN(due_at)
		FROM departures`))
}

func postponeDeparture(ctx context.Context, q database.Querier, one departure, until time.Time) (bool, error) {
	n, err := q.Exec(ctx, `
		UPDATE departures
		SET due_at = ?
		WHERE actor_id = ? AND due_at = ?`, database.Millis(until), one.actor, one.dueAt)
	return n > 0, err
}

func countStrike(ctx context.Context, q database.Querier, actor database.ID) error {
	_, err := q.Exec(ctx, `
		UPDATE departures
		SET strikes = strikes + 1
		WHERE actor_id = ?`, actor)
	return err
}

func deleteDeparture(ctx context.Context, q database.Querier, actor database.ID) error {
	_, err := q.Exec(ctx, `
		DELETE FROM departures
		WHERE actor_id = ?`, actor)
	return err
}
