package crawl

import (
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
)

// whoIsUnused selects of some actors those of whom nothing is here any more: who has undone and
// deleted all, and is not blocked. A reply that was deleted still names its author.
const whoIsUnused = `
	AND NOT EXISTS (SELECT 1 FROM replies WHERE author_id = a.id)
	AND NOT EXISTS (SELECT 1 FROM reactions WHERE actor_id = a.id)
	AND NOT EXISTS (SELECT 1 FROM followers WHERE actor_id = a.id)
	AND NOT EXISTS (SELECT 1 FROM departures WHERE actor_id = a.id)
	AND NOT EXISTS (SELECT 1 FROM communities WHERE actor_uri = a.uri)
	AND NOT EXISTS (SELECT 1 FROM quotes WHERE actor_hash = a.uri_hash)
	AND NOT EXISTS (SELECT 1 FROM adopted_accounts WHERE actor_hash = a.uri_hash)
	AND NOT EXISTS (SELECT 1 FROM blocks WHERE kind = 'actor' AND value_hash = a.uri_hash)`

// forgetUnusedActors lets go of the actors of whom nothing is here and who were not heard of for
// long: anybody with a domain has as many as they like. It goes through all of them.
func forgetUnusedActors(ctx context.Context, db *database.DB, now time.Time) error {
	before := now.Add(-bounds.UnusedActorFor)
	for after := database.ID(0); ; {
		page, err := database.Collect(database.ScanID)(db.Query(ctx, `
SELECT id
FROM remote_actors
WHERE id > ?
ORDER BY id
LIMIT ?`, after, thread.MaxIDs))
		if err != nil || len(page) == 0 {
			return err
		}
		after = page[len(page)-1]
		unused, err := database.Collect(func(row database.Scanner) (a remote.Actor, err error) {
			var fetched int64
			err = row.Scan(&a.ID, &fetched)
			a.FetchedAt = database.Time(fetched)
			return a, err
		})(db.Query(ctx, `
SELECT id, fetched_at
FROM remote_actors a
WHERE id IN (`+database.Marks(len(page))+`) AND fetched_at < ?`+whoIsUnused+`
LIMIT ?`, append(database.Args(page), database.Millis(before), thread.MaxIDs)...))
		if err != nil {
			return err
		}
		for _, a := range unused {
			if err := remote.DropActor(ctx, db, a); err != nil {
				return fmt.Errorf("let go of an actor: %w", err)
			}
		}
	}
}

// usedHosts are those of all the actors that are left, and of their inboxes.
func usedHosts(ctx context.Context, q database.Querier) (map[string]bool, error) {
	used := map[string]bool{}
	for after := database.ID(0); ; {
		page, err := database.Collect(func(row database.Scanner) (a remote.Actor, err error) {
			return a, row.Scan(&a.ID, &a.URI, &a.Inbox, &a.SharedInbox)
		})(q.Query(ctx, `
SELECT id, uri, inbox, shared_inbox
FROM remote_actors
WHERE id > ?
ORDER BY id
LIMIT ?`, after, thread.MaxIDs))
		if err != nil || len(page) == 0 {
			return used, err
		}
		for _, a := range page {
			used[activitypub.Host(a.URI)], used[activitypub.Host(a.Inbox)], used[activitypub.Host(a.SharedInbox)] = true, true, true
		}
		after = page[len(page)-1].ID
	}
}
