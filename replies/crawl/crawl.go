package crawl

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/replies/inbox"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/loop"
	"github.com/bloghorn/bloghorn/server/web"
)

// Crawler completes threads. Whoever answers a reply without naming the blog tells their own
// followers and the author of the reply, but not us; the reply's server knows, and lists it. So
// those lists are read at falling intervals, a page at a time. What is found there is only an id:
// it goes to the journal like a forwarded activity, and is asked for at its own server.
//
// The bounds: a request a second for each host, also for what a list has found there; ten pages of
// 200 ids a round, four rounds, 500 finds for each post.
type Crawler struct {
	DB      *database.DB
	Remotes *remote.Directory
	Log     *slog.Logger
	Now     func() time.Time
	// WakeNext is called after something new was written to the journal; it may be nil.
	WakeNext func()

	loop.Waker
	once  sync.Once
	hosts *web.Limiter
}

const (
	crawlBatch    = 50
	crawlsAtOnce  = 8
	crawlLease    = time.Minute
	maxPages      = 10
	maxItems      = 200 // of a page
	maxFound      = 500 // of a post
	crawlMemory   = 30 * 24 * time.Hour
	crawlInterval = time.Hour // between two looks for rows that are a month old
)

// Run crawls until ctx ends, then returns nil.
func (c *Crawler) Run(ctx context.Context) error {
	var tidied time.Time
	return loop.Loop{
		Waker: &c.Waker, Now: c.Now, Log: c.Log,
		Round: func(ctx context.Context) error {
			if now := c.Now(); now.Sub(tidied) >= crawlInterval {
				tidied = now
				if err := expireCrawls(ctx, c.DB, now.Add(-crawlMemory)); err != nil && ctx.Err() == nil {
					c.Log.Error("old crawls not removed", "err", err)
				}
			}
			return c.Round(ctx)
		},
		Next: func(ctx context.Context) (time.Time, error) { return soonestCrawl(ctx, c.DB) },
	}.Run(ctx)
}

// Round asks for one page of what is due, one for each host.
func (c *Crawler) Round(ctx context.Context) error {
	c.once.Do(func() { c.hosts = &web.Limiter{Rate: bounds.Rate{Burst: 1, Every: time.Second}, Now: c.Now} })
	due, err := dueCrawls(ctx, c.DB, c.Now(), crawlBatch)
	if err != nil {
		return fmt.Errorf("list what is due: %w", err)
	}
	var steps errgroup.Group
	steps.SetLimit(crawlsAtOnce)
	waiting := map[string]int{} // by host
	for _, row := range due {
		host := activitypub.Host(row.Collection)
		if !c.hosts.Take(host) {
			if waiting[host]++; len(due) == crawlBatch { // or else the rows of one busy host would be the whole batch for long
				err := standBack(ctx, c.DB, row, c.Now().Add(time.Duration(waiting[host])*time.Second))
				if err != nil {
					return errors.Join(fmt.Errorf("let a crawl stand back: %w", err), steps.Wait())
				}
			}
			continue
		}
		claimed, err := claimCrawl(ctx, c.DB, &row, c.Now().Add(crawlLease))
		if err != nil {
			return errors.Join(fmt.Errorf("claim a crawl: %w", err), steps.Wait())
		}
		if claimed {
			steps.Go(func() error { return c.step(ctx, row) })
		}
	}
	return steps.Wait()
}

// step asks for one page and goes on to the next, or to the next round.
func (c *Crawler) step(ctx context.Context, row thread.Crawl) error {
	var err error
	if row.Room, err = roomFor(ctx, c.DB, row); err != nil {
		return fmt.Errorf("look whether answers to %s are wanted: %w", row.URI, err)
	}
	if row.Room == 0 {
		return c.end(ctx, row, nil)
	}
	p, err := c.read(ctx, row)
	switch {
	case err != nil && !isFinal(err): // its server does not answer: the next round may find more
		c.Log.Debug("answers not listed", "host", activitypub.Host(row.Collection), "err", err)
		return c.end(ctx, row, nil)
	case err != nil && row.Fallback != "":
		row.Collection, row.Fallback, row.Page = row.Fallback, "", ""
		return saveCrawl(ctx, c.DB, row)
	case err != nil:
		row.Rounds = len(thread.CrawlRounds[row.Kind])
		return c.end(ctx, row, nil)
	}
	row.Page, row.Pages = p.next, row.Pages+1
	if row.Page == "" || row.Pages >= maxPages {
		return c.end(ctx, row, p.items)
	}
	return c.save(ctx, row, p.items)
}

// end finishes a round.
func (c *Crawler) end(ctx context.Context, row thread.Crawl, items []string) error {
	row.Page, row.Pages, row.Rounds = "", 0, row.Rounds+1
	row.Due = row.Next(c.Now())
	return c.save(ctx, row, items)
}

// save writes down what was found and how far we are, in one transaction.
func (c *Crawler) save(ctx context.Context, row thread.Crawl, items []string) error {
	found := 0
	err := c.DB.InTx(ctx, func(tx *database.Tx) error {
		found = 0 // a conflict has it run again
		waiting := map[string]time.Duration{}
		for _, item := range items {
			if found == row.Room {
				break
			}
			host := activitypub.Host(item)
			isNew, err := c.note(ctx, tx, row, item, c.Now().Add(waiting[host]))
			if err != nil {
				return fmt.Errorf("note %s: %w", item, err)
			}
			if isNew {
				found++
				waiting[host] += time.Second
			}
		}
		after := row
		after.Found += found
		return saveCrawl(ctx, tx, after)
	})
	if err == nil && found > 0 && c.WakeNext != nil {
		c.WakeNext()
	}
	return err
}

// note hands an id to the journal, as the word of the server that lists it, to be asked for when it
// is due. That server is believed in nothing else.
func (c *Crawler) note(ctx context.Context, tx *database.Tx, row thread.Crawl, item string, due time.Time) (isNew bool, err error) {
	if !activitypub.ValidID(item) || item == row.URI {
		return false, nil
	}
	if _, err := thread.Locate(ctx, tx, item); !errors.Is(err, thread.ErrNowhere) {
		return false, err // a post or a reply that we have
	}
	if blocked, err := moderation.BlockedHost(ctx, tx, row.Blog, item); blocked || err != nil {
		return false, err
	}
	listed := &inbox.Inbound{Kind: "Create", ID: item, Actor: row.URI, Object: item, Signer: row.URI, At: c.Now(), Due: due}
	listed.Cause = "crawl " + activitypub.Site(row.URI) // we look by ourselves: what people there send does not wait behind it
	listed.Asks = activitypub.Site(item)
	err = inbox.InsertForwarded(ctx, tx, listed, listed, inbox.Outcome{State: inbox.StateQueued, Verdict: "listed below " + row.URI, Blog: row.Blog})
	if errors.Is(err, inbox.ErrDuplicate) {
		return false, nil
	}
	return err == nil, err
}

// listing is a page of a collection, read.
type listing struct {
	items []string
	next  string // "" at the end
}

var collectionTypes = []string{"Collection", "OrderedCollection", "CollectionPage", "OrderedCollectionPage"}

var errNoList = fmt.Errorf("%w: it is no collection", remote.ErrNotTrusted)

// read asks for the page that is next.
func (c *Crawler) read(ctx context.Context, row thread.Crawl) (listing, error) {
	doc, err := c.Remotes.Fetch(ctx, cmp.Or(row.Page, row.Collection))
	if err != nil {
		return listing{}, err
	}
	switch {
	case !doc.Is(collectionTypes...):
		return listing{}, errNoList
	case row.Kind == thread.CrawlOutbox:
		return c.readOutbox(ctx, row, doc)
	}
	return readListing(doc, row.Collection), nil
}

// readOutbox takes from an account's list of activities the newest toots that link to its blogs;
// without the text, those that may.
func (c *Crawler) readOutbox(ctx context.Context, row thread.Crawl, doc activitypub.Object) (listing, error) {
	sites, err := sitesOfAccount(ctx, c.DB, row.URI, thread.MaxAccounts)
	if err != nil {
		return listing{}, fmt.Errorf("read the sites of %s: %w", row.URI, err)
	}
	l := readListing(doc, row.Collection)
	page, _ := doc.Object("first")
	activities := thread.First(append(doc.Objects("orderedItems"), page.Objects("orderedItems")...), maxItems)
	l.items = nil
	for _, activity := range activities {
		toot, embedded := activity.Object("object")
		if activity.Type() == "Create" && (!embedded || mentionsAny(toot.Text("content"), sites)) {
			l.items = append(l.items, activity.Ref("object"))
		}
	}
	if len(activities) > 0 {
		l.next = "" // the newest are enough: the list is read every quarter of an hour
	}
	return l, nil
}

func mentionsAny(text string, sites []string) bool {
	return slices.ContainsFunc(sites, func(site string) bool { return strings.Contains(text, site) })
}

// readListing takes the ids on a page, and those of a first page that came with it as Mastodon
// sends it. Pages lie where the collection does.
func readListing(doc activitypub.Object, collection string) listing {
	items := append(doc.Refs("items"), doc.Refs("orderedItems")...)
	next := cmp.Or(doc.Ref("next"), doc.Ref("first"))
	if page, ok := doc.Object("first"); ok && (page.Has("items") || page.Has("orderedItems") || page.Has("next")) {
		items = slices.Concat(items, page.Refs("items"), page.Refs("orderedItems"))
		next = page.Ref("next")
	}
	if !activitypub.SameOrigin(next, collection) || next == doc.ID() {
		next = ""
	}
	return listing{items: thread.First(items, maxItems), next: next}
}
