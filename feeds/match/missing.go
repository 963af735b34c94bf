package match

import (
	"time"

	"github.com/bloghorn/bloghorn/feeds/schedule"
)

const (
	// PageCheckAfter is how long after leaving the feed for newer ones a post's page is looked at
	// first.
	PageCheckAfter = time.Hour
	// recent is how old a post may be whose page is looked at for edits after it has left the feed.
	recent = 60 * 24 * time.Hour
)

// Missing is that a known post is not in the feed; since is zero for one that is back.
type Missing struct {
	ID      string
	Since   time.Time
	Polls   int
	CheckAt time.Time // when its page should be read; zero where that need not be
}

// Missing says which posts have left the feed and which are back. A post that should be listed is
// counted at each poll; one that newer posts have pushed out is not, and is never deleted: its page
// is only looked at for edits. What a held item may be is left alone.
func (r *Matcher) Missing() (changed []Missing, missing int) {
	oldest, unsettled := r.oldestListed(), r.unsettled()
	for at, p := range r.posts {
		switch {
		case p.Removed || unsettled[p.ID]:
		case r.taken[at] && !p.AbsentSince.IsZero():
			changed = append(changed, Missing{ID: p.ID})
		case r.taken[at] || at >= r.around:
		case p.PublishedAt.After(oldest):
			missing++
			is := Missing{ID: p.ID, Since: p.AbsentSince, Polls: p.AbsentPolls + 1}
			if is.Since.IsZero() {
				is.Since, is.CheckAt = r.Now, r.Now
			}
			changed = append(changed, is)
		case p.AbsentSince.IsZero():
			changed = append(changed, Missing{ID: p.ID, Since: r.Now, CheckAt: r.finalCheck(p)})
		}
	}
	return changed, missing
}

// ScrolledOut says which posts newer ones have pushed out of a feed that lists nothing known, as a
// feed of one item does with each post. None is missing: two readings that do not overlap say
// nothing about what lies between.
func (r *Matcher) ScrolledOut() (changed []Missing) {
	var oldest time.Time
	for i, it := range r.Items {
		if _, isKnown := r.found[i]; isKnown {
			return nil // it may be one of them
		}
		at := it.PublishedAt
		if at.IsZero() || at.After(r.Now) {
			at = r.Now
		}
		if oldest.IsZero() || at.Before(oldest) {
			oldest = at
		}
	}
	for at, p := range r.Listed() {
		if !r.taken[at] && p.AbsentSince.IsZero() && p.PublishedAt.Before(oldest) {
			changed = append(changed, Missing{ID: p.ID, Since: r.Now, CheckAt: r.finalCheck(p)})
		}
	}
	return changed
}

// finalCheck is when the page of a post that newer ones have pushed out is read for edits, if it is
// young enough to be edited. One that waits to be announced is looked at before.
func (r *Matcher) finalCheck(p Known) time.Time {
	if at := schedule.PageBefore(p.DueAt, r.Now); p.waits(r.Now) && !at.IsZero() {
		return at
	}
	if p.Held || r.Now.Sub(p.PublishedAt) >= recent {
		return time.Time{}
	}
	return r.Now.Add(PageCheckAfter)
}

// unsettled are the posts that a held item, or a doubtful one of now, may be.
func (r *Matcher) unsettled() map[string]bool {
	ids := map[string]bool{}
	for _, p := range r.posts {
		if p.Held && !p.Removed {
			ids[p.heldLike] = true
		}
	}
	for _, p := range r.found {
		if p.isDoubtful() {
			ids[r.posts[p.post].ID] = true
		}
	}
	return ids
}

// waits says that nobody was told of the post yet. One that was is due with an edit only.
func (s Known) waits(now time.Time) bool {
	return s.Announce && s.IsPublic() && s.EditedAt.IsZero() && s.DueAt.After(now)
}

// Emptied are the posts that wait and are in a feed without any post no more. It says nothing about
// what was announced: an empty feed is mostly an accident.
func (r *Matcher) Emptied() (changed []Missing) {
	for _, p := range r.Listed() {
		if p.waits(r.Now) {
			is := Missing{ID: p.ID, Since: p.AbsentSince, Polls: p.AbsentPolls + 1}
			if is.Since.IsZero() {
				is.Since = r.Now
			}
			changed = append(changed, is)
		}
	}
	return changed
}
