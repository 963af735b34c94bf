package remote

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// InBatch bounds the values of one IN list.
const InBatch = 500

const selectActor = `
	SELECT id, uri, host, type, username, handle, name, url, avatar_url, inbox, shared_inbox, followers_uri, fetched_at, gone_at,
		no_index, hides_unlisted, hides_public
	FROM remote_actors`

func scanActor(row database.Scanner) (Actor, error) {
	var a Actor
	var fetched, gone int64
	err := row.Scan(&a.ID, &a.URI, &a.Host, &a.Type, &a.Username, &a.Handle, &a.Name, &a.URL, &a.AvatarURL,
		&a.Inbox, &a.SharedInbox, &a.FollowersURI, &fetched, &gone,
		&a.Preferences.NoIndex, &a.Preferences.HidesUnlisted, &a.Preferences.HidesPublic)
	a.FetchedAt, a.GoneAt = database.Time(fetched), database.Time(gone)
	return a, err
}

func ActorByURI(ctx context.Context, q database.Querier, uri string) (Actor, error) {
	return scanActor(q.QueryRow(ctx, selectActor+`
	WHERE uri_hash = ?`, database.Hash(uri)))
}

// isHostMet says whether we know somebody at a host.
func isHostMet(ctx context.Context, q database.Querier, host string) (bool, error) {
	var one int
	err := q.QueryRow(ctx, `
	SELECT 1
	FROM remote_actors
	WHERE host = ?
	LIMIT 1`, host).Scan(&one)
	if errors.Is(err, database.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for somebody at %s: %w", host, err)
	}
	return true, nil
}

// ActorByInbox is one whose own inbox this is; database.ErrNotFound where we know none.
func ActorByInbox(ctx context.Context, q database.Querier, inbox string) (Actor, error) {
	return scanActor(q.QueryRow(ctx, selectActor+`
	WHERE inbox = ?
	LIMIT 1`, inbox))
}

// ActorRows takes at most inBatch ids, and at least one.
func ActorRows(ctx context.Context, q database.Querier, ids []database.ID) ([]Actor, error) {
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	return database.Collect(scanActor)(q.Query(ctx, selectActor+`
	WHERE id IN (`+database.Marks(len(ids))+`)
	LIMIT ?`, append(args, len(ids))...))
}

// saveActor stores a, or what is new about it, and returns the id of its row. Where the row
// is newer than a.FetchedAt, it stays, and is returned with false.
func saveActor(ctx context.Context, q database.Querier, a Actor) (Actor, bool, error) {
	rows, err := updateActor(ctx, q, a)
	if err == nil && rows == 0 {
		a.ID = database.NewID(a.FetchedAt)
		err = insertActor(ctx, q, a)
		if err == nil {
			return a, true, nil
		}
		if errors.Is(err, database.ErrDuplicate) { // another transaction met the same actor, or its row is newer
			rows, err = updateActor(ctx, q, a)
		}
	}
	if err != nil {
		return a, false, err
	}
	stored, err := ActorByURI(ctx, q, a.URI)
	switch {
	case errors.Is(err, database.ErrNotFound): // on MySQL a transaction does not see a row that came after its first read
		return a, false, fmt.Errorf("%w: another transaction has met %s", database.ErrConflict, a.URI)
	case err != nil || rows == 0:
		return stored, false, err
	}
	a.ID = stored.ID
	return a, true, nil
}

// updateActor leaves a row alone that is newer: what was asked for earlier may come later,
// and must not undo an Update or a Delete. A row from far in the future was written by a wrong
// clock and is not newer. It looks at shared_gone_at first: MySQL evaluates from
// left to right, with the values already set.
func updateActor(ctx context.Context, q database.Querier, a Actor) (int64, error) {
	return q.Exec(ctx, `
		UPDATE remote_actors
		SET shared_gone_at = CASE WHEN shared_inbox = ? THEN shared_gone_at ELSE 0 END,
			type = ?, username = ?, handle = ?, name = ?, url = ?, avatar_url = ?, inbox = ?, shared_inbox = ?, followers_uri = ?,
			fetched_at = ?, gone_at = 0, no_index = ?, hides_unlisted = ?, hides_public = ?
		WHERE uri_hash = ? AND (fetched_at <= ? AND gone_at <= ? OR fetched_at > ? OR gone_at > ?)`,
		a.SharedInbox, a.Type, a.Username, a.Handle, a.Name, a.URL, a.AvatarURL, a.Inbox, a.SharedInbox, a.FollowersURI,
		database.Millis(a.FetchedAt), a.Preferences.NoIndex, a.Preferences.HidesUnlisted, a.Preferences.HidesPublic, database.Hash(a.URI),
		database.Millis(a.FetchedAt), database.Millis(a.FetchedAt),
		database.Millis(a.FetchedAt.Add(ClocksDiffer)), database.Millis(a.FetchedAt.Add(ClocksDiffer)))
}

func insertActor(ctx context.Context, q database.Querier, a Actor) error {
	_, err := q.Exec(ctx, `
		INSERT INTO remote_actors (id, uri_hash, uri, host, type, username, handle, name, url, avatar_url, inbox, shared_inbox,
			followers_uri, fetched_at, gone_at, no_index, hides_unlisted, hides_public)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)`,
		a.ID, database.Hash(a.URI), a.URI, a.Host, a.Type, a.Username, a.Handle, a.Name, a.URL, a.AvatarURL, a.Inbox, a.SharedInbox,
		a.FollowersURI, database.Millis(a.FetchedAt), a.Preferences.NoIndex, a.Preferences.HidesUnlisted, a.Preferences.HidesPublic)
	return err
}

// markGone is false where the actor was seen after that time.
func markGone(ctx context.Context, q database.Querier, uri string, at time.Time) (bool, error) {
	n, err := q.Exec(ctx, `
		UPDATE remote_actors
		SET gone_at = CASE WHEN gone_at > ? THEN gone_at ELSE ? END
		WHERE uri_hash = ? AND (fetched_at <= ? OR fetched_at > ?)`,
		database.Millis(at), database.Millis(at), database.Hash(uri), database.Millis(at), database.Millis(at.Add(ClocksDiffer)))
	return n > 0, err
}

func forgetProfile(ctx context.Context, q database.Querier, uri string, now time.Time) error {
	_, err := q.Exec(ctx, `
		UPDATE remote_actors
		SET gone_at = ?, name = '', avatar_url = ''
		WHERE uri_hash = ?`,
		database.Millis(now), database.Hash(uri))
	return err
}

// keepActor makes the row of an actor newer by a moment, and says whether it is there.
func keepActor(ctx context.Context, q database.Querier, id database.ID) (bool, error) {
	rows, err := q.Exec(ctx, `
		UPDATE remote_actors
		SET fetched_at = fetched_at + 1
		WHERE id = ?`, id)
	return rows > 0, err
}

// dropActor deletes the row of an actor if it is still as old as it was.
func dropActor(ctx context.Context, q database.Querier, a Actor) error {
	_, err := q.Exec(ctx, `
		DELETE FROM remote_actors
		WHERE id = ? AND fetched_at = ?`, a.ID, database.Millis(a.FetchedAt))
	return err
}

// suspectFollower plans to ask for an actor again, if they follow a blog here (followers.Pruning
// has the rule).
func suspectFollower(ctx context.Context, q database.Querier, uri string, due time.Time) error {
	_, err := q.Exec(ctx, `
		INSERT INTO departures (actor_id, due_at, strikes, created_at)
		SELECT a.id, ?, 0, ?
		FROM remote_actors a
		WHERE a.uri_hash = ? AND EXISTS (
			SELECT 1
			FROM followers f
			WHERE f.actor_id = a.id
		)`, database.Millis(due), database.Millis(due), database.Hash(uri))
	if errors.Is(err, database.ErrDuplicate) {
		return nil // it is planned already
	}
	return err
}
