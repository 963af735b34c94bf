package replies

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/server/database"
)

const (
	maxThread    = 5000 // replies read of one thread
	firstReplies = 5    // ids told in an Article; Mastodon reads no more from it
)

// Thread is a post with everything that readers may see under it. Items are oldest first, each after its parent.
type Thread struct {
	Post feeds.Post
	Blog feeds.Blog
	Head
	Items []Item
}

// Head is a thread without its items. Version grows with each visible change, so it serves as ETag. All is zero while nothing ever happened.
type Head struct {
	Version   int64
	Counts    Counts
	ChangedAt time.Time
}

// ReadThread reads the thread of a post. At most 5,000 replies are read, the oldest.
func ReadThread(ctx context.Context, q database.Querier, blog feeds.Blog, post feeds.Post) (Thread, error) {
	t := Thread{Post: post, Blog: blog}
	var err error
	// The version comes first: content that is newer than its ETag is read again at the next question, older content would stay.
	if t.Head, err = ReadHead(ctx, q, post.ID); err != nil {
		return Thread{}, err
	}
	shown, err := shownReplies(ctx, q, post.ID, maxThread)
	if err != nil {
		return Thread{}, fmt.Errorf("read the replies: %w", err)
	}
	if err := dress(ctx, q, shown); err != nil {
		return Thread{}, err
	}
	above, err := ancestors(ctx, q, shown)
	if err != nil {
		return Thread{}, fmt.Errorf("read what was answered: %w", err)
	}
	t.Items = Build(append(shown, above...))
	return t, nil
}

// dress gives items their authors and counts.
func dress(ctx context.Context, q database.Querier, items []Item) error {
	var ids, authors []database.ID
	for _, i := range items {
		ids, authors = append(ids, i.ID), append(authors, i.AuthorID)
	}
	slices.Sort(authors)
	byID, err := publisher.RemoteActorsByID(ctx, q, slices.Compact(authors))
	if err != nil {
		return fmt.Errorf("read the authors: %w", err)
	}
	counts, err := reactionCounts(ctx, q, ids)
	if err != nil {
		return fmt.Errorf("count likes and boosts: %w", err)
	}
	owners, err := ownersOf(ctx, q, items)
	if err != nil {
		return err
	}
	for n, i := range items {
		items[n].Author = byID[i.AuthorID]
		if i.AuthorID == ofTheBlog && i.Status != Deleted {
			items[n].Author = owners[i.BlogID].self
		}
		items[n].ByOwner = owners[i.BlogID].has(items[n].Author.URI)
		items[n].Likes, items[n].Boosts = counts[i.ID].Likes, counts[i.ID].Boosts
	}
	return nil
}

// owner is whom a blog speaks as: itself, and accounts of its owner elsewhere.
type owner struct {
	self     publisher.RemoteActor
	accounts []Account
}

func (o owner) has(uri string) bool {
	return uri != "" && (uri == o.self.URI || slices.ContainsFunc(o.accounts, func(a Account) bool { return a.ActorURI == uri }))
}

// ownersOf reads the owners of the blogs that items stand on.
func ownersOf(ctx context.Context, q database.Querier, items []Item) (map[database.ID]owner, error) {
	owners := map[database.ID]owner{}
	for _, i := range items {
		if _, known := owners[i.BlogID]; known || i.BlogID == 0 {
			continue
		}
		b, err := feeds.BlogByID(ctx, q, i.BlogID)
		if err != nil {
			return nil, fmt.Errorf("read the blog: %w", err)
		}
		accounts, err := accountsOf(ctx, q, b.ID, maxAccounts)
		if err != nil {
			return nil, fmt.Errorf("read the owner's accounts: %w", err)
		}
		owners[b.ID] = owner{publisher.AsRemote(b), accounts}
	}
	return owners, nil
}

// ancestors reads the parents that are not shown, and theirs.
func ancestors(ctx context.Context, q database.Querier, shown []Item) ([]Item, error) {
	known := map[database.ID]bool{0: true}
	for _, i := range shown {
		known[i.ID] = true
	}
	var all []Item
	for generation := shown; len(generation) > 0 && len(all) < maxThread; {
		var ids []database.ID
		for _, i := range generation {
			if !known[i.ParentID] {
				known[i.ParentID] = true
				ids = append(ids, i.ParentID)
			}
		}
		var err error
		if generation, err = skeletons(ctx, q, ids); err != nil {
			return nil, err
		}
		all = append(all, generation...)
	}
	return all, nil
}

// Build arranges the replies of a thread for readers. It is given the shown ones and whatever is above them.
//
// A quote stands among the replies. A deleted or hidden reply becomes a placeholder if something shown hangs below it, and is left out if not. One that waits for a
// moderator, is spam or withheld, leaves no trace: its answers go to what it answered itself. An answer never stands before what it answers,
// whatever its author's clock said.
func Build(given []Item) []Item {
	b := builder{byID: make(map[database.ID]*node, len(given))}
	for _, i := range given {
		b.byID[i.ID] = &node{Item: i}
	}
	var kept []*node
	for _, i := range given {
		if i.Status == Shown {
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
	if parent != nil {
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
		n.Item = Item{Reply: Reply{ID: n.ID, PostID: n.PostID, ParentID: n.ParentID, PublishedAt: n.PublishedAt}, Placeholder: true}
	}
	n.state = 2
	return append(kept, n)
}

// visibleParent is the nearest node above n that a reader may see, itself or as a placeholder.
func (b *builder) visibleParent(n *node) *node {
	for range b.byID {
		parent := b.byID[n.ParentID]
		if parent == nil || parent.Status == Shown || parent.Status == Hidden || parent.Status == Deleted || parent.Placeholder {
			return parent
		}
		n = parent
	}
	return nil
}

// ReadHead is one read by primary key: what an If-None-Match is compared with.
func ReadHead(ctx context.Context, q database.Querier, postID string) (h Head, err error) {
	var changed int64
	err = q.QueryRow(ctx, `
SELECT version, replies, likes, boosts, quotes, changed_at
FROM threads
WHERE post_id = ?`, postID).Scan(&h.Version, &h.Counts.Replies, &h.Counts.Likes, &h.Counts.Boosts, &h.Counts.Quotes, &changed)
	if errors.Is(err, database.ErrNotFound) {
		return Head{}, nil
	}
	if err != nil {
		return Head{}, fmt.Errorf("read the head of the thread: %w", err)
	}
	h.ChangedAt = database.Time(changed)
	return h, nil
}

// Engagement is what an Article tells of its thread: likes and boosts, and the ids of the oldest shown replies, 5 at most.
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
