package feeds

import (
	"context"

	"github.com/bloghorn/bloghorn/feeds/match"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/server/database"
)

// formerFilter is how the blog chose its posts before its rules were edited, if the feed was not
// read since; else it takes all. An edit of the rules drops what a poll knows its last answer by
// (blog_edit.go), and no poll that succeeded leaves it empty.
func (b Blog) formerFilter(poll Poll) settings.Filter {
	if !poll.BodyHash.IsZero() {
		return settings.Filter{}
	}
	return b.Settings.FormerFilter(b.Language)
}

// wanted are the items that are posts of the blog.
func (b Blog) wanted(items []parser.Item) []parser.Item {
	filter := b.Settings.Filter(b.Language)
	if filter.TakesAll() {
		return items
	}
	var kept []parser.Item
	for _, it := range items {
		if filter.Takes(it) {
			kept = append(kept, it)
		}
	}
	return kept
}

// filter leaves the blog's own posts in the feed, before anything asks who they are: what the rules
// leave out must not be taken for another spelling of a post. A post that is known stays known
// whatever the rules say today. What only an edit of the rules made a post of the blog is history,
// so that no edit floods anybody. It returns how many items are left out.
func (p *Poller) filter(ctx context.Context, b Blog, poll Poll, feed *parser.Feed) (leftOut int, err error) {
	all := len(feed.Items)
	now, before := b.Settings.Filter(b.Language), b.formerFilter(poll)
	if !now.TakesAll() || !before.TakesAll() {
		items := match.Identify(feed.Items, feed.SiteURL)
		known, err := match.NamesOf(ctx, p.DB, b.ID, b.Origin, items)
		if err != nil {
			return 0, err
		}
		feed.Items = nil
		for _, it := range items {
			if known.Has(b.Origin, it) || now.Takes(it.Item) {
				it.Item.History = !before.Takes(it.Item)
				feed.Items = append(feed.Items, it.Item)
			}
		}
	}
	if poll.HashVersion < match.SharedNamesVersion {
		match.FormerRepeats(feed.Items)
	}
	return all - len(feed.Items), noteAuthors(ctx, p.DB, b, feed.Items)
}

// noteAuthors remembers, once and for ever, that a blog has several authors. It is no part of any
// post, so it makes no edit; a poll that is not saved afterwards has learnt it all the same.
func noteAuthors(ctx context.Context, q database.Querier, b Blog, items []parser.Item) error {
	if b.ManyAuthors || !manyAuthors(items) {
		return nil
	}
	_, err := q.Exec(ctx, `
UPDATE blogs
SET many_authors = ?
WHERE id = ?`, true, b.ID)
	return err
}

func manyAuthors(items []parser.Item) bool {
	first := ""
	for _, it := range items {
		switch {
		case it.Author == "":
		case first == "":
			first = it.Author
		case first != it.Author:
			return true
		}
	}
	return false
}
