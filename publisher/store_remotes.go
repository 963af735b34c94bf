package publisher

import (
	"context"
	"errors"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// inBatch bounds the values of one IN list.
const inBatch = 500

const selectRemoteActor = `
	SELECT id, uri, host, type, username, handle, name, url, avatar_url, inbox, shared_inbox, followers_uri, fetched_at, gone_at,
		no_index, hides_unlisted, hides_public
	FROM remote_actors`

func scanRemoteActor(row database.Scanner) (RemoteActor, error) {
	var a RemoteActor
	var fetched, gone int64
	err := row.Scan(&a.ID, &a.URI, &a.Host, &a.Type, &a.Username, &a.Handle, &a.Name, &a.URL, &a.AvatarURL,
		&a.Inbox, &a.SharedInbox, &a.FollowersURI, &fetched, &gone,
		&a.Wishes.NoIndex, &a.Wishes.HidesUnlisted, &a.Wishes.HidesPublic)
	a.FetchedAt, a.GoneAt = database.Time(fetched), database.Time(gone)
	return a, err
}

func remoteActorByURI(ctx context.Context, q database.Querier, uri string) (RemoteActor, error) {
	return scanRemoteActor(q.QueryRow(ctx, selectRemoteActor+`
	WHERE uri_hash = ?`, database.Hash(uri)))
}

// remoteActorsByID takes at most inBatch ids, and at least one.
func remoteActorsByID(ctx context.Context, q database.Querier, ids []database.ID) ([]RemoteActor, error) {
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	return database.Collect(scanRemoteActor)(q.Query(ctx, selectRemoteActor+`
	WHERE id IN (`+database.Marks(len(ids))+`)
	LIMIT ?`, append(args, len(ids))...))
}

// saveRemoteActor stores a, or what is new about it, and returns the id of its row.
func saveRemoteActor(ctx context.Context, q database.Querier, a RemoteActor) (database.ID, error) {
	rows, err := updateRemoteActor(ctx, q, a)
	if err == nil && rows == 0 {
		a.ID = database.NewID(a.FetchedAt)
		err = insertRemoteActor(ctx, q, a)
		if err == nil {
			return a.ID, nil
		}
		if errors.Is(err, database.ErrDuplicate) { // another transaction met the same actor
			_, err = updateRemoteActor(ctx, q, a)
		}
	}
	if err != nil {
		return 0, err
	}
	stored, err := remoteActorByURI(ctx, q, a.URI)
	return stored.ID, err
}

// updateRemoteActor looks at shared_gone_at first: MySQL evaluates from left to right, with the values already set.
func updateRemoteActor(ctx context.Context, q database.Querier, a RemoteActor) (int64, error) {
	return q.Exec(ctx, `
		UPDATE remote_actors
		SET shared_gone_at = CASE WHEN shared_inbox = ? THEN shared_gone_at ELSE 0 END,
			type = ?, username = ?, handle = ?, name = ?, url = ?, avatar_url = ?, inbox = ?, shared_inbox = ?, followers_uri = ?,
			fetched_at = ?, gone_at = 0, no_index = ?, hides_unlisted = ?, hides_public = ?
		WHERE uri_hash = ?`,
		a.SharedInbox, a.Type, a.Username, a.Handle, a.Name, a.URL, a.AvatarURL, a.Inbox, a.SharedInbox, a.FollowersURI,
		database.Millis(a.FetchedAt), a.Wishes.NoIndex, a.Wishes.HidesUnlisted, a.Wishes.HidesPublic, database.Hash(a.URI))
}

func insertRemoteActor(ctx context.Context, q database.Querier, a RemoteActor) error {
	_, err := q.Exec(ctx, `
		INSERT INTO remote_actors (id, uri_hash, uri, host, type, username, handle, name, url, avatar_url, inbox, shared_inbox,
			followers_uri, fetched_at, gone_at, no_index, hides_unlisted, hides_public)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)`,
		a.ID, database.Hash(a.URI), a.URI, a.Host, a.Type, a.Username, a.Handle, a.Name, a.URL, a.AvatarURL, a.Inbox, a.SharedInbox,
		a.FollowersURI, database.Millis(a.FetchedAt), a.Wishes.NoIndex, a.Wishes.HidesUnlisted, a.Wishes.HidesPublic)
	return err
}

func markGone(ctx context.Context, q database.Querier, uri string, now time.Time) error {
	_, err := q.Exec(ctx, `
		UPDATE remote_actors
		SET gone_at = ?
		WHERE uri_hash = ?`,
		database.Millis(now), database.Hash(uri))
	return err
}

func forgetProfile(ctx context.Context, q database.Querier, uri string, now time.Time) error {
	_, err := q.Exec(ctx, `
		UPDATE remote_actors
		SET gone_at = ?, name = '', avatar_url = ''
		WHERE uri_hash = ?`,
		database.Millis(now), database.Hash(uri))
	return err
}
