package feeds

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// Edit changes what an owner may change of a blog: Title, Summary, SiteURL, IconURL, FeedURL,
// Settings, and where its account comes from and has gone; what else change does is forgotten. It
// returns the blog before and after, for whoever has to tell the world. Its errors are those of
// change, web.ErrInvalid, and database.ErrNotFound. Call it first in the transaction: then change
// sees what edits at the same time have left, and none undoes another.
//
// Rules that become others, and another feed, let the next poll read everything anew. What only the
// new rules let in is history then.
func Edit(ctx context.Context, tx *database.Tx, id database.ID, change func(*Blog) error, now time.Time) (was, is Blog, err error) {
	if was, err = LockBlog(ctx, tx, id); err != nil {
		return was, was, err
	}
	is = was
	if err := change(&is); err != nil {
		return was, was, err
	}
	is = was.with(is)
	if err := is.check(was); err != nil {
		return was, was, err
	}
	if is == was {
		return was, is, nil
	}
	return was, is, store(ctx, tx, was, &is, now)
}

// with takes over what an owner may change.
func (b Blog) with(o Blog) Blog {
	b.Title, b.Summary = parser.Line(o.Title, parser.MaxTitle), parser.Cut(strings.TrimSpace(o.Summary), parser.MaxSummary)
	b.SiteURL, b.SiteHost = parser.AddressOr(o.SiteURL), pageurl.Host(o.SiteURL)
	b.IconURL, b.FeedURL, b.Settings = parser.AddressOr(o.IconURL), parser.AddressOr(o.FeedURL), o.Settings
	b.AlsoKnownAs, b.MovedTo, b.MovedAt = o.AlsoKnownAs, o.MovedTo, o.MovedAt
	return b
}

// check refuses addresses that are none. What the row has already is not judged again.
func (b Blog) check(was Blog) error {
	if b.Title == "" && was.Title != "" {
		return fmt.Errorf("%w: a blog needs a title", web.ErrInvalid)
	}
	for _, a := range []struct{ what, is, was string }{
		{"site", b.SiteURL, was.SiteURL}, {"icon", b.IconURL, was.IconURL}, {"feed", b.FeedURL, was.FeedURL},
	} {
		if a.is != a.was && parser.Address(nil, a.is) != a.is {
			return fmt.Errorf("%w: the %s %q is not an address of the form https://blog.example/…", web.ErrInvalid, a.what, parser.Cut(a.is, 100))
		}
	}
	if b.FeedURL == "" {
		return fmt.Errorf("%w: a blog needs a feed", web.ErrInvalid)
	}
	return nil
}

// store writes the blog and, where the next answer of the feed means something else now, drops what
// the last one is known by. The rules of the last reading are kept beside the new ones until then,
// also over several edits.
func store(ctx context.Context, tx *database.Tx, was Blog, is *Blog, now time.Time) error {
	newFeed := was.FeedURL != is.FeedURL
	newRules := was.Settings.Include != is.Settings.Include || was.Settings.Exclude != is.Settings.Exclude
	if newFeed || newRules {
		poll, err := PollOf(ctx, tx, is.ID)
		if err != nil {
			return fmt.Errorf("read the last poll: %w", err)
		}
		if !poll.BodyHash.IsZero() {
			is.Settings.KeepFormerRules(was.Settings)
		}
		if err := readAnew(ctx, tx, is.ID, now); err != nil {
			return fmt.Errorf("make the feed be read anew: %w", err)
		}
	}
	if newFeed {
		if err := forgetFeed(ctx, tx, is.ID, now); err != nil {
			return fmt.Errorf("forget the former feed: %w", err)
		}
	}
	if err := updateBlog(ctx, tx, *is); err != nil {
		return fmt.Errorf("store the blog: %w", err)
	}
	return nil
}
