package admin

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"slices"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

const (
	maxGroups  = 20  // of held posts
	maxInGroup = 25  // of which posts are listed
	maxReasons = 3   // of a group; each poll that brings more has one
	maxTitle   = 120 // characters
)

// heldGroup is what one rule holds of one blog, as the page shows it.
type heldGroup struct {
	feeds.HeldGroup
	feeds.HeldWords
	Blog      feeds.Blog
	Followers int
	Reasons   []string // what the rule has seen; for doubts it stands at each post
	Posts     []heldPost
	Open      bool // what is folded is seen as well, since the reader was there

	query string // of what its buttons are sent to
}

// heldPost is a post that waits, and the one that it may be.
type heldPost struct {
	feeds.Post
	Name     string
	LikeURL  string // of the post that it may be
	LikeName string // "" where there is none that it could become

	query string // of what its buttons are sent to
}

// Place is the id of the group on the page.
func (g heldGroup) Place() string { return "g-" + g.BlogID.String() + "-" + g.Rule }

// Place is the id of the post on the page.
func (p heldPost) Place() string { return "p-" + p.ID }

// To is where a button sends the decision about all of the group.
func (g heldGroup) To(verdict string) template.URL {
	return button("/admin/held/"+g.BlogID.String()+"/"+g.Rule+"/"+verdict, g.query)
}

// To is where a button sends the decision about the post.
func (p heldPost) To(verdict string) template.URL {
	return button("/admin/held/"+p.ID+"/"+verdict, p.query)
}

// readHeld reads what waits for a decision about posts, for a page that begins behind the reply
// after and is shown at that place.
func (p *Pages) readHeld(ctx context.Context, q database.Querier, after, at string) ([]heldGroup, error) {
	groups, err := feeds.HeldGroups(ctx, q, 0, maxGroups)
	if err != nil {
		return nil, fmt.Errorf("list held posts: %w", err)
	}
	var all []heldGroup
	for _, one := range groups {
		g, err := p.readGroup(ctx, q, one, maxInGroup)
		if errors.Is(err, database.ErrNotFound) { // the blog is gone since
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, g)
	}
	next := ""
	for i := range slices.Backward(all) {
		next = all[i].lead(next, after, at)
	}
	return all, nil
}

// readGroup reads the first posts of a group, and whom they would reach.
func (p *Pages) readGroup(ctx context.Context, q database.Querier, held feeds.HeldGroup, limit int) (heldGroup, error) {
	g := heldGroup{HeldGroup: held, HeldWords: held.Words(p.ReleaseHeld)}
	var err error
	if g.Blog, err = feeds.BlogByID(ctx, q, held.BlogID); err != nil {
		return g, fmt.Errorf("read the blog of held posts: %w", err)
	}
	if g.Followers, err = followers.Count(ctx, q, held.BlogID); err != nil {
		return g, err
	}
	posts, err := feeds.HeldIn(ctx, q, held, limit)
	if err != nil {
		return g, fmt.Errorf("list the held posts of %s: %w", g.Blog.Handle(), err)
	}
	alike, err := feeds.Resembled(ctx, q, posts)
	if err != nil {
		return g, fmt.Errorf("list what the held posts of %s look like: %w", g.Blog.Handle(), err)
	}
	g.add(posts, alike)
	return g, nil
}

func (g *heldGroup) add(posts []feeds.Post, alike map[string]feeds.Post) {
	for _, p := range posts {
		one := heldPost{Post: p, Name: nameOf(p)}
		if like, ok := alike[p.HeldLike]; ok && like.IsPublic() {
			one.LikeName, one.LikeURL = nameOf(like), like.URL
		}
		g.Posts = append(g.Posts, one)
		if g.Rule != feeds.HeldDoubt && len(g.Reasons) < maxReasons && !slices.Contains(g.Reasons, p.HeldWhy) {
			g.Reasons = append(g.Reasons, p.HeldWhy)
		}
	}
}

// lead has the group's buttons lead to what stands behind them on the page; behind the group that
// is next. It unfolds the group if the page is shown at a post in it, and returns the group's
// place.
func (g *heldGroup) lead(next, after, at string) string {
	g.query = leadsTo(next, "", after)
	for i := len(g.Posts) - 1; i >= 0; i-- {
		g.Posts[i].query = leadsTo(next, "", after)
		next = g.Posts[i].Place()
		g.Open = g.Open || i >= unfolded && next == at
	}
	return g.Place()
}

// nameOf is what a list calls a post: its title, else how it begins, else its address.
func nameOf(p feeds.Post) string {
	for _, name := range []string{p.Title, p.Teaser, p.URL} {
		if name != "" {
			return safehtml.Excerpt(name, maxTitle)
		}
	}
	return "a post without words"
}

// unfolded is how many posts of a group are seen at once: what waits below it shall be, too.
const unfolded = 3

// First are the posts that are seen at once.
func (g heldGroup) First() []heldPost { return g.Posts[:min(unfolded, len(g.Posts))] }

// Folded are those that one has to open.
func (g heldGroup) Folded() []heldPost { return g.Posts[len(g.First()):] }

// FoldedFrom is the number of the first of those.
func (heldGroup) FoldedFrom() int { return unfolded + 1 }

// More is how many posts of the group are not listed.
func (g heldGroup) More() int { return g.Count - len(g.Posts) }

// AtOnce is how many of the group's posts one press of a button announces.
func (g heldGroup) AtOnce() int { return min(g.Count, feeds.MaxReleased) }

// AsksBack says that the page asks before so many are announced, or these.
func (g heldGroup) AsksBack() bool { return g.HeldGroup.AsksBack(g.Count) }

// IDs are the posts that a form announces: those that the page shows, and none that takes the place
// of one of them.
func (g heldGroup) IDs() (ids []string) {
	for _, p := range g.Posts[:min(len(g.Posts), g.AtOnce())] {
		ids = append(ids, p.ID)
	}
	return ids
}

// Left is how many go on waiting after one press.
func (g heldGroup) Left() int { return g.Count - g.AtOnce() }

// Stamp says up to when the group was read, so that buttons decide about what was seen and about
// nothing that came later.
func (g heldGroup) Stamp() int64 { return database.Millis(g.Until) }
