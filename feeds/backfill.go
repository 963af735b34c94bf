package feeds

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/feeds/match"
	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

const (
	maxOlderPages = 50
	maxOlderItems = 1000
)

// Backfill fetches the older pages of a feed and stores their posts as history: quietly, none is
// announced. Each page is stored when it was read, so what a crash leaves is kept, and a second run
// adds only what is missing.
type Backfill struct {
	DB     *database.DB
	Client *safehttp.Client
	Now    func() time.Time
	Pause  time.Duration // between two pages, for the sake of the blog's server
	Last   int           // enough are this many posts, those in the feed itself included; 0 is as many as there are
	Since  time.Time     // no posts before; zero is from the beginning
}

// Backfilled is what a Backfill did.
type Backfilled struct {
	Pages  int    // that were read, the feed itself included
	Stored int    // posts that were not known
	Ended  string // why it ended there: a sentence for the owner
}

// older is one Backfill under way.
type older struct {
	Backfill
	blog Blog
	host string          // no page elsewhere is asked
	seen map[string]bool // addresses of pages, names of items
	last time.Time       // the date of the item above
	read int             // items
	done Backfilled
}

// Run reads at most 50 pages with 1,000 posts. The posts of the first page, the feed as it is
// today, are left to the Poller: one that it has not seen yet shall be announced, not become
// history. The error is about the feed itself or the database; an older page that cannot be read
// ends the run, and Ended says so.
func (f Backfill) Run(ctx context.Context, b Blog) (Backfilled, error) {
	o := &older{Backfill: f, blog: b, seen: map[string]bool{}}
	for address := b.FeedURL; address != ""; {
		next, err := o.page(ctx, address)
		var unread *fetch.Failure
		switch {
		case ctx.Err() != nil:
			return o.done, ctx.Err()
		case errors.As(err, &unread) && o.done.Pages > 0:
			o.done.Ended = "The next page could not be read: " + unread.Error()
			return o.done, nil
		case err != nil:
			return o.done, err
		}
		if address = next; address != "" && !o.pause(ctx) {
			return o.done, ctx.Err()
		}
	}
	return o.done, nil
}

func (o *older) pause(ctx context.Context) bool {
	wait := time.NewTimer(o.Pause)
	defer wait.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-wait.C:
		return true
	}
}

// page reads one page and says where the next one is, "" to end.
func (o *older) page(ctx context.Context, address string) (next string, err error) {
	a, err := fetch.Feed(ctx, o.Client, address, fetch.Validators{})
	if err != nil {
		return "", err
	}
	if err := a.Parse(address); err != nil {
		return "", err
	}
	feed := a.Feed
	first := o.done.Pages == 0
	o.done.Pages++
	o.seen[a.URL.String()], o.seen[address] = true, true
	if first {
		o.host = a.URL.Host
	}
	posts, fresh, complete := o.choose(feed)
	if !first {
		n, err := o.store(ctx, posts)
		if err != nil {
			return "", fmt.Errorf("store the posts of %s: %w", fetch.Brief(address), err)
		}
		o.done.Stored += n
	}
	if err := noteAuthors(ctx, o.DB, o.blog, o.blog.wanted(feed.Items)); err != nil {
		return "", err
	}
	return o.after(a, fresh, complete)
}

// choose makes posts of the items that no page before had. fresh says that there was such an item,
// wanted or not; complete that what was asked for is reached.
func (o *older) choose(feed *parser.Feed) (posts []Post, fresh, complete bool) {
	feed.Believe(o.Now())
	for _, it := range match.Identify(o.blog.wanted(feed.Items), feed.SiteURL) {
		if o.seen[nameOf(it.Item)] || o.enough() {
			continue
		}
		if it.PublishedAt.IsZero() && !o.last.IsZero() {
			it.PublishedAt = o.last.Add(-time.Millisecond)
		}
		if !it.PublishedAt.IsZero() && it.PublishedAt.Before(o.Since) {
			complete = true // the others of this page may be newer
			continue
		}
		p := newPost(o.blog, it, o.Now())
		o.last = p.PublishedAt
		o.read++
		posts = append(posts, p)
	}
	for _, it := range feed.Items {
		fresh = fresh || !o.seen[nameOf(it)]
		o.seen[nameOf(it)] = true
	}
	return posts, fresh, complete || o.enough()
}

func (o *older) enough() bool { return o.read >= maxOlderItems || o.Last > 0 && o.read >= o.Last }

// nameOf is what an item is known by from page to page; it has a space in it, which no address of a
// page has.
func nameOf(it parser.Item) string { return it.GUID + " " + pageurl.Normalise(it.Link) }

func sameHost(rawURL, host string) bool {
	u, err := url.Parse(rawURL)
	return err == nil && u.Host == host
}

// after decides where to go on.
func (o *older) after(a fetch.Answer, fresh, complete bool) (string, error) {
	next, err := parser.OlderPage(a.Body, a.ContentType, a.URL)
	switch {
	case complete:
		o.done.Ended = "That is as far back as was asked for."
	case err != nil || next == "":
		o.done.Ended = "The feed names no older page."
	case !fresh || o.seen[next]:
		o.done.Ended = "The next page has nothing that was not in the pages before."
	case !sameHost(next, o.host):
		o.done.Ended = "The next page is on another server, where Bloghorn does not follow."
	case o.done.Pages == maxOlderPages:
		o.done.Ended = fmt.Sprintf("It reads %d pages at most.", maxOlderPages)
	default:
		return next, nil
	}
	return "", nil
}

// store keeps the posts that are not known, neither by their id nor by their address: a post whose
// guid has changed since is no second one.
func (o *older) store(ctx context.Context, posts []Post) (stored int, err error) {
	err = o.DB.InTx(ctx, func(tx *database.Tx) error {
		stored = 0
		for _, p := range posts {
			known, err := isKnown(ctx, tx, o.blog, p)
			if err != nil {
				return err
			}
			if known {
				continue
			}
			p.AbsentSince = o.Now() // its feed does not list it any more
			if err := insertPost(ctx, tx, p); err != nil {
				return err
			}
			stored++
		}
		return nil
	})
	return stored, err
}

func isKnown(ctx context.Context, q database.Querier, b Blog, p Post) (bool, error) {
	var id string
	err := q.QueryRow(ctx, `
SELECT id
FROM posts
WHERE id = ?`, p.ID).Scan(&id)
	if !errors.Is(err, database.ErrNotFound) {
		return err == nil, err
	}
	if p.URL == "" || pageurl.Normalise(p.URL) == pageurl.Normalise(b.SiteURL) {
		return false, nil
	}
	err = q.QueryRow(ctx, `
SELECT post_id
FROM post_aliases
WHERE page_key = ? AND blog_id = ?
LIMIT 1`, pageurl.Key(p.URL), b.ID).Scan(&id)
	if errors.Is(err, database.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
