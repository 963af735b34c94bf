package feeds

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/feeds/schedule"
	"github.com/bloghorn/bloghorn/server/database"
)

const (
	// outlived is how long after leaving the feed for newer ones a post's page is looked at first.
	outlived = time.Hour
	// recent is how old a post may be whose page is looked at for edits after it has left the feed.
	recent = 60 * 24 * time.Hour
)

// missingPost is that a known post is not in the feed; since is zero for one that is back.
type missingPost struct {
	id    string
	since time.Time
	polls int
}

// wantedCheck is that a post's page should be read.
type wantedCheck struct {
	postID string
	at     time.Time
}

// missing says which posts have left the feed and which are back. A post that should be listed is counted at each poll; one that newer
// posts have pushed out is not, and is never deleted: its page is only looked at for edits. What a held item may be is left alone.
func (r *reconciler) missing() (changed []missingPost, looks []wantedCheck, missing int) {
	oldest, unsettled := r.oldestListed(), r.unsettled()
	for at, p := range r.posts {
		switch {
		case p.removed || unsettled[p.id]:
		case r.taken[at] && !p.absentSince.IsZero():
			changed = append(changed, missingPost{id: p.id})
		case r.taken[at] || at >= r.around:
		case p.publishedAt.After(oldest):
			missing++
			is := missingPost{id: p.id, since: p.absentSince, polls: p.absentPolls + 1}
			if is.since.IsZero() {
				is.since = r.now
				looks = append(looks, wantedCheck{p.id, r.now})
			}
			changed = append(changed, is)
		case p.absentSince.IsZero():
			changed = append(changed, missingPost{id: p.id, since: r.now})
			looks = append(looks, r.finalCheck(p)...)
		}
	}
	return changed, looks, missing
}

// scrolledOut says which posts newer ones have pushed out of a feed that lists nothing known, as a
// feed of one item does with each post. None is missing: two readings that do not overlap say
// nothing about what lies between.
func (r *reconciler) scrolledOut() (changed []missingPost, looks []wantedCheck) {
	var oldest time.Time
	for i, it := range r.items {
		if _, isKnown := r.found[i]; isKnown {
			return nil, nil // it may be one of them
		}
		at := it.PublishedAt
		if at.IsZero() || at.After(r.now) {
			at = r.now
		}
		if oldest.IsZero() || at.Before(oldest) {
			oldest = at
		}
	}
	for at, p := range r.posts[:r.around] {
		if !r.taken[at] && p.absentSince.IsZero() && p.publishedAt.Before(oldest) {
			changed = append(changed, missingPost{id: p.id, since: r.now})
			looks = append(looks, r.finalCheck(p)...)
		}
	}
	return changed, looks
}

// finalCheck is the check for edits at the page of a post that newer ones have pushed out, if it is
// young enough to be edited. One that waits to be announced is looked at before.
func (r *reconciler) finalCheck(p stored) []wantedCheck {
	if at := schedule.PageBefore(p.dueAt, r.now); p.waits(r.now) && !at.IsZero() {
		return []wantedCheck{{p.id, at}}
	}
	if p.held || r.now.Sub(p.publishedAt) >= recent {
		return nil
	}
	return []wantedCheck{{p.id, r.now.Add(outlived)}}
}

// unsettled are the posts that a held item, or a doubtful one of now, may be.
func (r *reconciler) unsettled() map[string]bool {
	ids := map[string]bool{}
	for _, p := range r.posts {
		if p.held && !p.removed {
			ids[p.heldLike] = true
		}
	}
	for _, p := range r.found {
		if p.isDoubtful() {
			ids[r.posts[p.post].id] = true
		}
	}
	return ids
}

// recordMissing stores what one poll has found out about a post; false where the post is no more.
func recordMissing(ctx context.Context, q database.Querier, a missingPost) (bool, error) {
	n, err := q.Exec(ctx, `
UPDATE posts
SET absent_since = ?, absent_polls = ?
WHERE id = ?`, database.Millis(a.since), a.polls, a.id)
	return n > 0, err
}

// confirmMissing counts a poll that found the feed as it was: what was missing is still missing.
func confirmMissing(ctx context.Context, q database.Querier, blogID database.ID, now time.Time) error {
	_, err := q.Exec(ctx, `
UPDATE posts
SET absent_polls = absent_polls + 1
WHERE blog_id = ? AND absent_since > ? AND absent_polls > 0 AND removed_at = 0`,
		blogID, database.Millis(now.Add(-absenceRemembered)))
	return err
}

// dropWithdrawn forgets held posts that their feed has taken back before anybody saw them, by the rule for missing posts.
func dropWithdrawn(ctx context.Context, q database.Querier, blogID database.ID, now time.Time) error {
	ids, err := database.Collect(func(row database.Scanner) (id string, err error) {
		return id, row.Scan(&id)
	})(q.Query(ctx, `
SELECT id
FROM posts
WHERE blog_id = ? AND absent_since > 0 AND absent_since <= ? AND absent_polls >= ? AND held_at > 0
LIMIT ?`, blogID, database.Millis(now.Add(-goneAfter)), gonePolls, maxAround))
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := dropHeld(ctx, q, id); err != nil {
			return err
		}
	}
	return nil
}

// dropHeld forgets a held post that its feed has withdrawn. It is false where nothing holds it any more.
func dropHeld(ctx context.Context, q database.Querier, id string) (bool, error) {
	n, err := q.Exec(ctx, `
DELETE FROM posts
WHERE id = ? AND held_at > 0`, id)
	if err != nil || n == 0 {
		return false, err
	}
	if _, err = q.Exec(ctx, `
DELETE FROM post_aliases
WHERE post_id = ?`, id); err != nil {
		return false, err
	}
	return true, forgetPage(ctx, q, id)
}
