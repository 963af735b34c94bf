package feeds

import (
	"context"
	"slices"

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

// FindPost finds the post at an address and its blog. Of several posts it takes one of the blog whose site has that host, then the
// oldest; blogName ("tea" or "tea@blog.example") decides instead where it is not empty. Content is left empty.
// The error is database.ErrNotFound, or FindBlog's for the name.
func FindPost(ctx context.Context, q database.Querier, rawURL, blogName string) (Post, Blog, error) {
	page := NormaliseLink(rawURL)
	if page == "" {
		return Post{}, Blog{}, database.ErrNotFound
	}
	posts, err := postsAt(ctx, q, database.Hash(page))
	if err == nil && blogName != "" {
		posts, err = onlyOf(ctx, q, posts, blogName)
	}
	if err != nil {
		return Post{}, Blog{}, err
	}
	if len(posts) == 0 {
		return Post{}, Blog{}, database.ErrNotFound
	}
	return ofThatSite(ctx, q, posts, siteHost(rawURL))
}

// postsAt lists the posts with that page key, oldest first.
func postsAt(ctx context.Context, q database.Querier, key database.Digest) ([]Post, error) {
	return database.Collect(scanListedPosts)(q.Query(ctx, `
SELECT `+listColumns+`
FROM post_aliases a
JOIN posts p ON p.id = a.post_id
WHERE a.page_key = ? AND p.removed_at = 0 AND p.held_at = 0
ORDER BY p.published_at, p.id
LIMIT ?`, key, maxPerPage))
}

func onlyOf(ctx context.Context, q database.Querier, posts []Post, blogName string) ([]Post, error) {
	b, err := FindBlog(ctx, q, blogName)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(posts, func(p Post) bool { return p.BlogID != b.ID }), nil
}

// ofThatSite takes the first post whose blog is on the host, else the first.
func ofThatSite(ctx context.Context, q database.Querier, posts []Post, host string) (Post, Blog, error) {
	var first Blog
	for i, p := range posts {
		b, err := BlogByID(ctx, q, p.BlogID)
		if err != nil {
			return Post{}, Blog{}, err
		}
		if b.SiteHost == host {
			return p, b, nil
		}
		if i == 0 {
			first = b
		}
	}
	return posts[0], first, nil
}
