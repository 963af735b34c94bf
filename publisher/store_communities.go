package publisher

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

func insertCommunity(ctx context.Context, q database.Querier, c Community) error {
	_, err := q.Exec(ctx, `
		INSERT INTO communities (blog_id, actor_uri, follow_uri, follow_hash, state, asked_at, answered_at)
		VALUES (?, ?, ?, ?, ?, ?, 0)`,
		c.BlogID, c.ActorURI, c.FollowURI, database.Hash(c.FollowURI), c.State, database.Millis(c.AskedAt))
	return err
}

func deleteCommunity(ctx context.Context, q database.Querier, blogID database.ID) error {
	_, err := q.Exec(ctx, `
		DELETE FROM communities
		WHERE blog_id = ?`, blogID)
	return err
}

// joined lists which blog (0: every blog) posts into which group, after a blog's id.
func joined(ctx context.Context, q database.Querier, blogID, after database.ID, limit int) ([]Community, error) {
	return database.Collect(func(row database.Scanner) (c Community, err error) { return c, row.Scan(&c.BlogID, &c.ActorURI) })(q.Query(ctx, `
		SELECT blog_id, actor_uri
		FROM communities
		WHERE (? = 0 OR blog_id = ?) AND blog_id > ?
		ORDER BY blog_id
		LIMIT ?`, blogID, blogID, after, limit))
}

func communityOf(ctx context.Context, q database.Querier, blogID database.ID) (c Community, err error) {
	var asked, answered int64
	err = q.QueryRow(ctx, `
		SELECT blog_id, actor_uri, follow_uri, state, asked_at, answered_at
		FROM communities
		WHERE blog_id = ?`, blogID).Scan(&c.BlogID, &c.ActorURI, &c.FollowURI, &c.State, &asked, &answered)
	c.AskedAt, c.AnsweredAt = database.Time(asked), database.Time(answered)
	return c, err
}

func answerCommunity(ctx context.Context, q database.Querier, group, followURI, state string, now time.Time) (bool, error) {
	rows, err := q.Exec(ctx, `
		UPDATE communities
		SET state = ?, answered_at = ?
		WHERE follow_hash = ? AND actor_uri = ?`, state, database.Millis(now), database.Hash(followURI), group)
	return rows > 0, err
}
