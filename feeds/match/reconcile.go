package match

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/feeds/textsim"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

const (
	// RememberedFor is how long a post that left the feed is still taken for one that may come back
	// under other names.
	RememberedFor = 30 * 24 * time.Hour
	// maxTexts bounds how many texts of each side are compared with each other, which costs their
	// product.
	maxTexts = 100
)

// Matcher finds which items of a feed are which posts of a blog. It reads the database and the old
// pages of lost posts, and changes nothing.
type Matcher struct {
	Q        database.Querier
	BlogID   database.ID
	Origin   string // of the blog: what the ids of its posts are made of
	LastPoll time.Time
	Now      time.Time
	LeadsTo  func(ctx context.Context, address string) string // where a page has moved to, "" if it has not

	Items  []Item
	posts  []Known // that may be an item: first those around, then what was found by name or date
	around int     // how many of posts the feed lists or listed lately
	known  map[string]bool
	found  map[int]pair // by item
	taken  map[int]bool // posts that are an item
}

// Match says of each item which post it is. Names come first; what they leave over is compared by
// date and text, and last by where the pages of lost posts lead.
func (r *Matcher) Match(ctx context.Context) error {
	around, err := postsAround(ctx, r.Q, r.BlogID, r.Now.Add(-RememberedFor))
	if err != nil {
		return err
	}
	r.known, r.found, r.taken = map[string]bool{}, map[int]pair{}, map[int]bool{}
	r.learn(around)
	r.around = len(r.posts)
	if err := r.byNames(ctx); err != nil {
		return err
	}
	if err := r.byText(ctx); err != nil {
		return err
	}
	if err := r.byRedirect(ctx); err != nil {
		return err
	}
	for i, p := range r.found {
		it := &r.Items[i]
		it.Was, it.Score, it.Doubt = &r.posts[p.post], p.Score, p.isDoubtful()
	}
	return nil
}

// Listed are the posts that the feed lists or listed lately.
func (r *Matcher) Listed() []Known { return r.posts[:r.around] }

// NewID makes an id of the best of the item's names that no other post has, and keeps it for that.
func (r *Matcher) NewID(it Item, generation int) (id string, generationOf int) {
	for ; ; generation++ {
		for _, identity := range it.identities() {
			id = postID(r.Origin, identity, generation)
			if !r.known[id] {
				r.known[id] = true
				return id, generation
			}
		}
	}
}

// Forget lets a new post have the id of one that is dropped.
func (r *Matcher) Forget(id string) { delete(r.known, id) }

func (r *Matcher) learn(posts []Known) {
	for _, p := range posts {
		if !r.known[p.ID] {
			r.known[p.ID] = true
			r.posts = append(r.posts, p)
		}
	}
}

// byNames finds the posts with the items' guids, links and ids. What is listed is looked at before
// the database is asked.
func (r *Matcher) byNames(ctx context.Context) error {
	var ids []string
	var guids, pages []database.Digest
	listed := r.index()
	for _, it := range r.Items {
		if at, ok := listed[GUIDOf(it)]; ok && it.ownGUID && r.posts[at].Link == pageurl.Normalise(it.Link) {
			continue // surely that one
		}
		for _, identity := range it.identities() {
			ids = append(ids, postID(r.Origin, identity, 0))
		}
		if it.ownGUID {
			guids = append(guids, GUIDOf(it))
		}
		if it.ownLink {
			pages = append(pages, pageurl.Key(it.Link))
		}
	}
	named, err := postsNamed(ctx, r.Q, r.BlogID, ids, guids, pages)
	if err != nil {
		return err
	}
	r.learn(named)
	r.markShared()
	return r.settle(ctx, r.pairsByName())
}

// markShared marks the posts whose feed gives several the same guid and the same link.
func (r *Matcher) markShared() {
	type names struct {
		guid database.Digest
		link string
	}
	public := map[names]int{}
	for _, p := range r.posts {
		if p.IsPublic() && p.Link != "" {
			public[names{p.GUID, p.Link}]++
		}
	}
	for i, p := range r.posts {
		r.posts[i].sharesNames = public[names{p.GUID, p.Link}] > 1
	}
}

func GUIDOf(it Item) database.Digest { return database.Hash(parser.Cut(it.GUID, parser.MaxGUID)) }

// index finds posts by their guid.
func (r *Matcher) index() map[database.Digest]int {
	at := map[database.Digest]int{}
	for i := range slices.Backward(r.posts) {
		at[r.posts[i].GUID] = i
	}
	return at
}

// pairsByName are items and posts that share a guid, a link or an id.
func (r *Matcher) pairsByName() []pair {
	byGuid, byHash := map[database.Digest][]int{}, map[database.Digest][]int{}
	byLink, byID := map[string][]int{}, map[string]int{}
	for i, p := range r.posts {
		byGuid[p.GUID], byHash[p.Hash] = append(byGuid[p.GUID], i), append(byHash[p.Hash], i)
		byLink[p.Link] = append(byLink[p.Link], i)
		byID[p.ID] = i
	}
	var pairs []pair
	for i, it := range r.Items {
		candidates := map[int]bool{}
		if it.ownGUID {
			for _, at := range byGuid[GUIDOf(it)] {
				candidates[at] = true
			}
		}
		if it.ownLink {
			for _, at := range byLink[pageurl.Normalise(it.Link)] {
				candidates[at] = true
			}
		}
		for _, at := range byHash[it.Hash] {
			if it.saysTheSame(r.posts[at]) {
				candidates[at] = true
			}
		}
		for _, identity := range it.identities() {
			if at, ok := byID[postID(r.Origin, identity, 0)]; ok {
				candidates[at] = true
			}
		}
		for _, at := range slices.Sorted(maps.Keys(candidates)) {
			pairs = append(pairs, pair{item: i, post: at})
		}
	}
	return pairs
}

// byText compares what has no name in common: posts that the feed has lost, and posts of the same
// date.
func (r *Matcher) byText(ctx context.Context) error {
	open := r.open()
	if len(open) == 0 {
		return nil
	}
	var dates []time.Time
	for _, i := range open {
		if at := r.Items[i].PublishedAt; !at.IsZero() {
			dates = append(dates, at)
		}
	}
	dated, err := postsDated(ctx, r.Q, r.BlogID, dates)
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
			sameDate := !r.Items[i].PublishedAt.IsZero() && p.PublishedAt.Unix() == r.Items[i].PublishedAt.Unix()
			if !r.taken[at] && !p.Removed && (sameDate || lost[at]) {
				pairs = append(pairs, pair{item: i, post: at})
			}
		}
	}
	return r.settle(ctx, pairs)
}

// open are the items that are no post yet.
func (r *Matcher) open() (open []int) {
	for i := range r.Items {
		if _, ok := r.found[i]; !ok {
			open = append(open, i)
		}
	}
	return open
}

// lost are posts that the feed should list and does not: those newer than the oldest that it still
// lists. What is older has been pushed out by newer ones, as in every feed. Where nothing is left,
// all are lost.
func (r *Matcher) lost() (lost []int) {
	oldest := r.oldestListed()
	for at, p := range r.posts[:r.around] {
		if !r.taken[at] && !p.PublishedAt.Before(oldest) && len(lost) < maxTexts {
			lost = append(lost, at)
		}
	}
	return lost
}

// oldestListed is when the oldest known post in the feed was published; zero where the feed has
// none.
func (r *Matcher) oldestListed() (oldest time.Time) {
	for at := range r.taken {
		if p := r.posts[at]; p.IsPublic() && (oldest.IsZero() || p.PublishedAt.Before(oldest)) {
			oldest = p.PublishedAt
		}
	}
	return oldest
}

// settle weighs pairs, with their texts where names do not decide, and keeps the best.
func (r *Matcher) settle(ctx context.Context, pairs []pair) error {
	evidences := make([]evidence, len(pairs))
	unsure := map[string]bool{}
	for n, p := range pairs {
		it, post := r.Items[p.item], r.posts[p.post]
		e := compareNames(it, post, r.LastPoll)
		isMadeOf := post.ID == postID(r.Origin, it.GUID, post.Generation) // whatever the post is called today
		e.guid, e.redirect = e.guid || it.ownGUID && !post.sharesNames && isMadeOf, p.redirect
		if evidences[n] = e; score(e).needsText() {
			unsure[post.ID] = true
		}
	}
	texts, err := Texts(ctx, r.Q, slices.Sorted(maps.Keys(unsure)))
	if err != nil {
		return err
	}
	theirs := map[string]textsim.Text{}
	for id, text := range texts {
		theirs[id] = textsim.Of(text)
	}
	ours := map[int]textsim.Text{}
	for n := range pairs {
		p := &pairs[n]
		if text, ok := theirs[r.posts[p.post].ID]; ok {
			if _, ok := ours[p.item]; !ok {
				it := r.Items[p.item] // its text as that of its post would be stored
				ours[p.item] = textsim.Of(safehtml.Text(safehtml.Article(parser.Paragraphs(it.Content), it.Base).String()))
			}
			evidences[n].text = similarity(ours[p.item], text)
		}
		p.Score = score(evidences[n])
	}
	// Of posts that are equally like an item one that is there goes before one that is gone, and
	// that before what was gone earlier.
	slices.SortStableFunc(pairs, func(a, b pair) int { return r.posts[a.post].compareLife(r.posts[b.post]) })
	for _, p := range assign(pairs) {
		r.found[p.item], r.taken[p.post] = p, true
	}
	return nil
}

func (s Known) compareLife(other Known) int {
	if s.Removed != other.Removed {
		if s.Removed {
			return 1
		}
		return -1
	}
	return other.Generation - s.Generation
}

// MaxOldPages bounds how many pages of lost posts one poll asks for.
const MaxOldPages = 5

// byRedirect asks the pages of lost posts where they lead to now: a blog that renames its posts
// mostly leaves redirects.
func (r *Matcher) byRedirect(ctx context.Context) error {
	open := map[string]int{}
	for i, it := range r.Items {
		if p, ok := r.found[i]; it.ownLink && (!ok || p.isDoubtful()) {
			open[pageurl.Normalise(it.Link)] = i
		}
	}
	if len(open) == 0 || r.LeadsTo == nil {
		return nil
	}
	var pairs []pair
	for _, at := range r.justLost() {
		address := r.LeadsTo(ctx, r.posts[at].URL)
		if i, ok := open[pageurl.Normalise(address)]; ok {
			pairs = append(pairs, pair{item: i, post: at, redirect: true})
			pairs = append(pairs, r.reopen(i)...)
		}
	}
	return r.settle(ctx, pairs)
}

// justLost are the posts that were listed at the last poll, have a page and are lost now; at most
// maxOldPages.
func (r *Matcher) justLost() (lost []int) {
	for _, at := range r.lost() {
		if p := r.posts[at]; p.URL != "" && p.AbsentSince.IsZero() && p.IsPublic() && len(lost) < MaxOldPages {
			lost = append(lost, at)
		}
	}
	return lost
}

// reopen takes a doubtful verdict back, to be weighed again beside others.
func (r *Matcher) reopen(item int) []pair {
	p, ok := r.found[item]
	if !ok {
		return nil
	}
	delete(r.found, item)
	delete(r.taken, p.post)
	return []pair{{item: p.item, post: p.post}}
}
