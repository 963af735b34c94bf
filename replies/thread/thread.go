package thread

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/database"
)

const (
	firstReplies   = 5    // ids told in an Article; Mastodon reads no more from it
	maxGenerations = 100  // of what readers do not see, above what they do
	maxAncestors   = 1000 // of that on one page
)

// Thread is a page of what readers may see under a post. Items are oldest first, each after its
// parent.
type Thread struct {
	Head      // of the whole thread
	Items     []Item
	Elsewhere []Item // on earlier pages, but answered by an item of this one
	More      []More
	Next      Cursor // of the page after this one; zero on the last
}

// More is what a branch has beyond this page.
type More struct {
	Root  database.ID
	Count int
	From  Cursor
}

// Head is a thread without its items. Version grows with each visible change, so it serves as ETag.
// All is zero while nothing ever happened.
type Head struct {
	Version   int64
	Counts    Counts
	ChangedAt time.Time
}

// ReadThread reads a page of the thread below a post; where several blogs have the post, each with
// a thread of its own, below all of them. It costs what the page holds, however long the thread is.
func ReadThread(ctx context.Context, q database.Querier, copies []feeds.Copy, from Cursor) (t Thread, err error) {
	var posts []string
	var blogs []database.ID
	for _, c := range copies {
		posts, blogs = append(posts, c.Post.ID), append(blogs, c.Blog.ID)
	}
	// 1. The version comes first: content that is newer than its ETag is read again at the next
	// question, older content would stay.
	if t.Head, err = ReadHead(ctx, q, posts...); err != nil {
		return Thread{}, err
	}
	// 2. The shown replies of the page.
	shown, err := t.readPage(ctx, q, posts, from)
	if err != nil {
		return Thread{}, fmt.Errorf("read the replies: %w", err)
	}
	// 3. What they answer, up to what stands on a page before.
	above, err := ancestors(ctx, q, shown)
	if err != nil {
		return Thread{}, fmt.Errorf("read what was answered: %w", err)
	}
	// 4. Who wrote them, and how many like them.
	if err := Dress(ctx, q, shown, blogs...); err != nil {
		return Thread{}, err
	}
	// 5. Each after what it answers.
	t.Items = Build(append(shown, above...))
	t.Elsewhere = slices.DeleteFunc(above, func(i Item) bool { return !i.OtherPage })
	return t, Dress(ctx, q, t.Elsewhere, blogs...)
}

// ReadReply reads one reply that readers see below a post or its copies. database.ErrNotFound if
// they see none with this id there.
func ReadReply(ctx context.Context, q database.Querier, copies []feeds.Copy, id database.ID) (Item, error) {
	r, err := contentByID(ctx, q, id)
	if err != nil {
		return Item{}, err
	}
	if r.Status != Shown || !slices.ContainsFunc(copies, func(c feeds.Copy) bool { return c.Post.ID == r.PostID }) {
		return Item{}, database.ErrNotFound
	}
	items := []Item{{Reply: r}}
	err = Dress(ctx, q, items)
	return items[0], err
}

// Dress gives items their authors and counts. The owners of these blogs, which are the copies of
// one page, are marked as such wherever they answer.
func Dress(ctx context.Context, q database.Querier, items []Item, blogs ...database.ID) error {
	var ids, authors []database.ID
	for _, i := range items {
		ids, authors = append(ids, i.ID), append(authors, i.AuthorID)
	}
	slices.Sort(authors)
	byID, err := remote.ActorsByID(ctx, q, slices.Compact(authors))
	if err != nil {
		return fmt.Errorf("read the authors: %w", err)
	}
	counts, err := reactionCounts(ctx, q, ids)
	if err != nil {
		return fmt.Errorf("count likes and boosts: %w", err)
	}
	owners, err := ownersOf(ctx, q, items, blogs)
	if err != nil {
		return err
	}
	for n, i := range items {
		items[n].Author = byID[i.AuthorID]
		if i.AuthorID == OfTheBlog && i.Status != Deleted {
			items[n].Author = owners[i.BlogID].self
		}
		items[n].ByOwner = slices.ContainsFunc(append(blogs, i.BlogID), func(b database.ID) bool { return owners[b].has(items[n].Author.URI) })
		items[n].Likes, items[n].Boosts = counts[i.ID].Likes, counts[i.ID].Boosts
	}
	return nil
}

// owner is whom a blog speaks as: itself, and accounts of its owner elsewhere.
type owner struct {
	self     remote.Actor
	accounts []Account
}

func (o owner) has(uri string) bool {
	return uri != "" && (uri == o.self.URI || slices.ContainsFunc(o.accounts, func(a Account) bool { return a.ActorURI == uri }))
}

// ownersOf reads the owners of blogs, and of those that items stand on.
func ownersOf(ctx context.Context, q database.Querier, items []Item, blogs []database.ID) (map[database.ID]owner, error) {
	owners := map[database.ID]owner{}
	for _, i := range items {
		blogs = append(blogs, i.BlogID)
	}
	for _, id := range blogs {
		if _, known := owners[id]; known || id == 0 {
			continue
		}
		b, err := feeds.BlogByID(ctx, q, id)
		if err != nil {
			return nil, fmt.Errorf("read the blog: %w", err)
		}
		accounts, err := AccountsOf(ctx, q, b.ID)
		if err != nil {
			return nil, fmt.Errorf("read the owner's accounts: %w", err)
		}
		owners[b.ID] = owner{publisher.AsRemote(b), accounts}
	}
	return owners, nil
}

// ancestors reads the parents that are not on the page, and theirs up to one that stands on
// another.
func ancestors(ctx context.Context, q database.Querier, shown []Item) ([]Item, error) {
	known := map[database.ID]bool{0: true}
	for _, i := range shown {
		known[i.ID] = true
	}
	var all []Item
	generation := shown
	for range maxGenerations {
		var ids []database.ID
		for _, i := range generation {
			if !known[i.ParentID] && !i.OtherPage && len(all)+len(ids) < maxAncestors {
				known[i.ParentID] = true
				ids = append(ids, i.ParentID)
			}
		}
		var err error
		if generation, err = skeletons(ctx, q, ids); err != nil {
			return nil, err
		}
		if len(generation) == 0 {
			break
		}
		all = append(all, generation...)
	}
	return all, nil
}

// Build arranges the replies of a page for readers. It is given the shown ones and whatever is
// above them.
//
// A quote stands among the replies. A deleted or hidden reply becomes a placeholder if something
// shown hangs below it, and is left out if not. One that is held, withheld or
// expired leaves no trace: its answers go to what it answered itself. An answer never stands before what it
// answers, whatever its author's clock said.
func Build(given []Item) []Item {
	b := builder{byID: make(map[database.ID]*node, len(given))}
	for _, i := range given {
		b.byID[i.ID] = &node{Item: i}
	}
	var kept []*node
	for _, i := range given {
		if i.Status == Shown && !i.OtherPage {
			kept = b.keep(kept, b.byID[i.ID])
		}
	}
	slices.SortFunc(kept, func(x, y *node) int {
		return cmp.Or(x.when.Compare(y.when), cmp.Compare(x.rank, y.rank), cmp.Compare(x.depth, y.depth), cmp.Compare(x.ID, y.ID))
	})
	items := make([]Item, len(kept))
	for i, n := range kept {
		items[i] = n.Item
	}
	return items
}

type builder struct{ byID map[database.ID]*node }

type node struct {
	Item
	state int         // 0 untouched, 1 being placed, 2 placed
	depth int         // 0 below the post
	when  time.Time   // where it stands in the order: never before its parent
	rank  database.ID // among those of one instant in the order they came, a parent first however late we met it
}

// keep places a node after everything above it that is to be seen, and adds all of them to kept.
func (b *builder) keep(kept []*node, n *node) []*node {
	if n.state != 0 {
		return kept
	}
	n.state = 1
	parent := b.visibleParent(n)
	if parent != nil && !parent.OtherPage {
		kept = b.keep(kept, parent)
	}
	if parent == nil || parent.state == 1 { // a circle, which no database of ours has, ends here
		n.ParentID, n.when, n.rank = 0, n.PublishedAt, n.ID
	} else {
		n.ParentID, n.depth, n.when, n.rank = parent.ID, parent.depth+1, n.PublishedAt, max(n.ID, parent.rank)
		if parent.when.After(n.when) {
			n.when = parent.when
		}
	}
	if n.Status != Shown {
		n.Item = Item{Reply: Reply{ID: n.ID, PostID: n.PostID, ParentID: n.ParentID, RootID: n.RootID, PublishedAt: n.PublishedAt}, Placeholder: true}
	}
	n.state = 2
	return append(kept, n)
}

// visibleParent is the nearest node above n that a reader may see, itself or as a placeholder.
func (b *builder) visibleParent(n *node) *node {
	for range b.byID {
		parent := b.byID[n.ParentID]
		if parent == nil || leavesTrace(parent.Status) || parent.Placeholder {
			return parent
		}
		n = parent
	}
	return nil
}

// ReadHead is one read by primary key: what an If-None-Match is compared with. Of several posts,
// which are copies of one page, it is the sum, which grows as each of their versions does.
func ReadHead(ctx context.Context, q database.Querier, posts ...string) (h Head, err error) {
	var changed int64
	err = q.QueryRow(ctx, `
SELECT COALESCE(SUM(version), 0), COALESCE(SUM(replies), 0), COALESCE(SUM(likes), 0), COALESCE(SUM(boosts), 0), COALESCE(SUM(quotes), 0),
	COALESCE(MAX(changed_at), 0)
FROM threads
WHERE post_id IN (`+database.Marks(len(posts))+`)`, database.Args(posts)...).
		Scan(&h.Version, &h.Counts.Replies, &h.Counts.Likes, &h.Counts.Boosts, &h.Counts.Quotes, &changed)
	if err != nil {
		return Head{}, fmt.Errorf("read the head of the thread: %w", err)
	}
	h.ChangedAt = database.Time(changed)
	return h, nil
}

// Engagement is what an Article tells of its thread: likes and boosts, and the ids of the oldest
// shown replies, 5 at most.
func Engagement(ctx context.Context, q database.Querier, postID string) (likes, shares int, oldest []string, err error) {
	head, err := ReadHead(ctx, q, postID)
	if err != nil {
		return 0, 0, nil, err
	}
	oldest, err = shownURIs(ctx, q, postID, firstReplies, 0)
	if err != nil {
		return 0, 0, nil, fmt.Errorf("list the first replies: %w", err)
	}
	return head.Counts.Likes, head.Counts.Boosts, oldest, nil
}
