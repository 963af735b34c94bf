package moderation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

const authorizationColumns = `
SELECT q.id, q.blog_id, q.post_id, q.instrument_uri, q.actor_uri, q.created_at, q.revoked_at`

const selectAuthorization = authorizationColumns + `
FROM quotes q`

func scanAuthorization(row database.Scanner) (s Quote, err error) {
	var created, revoked int64
	err = row.Scan(&s.ID, &s.BlogID, &s.PostID, &s.Instrument, &s.Actor, &created, &revoked)
	s.CreatedAt, s.RevokedAt = database.Time(created), database.Time(revoked)
	return s, err
}

// AuthorizationOf finds the authorization of an object on a post; database.ErrNotFound where there
// is none, as for the other reads of one.
func AuthorizationOf(ctx context.Context, q database.Querier, instrument, postID string) (Quote, error) {
	return scanAuthorization(q.QueryRow(ctx, selectAuthorization+`
WHERE q.instrument_hash = ? AND q.post_id = ?`, database.Hash(instrument), postID))
}

func authorizationByID(ctx context.Context, q database.Querier, id database.ID) (Quote, error) {
	return scanAuthorization(q.QueryRow(ctx, selectAuthorization+`
WHERE q.id = ?`, id))
}

// authorizationsOf lists the good authorizations of an object: it may quote several posts, though
// hardly this many.
func authorizationsOf(ctx context.Context, q database.Querier, instrument string) ([]Quote, error) {
	return database.Collect(scanAuthorization)(q.Query(ctx, selectAuthorization+`
WHERE q.instrument_hash = ? AND q.revoked_at = 0
ORDER BY q.id
LIMIT 500`, database.Hash(instrument)))
}

// authorizationsOfActor lists good authorizations of an actor on a blog (0: on all).
func authorizationsOfActor(ctx context.Context, q database.Querier, actor string, blogID database.ID) ([]Quote, error) {
	return database.Collect(scanAuthorization)(q.Query(ctx, selectAuthorization+`
WHERE q.actor_hash = ? AND (? = 0 OR q.blog_id = ?) AND q.revoked_at = 0
ORDER BY q.id
LIMIT 500`, database.Hash(actor), blogID, blogID))
}

// authorizationsOfHost lists good authorizations of everybody on a host.
func authorizationsOfHost(ctx context.Context, q database.Querier, host string, blogID database.ID) ([]Quote, error) {
	return database.Collect(scanAuthorization)(q.Query(ctx, authorizationColumns+`
FROM remote_actors a
JOIN quotes q ON q.actor_hash = a.uri_hash
WHERE a.host = ? AND (? = 0 OR q.blog_id = ?) AND q.revoked_at = 0
ORDER BY q.id
LIMIT 500`, host, blogID, blogID))
}

func authorizationsAfter(ctx context.Context, q database.Querier, after database.ID, limit int) ([]Quote, error) {
	return database.Collect(scanAuthorization)(q.Query(ctx, selectAuthorization+`
WHERE q.id > ?
ORDER BY q.id
LIMIT ?`, after, limit))
}

// insertAuthorization returns thread.ErrRace where another transaction has just made it.
func insertAuthorization(ctx context.Context, q database.Querier, s Quote) error {
	_, err := q.Exec(ctx, `
INSERT INTO quotes (id, blog_id, post_id, instrument_hash, instrument_uri, actor_hash, actor_uri, created_at, revoked_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)`,
		s.ID, s.BlogID, s.PostID, database.Hash(s.Instrument), s.Instrument, database.Hash(s.Actor), s.Actor, database.Millis(s.CreatedAt))
	if errors.Is(err, database.ErrDuplicate) {
		return thread.ErrRace
	}
	if err != nil {
		return fmt.Errorf("store the leave to quote: %w", err)
	}
	return nil
}

func markRevoked(ctx context.Context, q database.Querier, id database.ID, now time.Time) error {
	rows, err := q.Exec(ctx, `
UPDATE quotes
SET revoked_at = ?
WHERE id = ? AND revoked_at = 0`, database.Millis(now), id)
	return thread.ExactlyOne(rows, err, "take back the leave to quote")
}

// VoidAuthorizations ends the authorizations of an actor who has left: there is nobody to tell.
func VoidAuthorizations(ctx context.Context, q database.Querier, actor string, now time.Time) error {
	_, err := q.Exec(ctx, `
UPDATE quotes
SET revoked_at = ?
WHERE actor_hash = ? AND revoked_at = 0`, database.Millis(now), database.Hash(actor))
	return err
}

// CountAuthorizations counts the permissions that an actor has had on a blog, up to max.
func CountAuthorizations(ctx context.Context, q database.Querier, blogID database.ID, actorURI string, max int) (n int, err error) {
	err = q.QueryRow(ctx, `
SELECT COUNT(*)
FROM (
	SELECT id
	FROM quotes
	WHERE actor_hash = ? AND blog_id = ?
	LIMIT ?) counted_ones`, database.Hash(actorURI), blogID, max).Scan(&n)
	return n, err
}
