package inbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	maxLinks    = 20             // of a toot that are looked at
	waitForPost = 24 * time.Hour // a toot may be faster than the feed
)

// adoptToot adopts what one of our blogs' own accounts wrote about a post. A toot that links to the
// blog and to no post we know may have been faster than the feed: it is looked at again for a day.
func (in *Inbox) adoptToot(ctx context.Context, tx *database.Tx, a *Inbound, n thread.Note) (out Outcome, found bool, err error) {
	if len(n.InReplyTo) > 0 || len(n.Quotes) > 0 || n.Visibility == activitypub.VisibilityPrivate {
		return out, false, nil
	}
	blogs, err := thread.BlogsOfAccount(ctx, tx, n.Author, thread.MaxAccounts)
	if err != nil {
		return out, false, fmt.Errorf("look for the author among our blogs' accounts: %w", err)
	}
	early := false
	for _, id := range blogs {
		b, err := feeds.BlogByID(ctx, tx, id)
		if err != nil {
			return out, false, err
		}
		for _, link := range thread.First(safehtml.Links(n.HTML), maxLinks) {
			p, _, err := feeds.FindPost(ctx, tx, link, b.Acct())
			if err == nil {
				return done("adopted: their own toot about "+p.URL, b.ID), true, moderation.Adopt(ctx, tx, n, b.ID, p.ID, a.At)
			}
			if !errors.Is(err, database.ErrNotFound) {
				return out, false, err
			}
			early = early || isOnSite(link, b)
		}
	}
	if early && in.Now().Sub(n.Published) < waitForPost {
		err = fmt.Errorf("%w: it links to a page that is not in the feed yet", web.ErrBusy)
	}
	return out, false, err
}

// isOnSite says whether a link leads to a page of the blog, or below it.
func isOnSite(link string, b feeds.Blog) bool {
	page, site := pageurl.Normalise(link), pageurl.Normalise(b.SiteURL)
	return site != "" && strings.HasPrefix(page+"/", site+"/")
}
