package thread

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
)

// Bump makes a thread one version newer and adds to its counts, in the transaction of what changed
// it. The counts are added up and not counted anew: under a popular post a count reads thousands of
// rows for each like, and on MySQL it locks them.
func Bump(ctx context.Context, q database.Querier, postID string, c Counts, now time.Time) error {
	feeds.NoteChange(postID)
	rows, err := q.Exec(ctx, `
UPDATE threads
SET version = version + 1, replies = replies + ?, likes = likes + ?, boosts = boosts + ?, quotes = quotes + ?, changed_at = ?
WHERE post_id = ?`, c.Replies, c.Likes, c.Boosts, c.Quotes, database.Millis(now), postID)
	if err == nil && rows == 0 {
		_, err = q.Exec(ctx, `
INSERT INTO threads (post_id, version, replies, likes, boosts, quotes, changed_at)
VALUES (?, 1, ?, ?, ?, ?, ?)`, postID, c.Replies, c.Likes, c.Boosts, c.Quotes, database.Millis(now))
	}
	if errors.Is(err, database.ErrDuplicate) {
		return ErrRace
	}
	if err != nil {
		return fmt.Errorf("count in the thread: %w", err)
	}
	return nil
}

// Renew makes the thread of a reply newer that goes to another status, where readers may see it.
func Renew(ctx context.Context, q database.Querier, r Reply, to string, now time.Time) error {
	if seen, err := isSeen(ctx, q, r.RootID, r.SortAt, r.Status, to); err != nil || !seen {
		return err
	}
	return Bump(ctx, q, r.PostID, Moved(r.Kind, r.Status, to), now)
}

// Changes collects what happens to several threads in one transaction, so that each gets one new
// version.
type Changes map[string]Counts

// Add notes a change of the counts of a post.
func (c Changes) Add(postID string, by Counts) {
	n := c[postID]
	c[postID] = n.plus(by)
}

// Turn adds what readers may see of a reply that goes to another status.
func (c Changes) Turn(ctx context.Context, q database.Querier, r Authored, to string) error {
	seen, err := isSeen(ctx, q, r.Root, r.SortAt, r.Status, to)
	if seen {
		c.Add(r.PostID, Moved(r.Kind, r.Status, to))
	}
	return err
}

// Apply bumps the threads, always in the same order, so that two such transactions cannot wait for
// each other.
func (c Changes) Apply(ctx context.Context, q database.Querier, now time.Time) error {
	for _, postID := range slices.Sorted(maps.Keys(c)) {
		if err := Bump(ctx, q, postID, c[postID], now); err != nil {
			return err
		}
	}
	return nil
}

// shownURIs lists the ids of the shown replies of a post, oldest first. A quote is no reply, to
// other servers either.
func shownURIs(ctx context.Context, q database.Querier, postID string, limit, offset int) ([]string, error) {
	return database.Collect(func(row database.Scanner) (uri string, err error) {
		return uri, row.Scan(&uri)
	})(q.Query(ctx, `
SELECT object_uri
FROM replies
WHERE post_id = ? AND status = ? AND kind = ?
ORDER BY published_at, id
LIMIT ? OFFSET ?`, postID, Shown, KindReply, limit, offset))
}

// skeletons reads of replies that are not on a page no more than how they hang together, and whose
// they are.
func skeletons(ctx context.Context, q database.Querier, ids []database.ID) ([]Item, error) {
	var all []Item
	for chunk := range slices.Chunk(ids, MaxIDs) {
		some, err := database.Collect(func(row database.Scanner) (i Item, err error) {
			var published int64
			err = row.Scan(&i.ID, &i.BlogID, &i.PostID, &i.ParentID, &i.RootID, &i.AuthorID, &i.Status, &published)
			i.PublishedAt, i.OtherPage = database.Time(published), i.Status == Shown
			return i, err
		})(q.Query(ctx, `
SELECT id, blog_id, post_id, parent_id, root_id, author_id, status, published_at
FROM replies
WHERE id IN (`+database.Marks(len(chunk))+`)`, database.Args(chunk)...))
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// reactionCounts counts the likes and boosts of replies that readers see.
func reactionCounts(ctx context.Context, q database.Querier, ids []database.ID) (map[database.ID]Counts, error) {
	counts := map[database.ID]Counts{}
	for chunk := range slices.Chunk(ids, MaxIDs) {
		_, err := database.Collect(func(row database.Scanner) (_ struct{}, err error) {
			var id database.ID
			var kind string
			var n int
			err = row.Scan(&id, &kind, &n)
			counts[id] = counts[id].plus(KindNamed(kind).Adds.times(n))
			return struct{}{}, err
		})(q.Query(ctx, `
SELECT reply_id, kind, COUNT(*)
FROM reactions
WHERE state = ? AND reply_id IN (`+database.Marks(len(chunk))+`)
GROUP BY reply_id, kind`, append([]any{ReactionShown}, database.Args(chunk)...)...))
		if err != nil {
			return nil, err
		}
	}
	return counts, nil
}
