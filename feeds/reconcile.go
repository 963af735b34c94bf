package feeds

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
)

const (
	// absenceRemembered is how long a post that left the feed is still taken for one that may come back under other names.
	absenceRemembered = 30 * 24 * time.Hour
	// maxTexts bounds how many texts of each side are compared with each other, which costs their product.
	maxTexts = 100
)

// finding is an item of a feed and the post it is.
type finding struct {
	identified
	was      *stored    // nil for one that is new
	likeness matchScore // why it is that post
	doubt    bool       // it may be that post, and may be a new one
}

// isNew says that no known post is this item, or none for sure.
func (f finding) isNew() bool { return f.was == nil || f.doubt }

// reconciler finds which items of a feed are which posts of a blog. It reads the database and the old pages of lost posts, and changes
// nothing.
type reconciler struct {
	q        database.Querier
	blog     Blog
	lastPoll time.Time
	now      time.Time
	leadsTo  func(ctx context.Context, address string) string // where a page has moved to, "" if it has not

	items  []identified
	posts  []stored // that may be an item: first those around, then what was found by name or date
	around int      // how many of posts the feed lists or listed lately
	known  map[string]bool
	found  map[int]pair // by item
	taken  map[int]bool // posts that are an item
}

// reconcile says of each item which post it is. Names come first; what they leave over is compared by date and text, and last by where the
// pages of lost posts lead.
func (r *reconciler) reconcile(ctx context.Context) ([]finding, error) {
	around, err := storedAround(ctx, r.q, r.blog.ID, r.now.Add(-absenceRemembered))
	if err != nil {
		return nil, err
	}
	r.known, r.found, r.taken = map[string]bool{}, map[int]pair{}, map[int]bool{}
	r.learn(around)
	r.around = len(r.posts)
	for _, step := range []func(context.Context) error{r.byNames, r.byText, r.byRedirect} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	findings := make([]finding, len(r.items))
	for i, it := range r.items {
		findings[i] = finding{identified: it}
		if p, ok := r.found[i]; ok {
			findings[i].was, findings[i].likeness, findings[i].doubt = &r.posts[p.post], p.matchScore, p.isDoubtful()
		}
	}
	return findings, nil
}

func (r *reconciler) learn(posts []stored) {
	for _, p := range posts {
		if !r.known[p.id] {
			r.known[p.id] = true
			r.posts = append(r.posts, p)
		}
	}
}

// byNames finds the posts with the items' guids, links and ids. What is listed is looked at before the database is asked.
func (r *reconciler) byNames(ctx context.Context) error {
	var ids []string
	var guids, pages []database.Digest
	listed := r.index()
	for _, it := range r.items {
		if at, ok := listed[guidOf(it)]; ok && it.ownGuid && r.posts[at].link == pageurl.Normalise(it.Link) {
			continue // surely that one
		}
		for _, identity := range it.identities() {
			ids = append(ids, postID(r.blog.Origin, identity, 0))
		}
		if it.ownGuid {
			guids = append(guids, guidOf(it))
		}
		if it.ownLink {
			pages = append(pages, pageurl.Key(it.Link))
		}
	}
	named, err := storedNamed(ctx, r.q, r.blog.ID, ids, guids, pages)
	if err != nil {
		return err
	}
	r.learn(named)
	r.markShared()
	return r.settle(ctx, r.pairsByName())
}

// markShared marks the posts whose feed gives several the same guid and the same link.
func (r *reconciler) markShared() {
	type names struct {
		guid database.Digest
		link string
	}
	public := map[names]int{}
	for _, p := range r.posts {
		if p.isPublic() && p.link != "" {
			public[names{p.guid, p.link}]++
		}
	}
	for i, p := range r.posts {
		r.posts[i].sharesNames = public[names{p.guid, p.link}] > 1
	}
}

func guidOf(it identified) database.Digest { return database.Hash(parser.Cut(it.GUID, parser.MaxGUID)) }

// index finds posts by their guid.
func (r *reconciler) index() map[database.Digest]int {
	at := map[database.Digest]int{}
	for i := range slices.Backward(r.posts) {
		at[r.posts[i].guid] = i
	}
	return at
}

// pairsByName are items and posts that share a guid, a link or an id.
func (r *reconciler) pairsByName() []pair {
	byGuid, byHash := map[database.Digest][]int{}, map[database.Digest][]int{}
	byLink, byID := map[string][]int{}, map[string]int{}
	for i, p := range r.posts {
		byGuid[p.guid], byHash[p.hash] = append(byGuid[p.guid], i), append(byHash[p.hash], i)
		byLink[p.link] = append(byLink[p.link], i)
		byID[p.id] = i
	}
	var pairs []pair
	for i, it := range r.items {
		candidates := map[int]bool{}
		if it.ownGuid {
			for _, at := range byGuid[guidOf(it)] {
				candidates[at] = true
			}
		}
		if it.ownLink {
			for _, at := range byLink[pageurl.Normalise(it.Link)] {
				candidates[at] = true
			}
		}
		for _, at := range byHash[it.hash] {
			if it.saysTheSame(r.posts[at]) {
				candidates[at] = true
			}
		}
		for _, identity := range it.identities() {
			if at, ok := byID[postID(r.blog.Origin, identity, 0)]; ok {
				candidates[at] = true
			}
		}
		for _, at := range slices.Sorted(maps.Keys(candidates)) {
			pairs = append(pairs, pair{item: i, post: at})
		}
	}
	return pairs
}

// byText compares what has no name in common: posts that the feed has lost, and posts of the same date.
func (r *reconciler) byText(ctx context.Context) error {
	open := r.open()
	if len(open) == 0 {
		return nil
	}
	var dates []time.Time
	for _, i := range open {
		if at := r.items[i].PublishedAt; !at.IsZero() {
			dates = append(dates, at)
		}
	}
	dated, err := storedDated(ctx, r.q, r.blog.ID, dates)
	if err != nil {
		return err
	}
	lost := map[int]bool{}
	for _, at := range r.lost() {
		lost[at] = true
	}
	r.learn(dated)
	var pairs []pair
	for _, i := range open[:min(len(open), maxTexts)] {
		for at, p := range r.posts {
			sameDate := !r.items[i].PublishedAt.IsZero() && p.publishedAt.Unix() == r.items[i].PublishedAt.Unix()
			if !r.taken[at] && !p.removed && (sameDate || lost[at]) {
				pairs = append(pairs, pair{item: i, post: at})
			}
		}
	}
	return r.settle(ctx, pairs)
}

// open are the items that are no post yet.
func (r *reconciler) open() (open []int) {
	for i := range r.items {
		if _, ok := r.found[i]; !ok {
			open = append(open, i)
		}
	}
	return open
}

// lost are posts that the feed should list and does not: those newer than the oldest that it still lists. What is older has been pushed
// out by newer ones, as in every feed. Where nothing is left, all are lost.
func (r *reconciler) lost() (lost []int) {
	oldest := r.oldestListed()
	for at, p := range r.posts[:r.around] {
		if !r.taken[at] && !p.publishedAt.Before(oldest) && len(lost) < maxTexts {
			lost = append(lost, at)
		}
	}
	return lost
}

// oldestListed is when the oldest known post in the feed was published; zero where the feed has none.
func (r *reconciler) oldestListed() (oldest time.Time) {
	for at := range r.taken {
		if p := r.posts[at]; p.isPublic() && (oldest.IsZero() || p.publishedAt.Before(oldest)) {
			oldest = p.publishedAt
		}
	}
	return oldest
}
