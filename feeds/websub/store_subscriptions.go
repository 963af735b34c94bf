package websub

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
)

// maxPerBlog bounds how many hubs of one blog are looked at; old ones go away with their leases.
const maxPerBlog = 20

const selectSubscription = `
SELECT id, blog_id, hub_url, topic_url, token, secret, state, next_at, lease_until, failures, failing_since, last_error, verified_at,
	expires_at, pushed_at, created_at
FROM subscriptions`

func scanSubscription(row database.Scanner) (s Subscription, err error) {
	var next sql.NullInt64
	var lease, failing, verified, expires, pushed, created int64
	err = row.Scan(&s.ID, &s.BlogID, &s.Hub.URL, &s.Hub.Topic, &s.Token, &s.Secret, &s.State, &next, &lease, &s.Failures, &failing,
		&s.LastError, &verified, &expires, &pushed, &created)
	s.NextAt, s.LeaseUntil, s.FailingSince = database.Time(next.Int64), database.Time(lease), database.Time(failing)
	s.VerifiedAt, s.ExpiresAt, s.PushedAt = database.Time(verified), database.Time(expires), database.Time(pushed)
	s.CreatedAt = database.Time(created)
	return s, err
}

// Of lists the subscriptions of a blog, newest first: the one its feed names now, and those that
// are being left.
func Of(ctx context.Context, q database.Querier, blogID database.ID) ([]Subscription, error) {
	return database.Collect(scanSubscription)(q.Query(ctx, selectSubscription+`
WHERE blog_id = ?
ORDER BY created_at DESC, id DESC
LIMIT ?`, blogID, maxPerBlog))
}

// byToken returns database.ErrNotFound for a token that was never given out.
func byToken(ctx context.Context, q database.Querier, token string) (Subscription, error) {
	return scanSubscription(q.QueryRow(ctx, selectSubscription+`
WHERE token_hash = ?`, database.Hash(token)))
}

// due lists what is due and nobody is doing, the longest due first.
func due(ctx context.Context, q database.Querier, now time.Time, limit int) ([]Subscription, error) {
	return database.Collect(scanSubscription)(q.Query(ctx, selectSubscription+`
WHERE next_at <= ? AND lease_until <= ?
ORDER BY next_at
LIMIT ?`, database.Millis(now), database.Millis(now), limit))
}

// soonest returns when the next subscription is due; one that a process is working on is due again
// when its lease ends.
func soonest(ctx context.Context, q database.Querier) (time.Time, error) {
	return database.Earliest(q.QueryRow(ctx, `
SELECT MIN(CASE WHEN lease_until > next_at THEN lease_until ELSE next_at END)
FROM (
	SELECT next_at, lease_until
	FROM subscriptions
	WHERE next_at IS NOT NULL
	ORDER BY next_at
	LIMIT ?
) soonest`, database.MaxLeased))
}

// insert makes a new subscription; one of that name that is there already stays as it is.
func insert(ctx context.Context, q database.Querier, blogID database.ID, hub parser.Hub, now time.Time) error {
	token := rand.Text() // 130 bits each
	_, err := q.Exec(ctx, `
INSERT INTO subscriptions (id, blog_id, hub_url, topic_url, name_hash, token, token_hash, secret, state, next_at, lease_until, failures,
	failing_since, last_error, verified_at, expires_at, pushed_at, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, '', 0, 0, 0, ?)`,
		database.NewID(now), blogID, hub.URL, hub.Topic, hub.Name(), token, database.Hash(token), rand.Text(), Wanted, database.Millis(now),
		database.Millis(now))
	if errors.Is(err, database.ErrDuplicate) {
		return nil
	}
	return err
}

// claim takes the lease of a subscription as it was read; false means that somebody else was
// faster.
func claim(ctx context.Context, q database.Querier, s Subscription, until time.Time) (bool, error) {
	n, err := q.Exec(ctx, `
UPDATE subscriptions
SET lease_until = ?
WHERE id = ? AND lease_until = ? AND next_at = ?`,
		database.Millis(until), s.ID, database.Millis(s.LeaseUntil), database.Millis(s.NextAt))
	return n == 1, err
}

// settle records the outcome of a request and ends its lease. was is what it began with: where the
// hub has confirmed or refused meanwhile, as some do before they answer, that stays.
func settle(ctx context.Context, q database.Querier, was, s Subscription) error {
	n, err := q.Exec(ctx, `
UPDATE subscriptions
SET state = ?, next_at = ?, lease_until = 0, failures = ?, failing_since = ?, last_error = ?
WHERE id = ? AND lease_until = ? AND verified_at = ? AND state = ?`,
		s.State, millisOrNull(s.NextAt), s.Failures, database.Millis(s.FailingSince), s.LastError,
		s.ID, database.Millis(was.LeaseUntil), database.Millis(was.VerifiedAt), was.State)
	if err != nil || n == 1 {
		return err
	}
	_, err = q.Exec(ctx, `
UPDATE subscriptions
SET lease_until = 0
WHERE id = ? AND lease_until = ?`, s.ID, database.Millis(was.LeaseUntil))
	return err
}

// change records what a hub or a feed has said about a subscription, whoever is working on it: only
// its lease stays. was is how it was read. It is database.ErrConflict where the other of the two
// has said something since, which counts first.
func change(ctx context.Context, q database.Querier, was, s Subscription) error {
	n, err := q.Exec(ctx, `
UPDATE subscriptions
SET state = ?, next_at = ?, failures = ?, failing_since = ?, last_error = ?, verified_at = ?, expires_at = ?
WHERE id = ? AND verified_at = ? AND state = ?`,
		s.State, millisOrNull(s.NextAt), s.Failures, database.Millis(s.FailingSince), s.LastError, database.Millis(s.VerifiedAt),
		database.Millis(s.ExpiresAt), s.ID, database.Millis(was.VerifiedAt), was.State)
	if err == nil && n == 0 {
		err = overtaken(was)
	}
	return err
}

// remove forgets a subscription, if its state is the one that was read; else it is
// database.ErrConflict.
func remove(ctx context.Context, q database.Querier, was Subscription) error {
	n, err := q.Exec(ctx, `
DELETE FROM subscriptions
WHERE id = ? AND state = ?`, was.ID, was.State)
	if err == nil && n == 0 {
		err = overtaken(was)
	}
	return err
}

func overtaken(was Subscription) error {
	return fmt.Errorf("%w: the subscription is not %s any more", database.ErrConflict, was.State)
}

func notePush(ctx context.Context, q database.Querier, id database.ID, now time.Time) error {
	_, err := q.Exec(ctx, `
UPDATE subscriptions
SET pushed_at = ?
WHERE id = ?`, database.Millis(now), id)
	return err
}

func millisOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return database.Millis(t)
}

// short is text that fits the column.
func short(text string) string {
	runes := []rune(strings.ToValidUTF8(text, "?"))
	return string(runes[:min(len(runes), 500)])
}
