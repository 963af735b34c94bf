package feeds

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// maxNamed bounds how many blogs of one name are looked at to tell whether it names one.
const maxNamed = 10

const selectBlog = `
SELECT id, origin, base_url, from_public_url, username, handle_host, title, summary, site_url, site_host, feed_url, language,
	icon_url, image_url, many_authors, settings, also_known_as, moved_to, moved_at, created_at
FROM blogs`

func scanBlog(row database.Scanner) (b Blog, err error) {
	var created, moved int64
	var set, aliases sql.NullString
	err = row.Scan(&b.ID, &b.Origin, &b.BaseURL, &b.FromPublicURL, &b.Username, &b.HandleHost, &b.Title, &b.Summary, &b.SiteURL, &b.SiteHost,
		&b.FeedURL, &b.Language, &b.IconURL, &b.ImageURL, &b.ManyAuthors, &set, &aliases, &b.MovedTo, &moved, &created)
	b.CreatedAt, b.MovedAt, b.AlsoKnownAs = database.Time(created), database.Time(moved), aliases.String
	if err == nil {
		if b.Settings, err = settings.Read(set.String); err != nil {
			err = fmt.Errorf("the settings of %s cannot be read, perhaps a newer version of Bloghorn wrote them: %w", b.Handle(), err)
		}
	}
	return b, err
}

// BlogByID returns database.ErrNotFound where there is none, as the other reads of one blog do.
func BlogByID(ctx context.Context, q database.Querier, id database.ID) (Blog, error) {
	return scanBlog(q.QueryRow(ctx, selectBlog+`
WHERE id = ?`, id))
}

// BlogByUsername finds the blog whose actor has the address baseURL/blogs/username.
func BlogByUsername(ctx context.Context, q database.Querier, baseURL, username string) (Blog, error) {
	return scanBlog(q.QueryRow(ctx, selectBlog+`
WHERE base_url = ? AND username = ?`, baseURL, username))
}

// BlogByAcct finds the blog with the handle @username@host, in either case and with the host in any
// spelling.
func BlogByAcct(ctx context.Context, q database.Querier, username, host string) (Blog, error) {
	return scanBlog(q.QueryRow(ctx, selectBlog+`
WHERE handle_host = ? AND username = ?`, ASCIIHost(host), strings.ToLower(username)))
}

// BlogBySite finds the blog whose site has this address; of several, the oldest.
func BlogBySite(ctx context.Context, q database.Querier, rawURL string) (Blog, error) {
	page := pageurl.Normalise(rawURL)
	if page == "" {
		return Blog{}, database.ErrNotFound
	}
	blogs, err := database.Collect(scanBlog)(q.Query(ctx, selectBlog+`
WHERE site_host = ?
ORDER BY id
LIMIT 1000`, pageurl.Host(rawURL)))
	if err != nil {
		return Blog{}, err
	}
	for _, b := range blogs {
		if pageurl.Normalise(b.SiteURL) == page {
			return b, nil
		}
	}
	return Blog{}, database.ErrNotFound
}

// OldestBlog finds the oldest of the blogs at a base URL.
func OldestBlog(ctx context.Context, q database.Querier, baseURL string) (Blog, error) {
	return scanBlog(q.QueryRow(ctx, selectBlog+`
WHERE base_url = ?
ORDER BY id
LIMIT 1`, baseURL))
}

// ListBlogs lists the blogs after an id, oldest first; 0 begins.
func ListBlogs(ctx context.Context, q database.Querier, after database.ID, limit int) ([]Blog, error) {
	return database.Collect(scanBlog)(q.Query(ctx, selectBlog+`
WHERE id > ?
ORDER BY id
LIMIT ?`, after, limit))
}

// FindBlog finds the blog a person means: tea, where it is the only one of that name, else
// tea@blog.example or the address of its profile, https://blog.example/fedi/blogs/tea. Its errors
// are web.ErrInvalid and web.ErrNotFound, with words for that person.
func FindBlog(ctx context.Context, q database.Querier, name string) (Blog, error) {
	if strings.Contains(name, "://") {
		return blogAt(ctx, q, name)
	}
	user, host, err := ParseHandle(name)
	if err != nil {
		return Blog{}, err
	}
	if host != "" {
		b, err := BlogByAcct(ctx, q, user, host)
		if errors.Is(err, database.ErrNotFound) {
			b, err = blogOn(ctx, q, user, host)
		}
		return b, err
	}
	blogs, err := database.Collect(scanBlog)(q.Query(ctx, selectBlog+`
WHERE username = ?
ORDER BY id
LIMIT ?`, user, maxNamed))
	switch {
	case err != nil:
		return Blog{}, err
	case len(blogs) == 0:
		return Blog{}, fmt.Errorf("%w: no blog is called %q", web.ErrNotFound, user)
	case len(blogs) > 1:
		return Blog{}, fmt.Errorf("%w: several blogs are called %q; say which: %s", web.ErrInvalid, user, accts(blogs))
	}
	return blogs[0], nil
}

// blogOn finds the blog of that name by the host that it is served from, where its handle is of
// another one: WebFinger knows it by both.
func blogOn(ctx context.Context, q database.Querier, user, host string) (Blog, error) {
	bases, err := BaseURLs(ctx, q)
	if err != nil {
		return Blog{}, err
	}
	for _, base := range bases {
		if u, err := url.Parse(base); err != nil || ASCIIHost(u.Host) != host {
			continue
		}
		if b, err := BlogByUsername(ctx, q, base, user); !errors.Is(err, database.ErrNotFound) {
			return b, err
		}
	}
	return Blog{}, fmt.Errorf("%w: no blog has the handle @%s@%s", web.ErrNotFound, user, host)
}

// blogAt finds the blog whose actor has this address.
func blogAt(ctx context.Context, q database.Querier, address string) (Blog, error) {
	base, user, _ := strings.Cut(strings.TrimRight(strings.TrimSpace(address), "/"), "/blogs/")
	if len(base) > maxHost || !ValidUsername(user) {
		return Blog{}, fmt.Errorf("%w: %.200q is not the address of a blog's profile; write the handle, such as tea or tea@blog.example",
			web.ErrInvalid, address)
	}
	b, err := BlogByUsername(ctx, q, base, user)
	if errors.Is(err, database.ErrNotFound) {
		err = fmt.Errorf("%w: no blog has its profile at %s", web.ErrNotFound, address)
	}
	return b, err
}

func accts(blogs []Blog) string {
	var names []string
	for _, b := range blogs {
		names = append(names, b.Acct())
	}
	return strings.Join(names, ", ")
}

// BaseURLs lists every base URL that blogs have, each once.
func BaseURLs(ctx context.Context, q database.Querier) ([]string, error) {
	return database.Collect(scanBase)(q.Query(ctx, `
SELECT DISTINCT base_url
FROM blogs
ORDER BY base_url
LIMIT 10000`))
}

// PublicBase is the base URL that the blogs which live on public_url have, "" where there is none,
// or more than one.
func PublicBase(ctx context.Context, q database.Querier) (string, error) {
	bases, err := database.Collect(scanBase)(q.Query(ctx, `
SELECT DISTINCT base_url
FROM blogs
WHERE from_public_url = 1
LIMIT 2`))
	if err != nil {
		return "", fmt.Errorf("look for the address of the blogs: %w", err)
	}
	if len(bases) != 1 {
		return "", nil
	}
	return bases[0], nil
}

func scanBase(row database.Scanner) (base string, err error) { return base, row.Scan(&base) }

// insertBlog returns ErrTaken where another blog has the address or the handle.
func insertBlog(ctx context.Context, q database.Querier, b Blog) error {
	_, err := q.Exec(ctx, `
INSERT INTO blogs (id, origin, base_url, from_public_url, username, handle_host, title, summary, site_url, site_host, feed_url, language,
	icon_url, image_url, many_authors, settings, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		b.ID, b.Origin, b.BaseURL, b.FromPublicURL, b.Username, b.HandleHost, b.Title, b.Summary, b.SiteURL, b.SiteHost,
		b.FeedURL, b.Language, b.IconURL, b.ImageURL, b.ManyAuthors, textOrNull(b.Settings.JSON("")), database.Millis(b.CreatedAt))
	if errors.Is(err, database.ErrDuplicate) {
		return fmt.Errorf("%w: %s, or the address %s", ErrTaken, b.Handle(), b.ActorID())
	}
	return err
}

func storedSettings(ctx context.Context, q database.Querier, id database.ID) (string, error) {
	var settings sql.NullString
	err := q.QueryRow(ctx, `
SELECT settings
FROM blogs
WHERE id = ?`, id).Scan(&settings)
	return settings.String, err
}

// LockBlog reads a blog; who wants to lock or edit it too waits until the transaction ends. Call it
// first in the transaction: it writes to the row, as on MySQL only a write waits for others, and
// only what is read after that has what they left.
func LockBlog(ctx context.Context, tx *database.Tx, id database.ID) (Blog, error) {
	if _, err := tx.Exec(ctx, `
UPDATE blogs
SET username = username
WHERE id = ?`, id); err != nil {
		return Blog{}, err
	}
	return BlogByID(ctx, tx, id)
}

// updateBlog stores what an owner may change. Everything that an id is made of stays as it is.
func updateBlog(ctx context.Context, q database.Querier, b Blog) error {
	stored, err := storedSettings(ctx, q, b.ID)
	if err != nil {
		return err
	}
	_, err = q.Exec(ctx, `
UPDATE blogs
SET title = ?, summary = ?, site_url = ?, site_host = ?, feed_url = ?, icon_url = ?, settings = ?, also_known_as = ?, moved_to = ?,
	moved_at = ?
WHERE id = ?`, b.Title, b.Summary, b.SiteURL, b.SiteHost, b.FeedURL, b.IconURL, textOrNull(b.Settings.JSON(stored)),
		textOrNull(b.AlsoKnownAs), b.MovedTo, database.Millis(b.MovedAt), b.ID)
	return err
}

// Rebase moves a blog to another base URL and handle host, and with it every id that is made from
// its row. Whoever calls it has made sure that nobody outside has seen the old ones. The ids of its
// posts stay: they are derived from Blog.Origin. ErrTaken means that another blog has the name
// there.
func Rebase(ctx context.Context, q database.Querier, b Blog, baseURL, handleHost string) (Blog, error) {
	_, err := q.Exec(ctx, `
UPDATE blogs
SET base_url = ?, handle_host = ?
WHERE id = ?`, baseURL, handleHost, b.ID)
	if errors.Is(err, database.ErrDuplicate) {
		return b, fmt.Errorf("%w on %s", ErrTaken, baseURL)
	}
	if err != nil {
		return b, fmt.Errorf("move the blog's row: %w", err)
	}
	if _, err := q.Exec(ctx, `
UPDATE subscriptions
SET next_at = 1
WHERE blog_id = ? AND next_at IS NOT NULL`, b.ID); err != nil { // hubs hear of the new callback at once
		return b, fmt.Errorf("renew the blog's subscriptions: %w", err)
	}
	b.BaseURL, b.HandleHost = baseURL, handleHost
	return b, nil
}
