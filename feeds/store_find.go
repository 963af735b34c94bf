package feeds

import (
	"context"
	"slices"

	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/server/database"
)

// maxPerPage bounds how many posts are looked at that share one address.
const maxPerPage = 100

// PostByURL finds the post that is or was at this address, in any of its spellings; of several, the one FindPost takes.
// Content is left empty: who asks for a page's thread does not show it. database.ErrNotFound where there is none.
func PostByURL(ctx context.Context, q database.Querier, rawURL string) (Post, error) {
	p, _, err := FindPost(ctx, q, rawURL, "")
	return p, err
}

// FindPost finds the post at an address and its blog. Of several posts it takes one of the blog whose site has that host, then of the
// oldest blog; blogName ("tea" or "tea@blog.example") decides instead where it is not empty. Content is left empty.
// The error is database.ErrNotFound, or FindBlog's for the name.
func FindPost(ctx context.Context, q database.Querier, rawURL, blogName string) (Post, Blog, error) {
	copies, err := FindCopies(ctx, q, rawURL, blogName)
	if err != nil {
		return Post{}, Blog{}, err
	}
	return copies[0].Post, copies[0].Blog, nil
}

// Copy is a post that a page is known as, with its blog.
type Copy struct {
	Post Post // without its Content
	Blog Blog
}

// FindCopies finds all posts at an address: several blogs of one server may publish the same page. The first is the one that FindPost
// takes, and the others follow, those of the oldest blog first. The errors are FindPost's; without one there is at least one copy.
func FindCopies(ctx context.Context, q database.Querier, rawURL, blogName string) ([]Copy, error) {
	page := pageurl.Normalise(rawURL)
	if page == "" {
		return nil, database.ErrNotFound
	}
	posts, err := postsAt(ctx, q, database.Hash(page))
	if err == nil && blogName != "" {
		posts, err = onlyOf(ctx, q, posts, blogName)
	}
	if err != nil {
		return nil, err
	}
	if len(posts) == 0 {
		return nil, database.ErrNotFound
	}
	return siteFirst(ctx, q, posts, pageurl.Host(rawURL))
}

// postsAt lists the posts with that page key, those of the oldest blog first: one that is added later does not take the place of another.
func postsAt(ctx context.Context, q database.Querier, key database.Digest) ([]Post, error) {
	return database.Collect(scanListedPosts)(q.Query(ctx, `
SELECT `+listColumns+`
FROM post_aliases a
JOIN posts p ON p.id = a.post_id
WHERE a.page_key = ? AND p.removed_at = 0 AND p.held_at = 0
ORDER BY p.blog_id, p.published_at, p.id
LIMIT ?`, key, maxPerPage))
}

// OwnersPosts lists the posts at an address for their owner, who is shown held and removed ones too: the public ones first, then the held
// ones. database.ErrNotFound where there is none.
func OwnersPosts(ctx context.Context, q database.Querier, rawURL string) ([]Post, error) {
	page := pageurl.Normalise(rawURL)
	if page == "" {
		return nil, database.ErrNotFound
	}
	posts, err := database.Collect(scanListedPosts)(q.Query(ctx, `
SELECT `+listColumns+`
FROM post_aliases a
JOIN posts p ON p.id = a.post_id
WHERE a.page_key = ?
ORDER BY CASE WHEN p.removed_at > 0 THEN 2 WHEN p.held_at > 0 THEN 1 ELSE 0 END, p.blog_id, p.published_at, p.id
LIMIT ?`, database.Hash(page), maxPerPage))
	if err == nil && len(posts) == 0 {
		err = database.ErrNotFound
	}
	return posts, err
}

func onlyOf(ctx context.Context, q database.Querier, posts []Post, blogName string) ([]Post, error) {
	b, err := FindBlog(ctx, q, blogName)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(posts, func(p Post) bool { return p.BlogID != b.ID }), nil
}

// siteFirst reads the blogs of posts, and puts the first post whose blog is on the host before the others.
func siteFirst(ctx context.Context, q database.Querier, posts []Post, host string) ([]Copy, error) {
	copies := make([]Copy, len(posts))
	for i, p := range posts {
		b, err := BlogByID(ctx, q, p.BlogID)
		if err != nil {
			return nil, err
		}
		copies[i] = Copy{p, b}
	}
	if i := slices.IndexFunc(copies, func(c Copy) bool { return c.Blog.SiteHost == host }); i > 0 {
		own := copies[i]
		copies = slices.Insert(slices.Delete(copies, i, i+1), 0, own)
	}
	return copies, nil
}
