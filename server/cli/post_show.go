package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/safehtml"
	"github.com/bloghorn/bloghorn/server/web"
)

type postShowCommand struct {
	ID string `arg:"" help:"Id as post list prints it, or the address of the post."`
}

// Help shows how it is used.
func (postShowCommand) Help() string {
	return "For example:\n\n  bloghorn post show aaaaaaaaaaaaaaaaaaaaaaaaaa\n  bloghorn post show https://blog.example/tea"
}

// Run prints what is known, a line each: name and value.
func (c postShowCommand) Run(in *invocation) error {
	return in.withPost(c.ID, func(db *database.DB, b feeds.Blog, p feeds.Post) error {
		told, err := publisher.AnnouncementOf(in.ctx, db, p.ID)
		if err != nil {
			return err
		}
		return in.show(slices.DeleteFunc(postLines(b, p, told, time.Now()), line.isEmpty))
	})
}

func postLines(b feeds.Blog, p feeds.Post, told publisher.Announcement, now time.Time) []line {
	return []line{
		{"id", p.ID}, {"blog", b.Handle()}, {"title", safehtml.Line(p.Title)}, {"address", p.URL}, {"state", postState(p) + waitingEdit(p, now)},
		{"held because", safehtml.Line(p.HeldWhy)}, {"may be", p.HeldLike}, {"waits because", waitsBecause(p, told)},
		{"author", safehtml.Line(p.Author)}, {"language", p.Language}, {"tags", strings.Join(p.Tags, ", ")},
		{"published", feeds.Moment(p.PublishedAt, now)}, {"first seen", feeds.Moment(p.FirstSeenAt, now)}, {"edited", feeds.Moment(p.EditedAt, now)},
		{"due", feeds.Moment(p.DueAt, now)}, {"announced", feeds.Moment(told.CreatedAt, now)}, {"last told", feeds.Moment(told.ToldAt, now)},
		{"removed", feeds.Moment(p.RemovedAt, now)}, {"pinned", feeds.Moment(p.PinnedAt, now)},
		{"teaser", safehtml.Line(p.Teaser)}, {"on the fediverse", onFediverse(b, p)},
	}
}

// onFediverse is the id of a post, and what is there now if nobody can read it.
func onFediverse(b feeds.Blog, p feeds.Post) string {
	switch id := ids.PostID(b, p.ID); {
	case !p.HeldAt.IsZero():
		return id + " (nobody finds it while it is held)"
	case !p.RemovedAt.IsZero():
		return id + " (gone)"
	default:
		return id
	}
}

// waitsBecause says why a post that is due is not announced; "" where nothing keeps it.
func waitsBecause(p feeds.Post, told publisher.Announcement) string {
	if p.Announce && told.CreatedAt.IsZero() && p.RemovedAt.IsZero() && p.AbsentPolls > 0 {
		return "its feed has it no more, or behind a password; it is announced when it is back (to end that: bloghorn post history " + p.ID + ")"
	}
	return ""
}

// findPost finds the post a person means: by its id, by its ActivityPub id, or by the address of
// its page, held and removed ones too.
func findPost(ctx context.Context, q database.Querier, text string) (feeds.Blog, feeds.Post, error) {
	text = strings.TrimSpace(text)
	p, err := feeds.PostByID(ctx, q, text[strings.LastIndexByte(text, '/')+1:])
	if errors.Is(err, database.ErrNotFound) && strings.Contains(text, "://") {
		if p.ID, err = onlyPostAt(ctx, q, text); err == nil {
			p, err = feeds.PostByID(ctx, q, p.ID)
		}
	}
	if errors.Is(err, database.ErrNotFound) {
		return feeds.Blog{}, p, fmt.Errorf("%w: no post has the id or address %.200q. See: bloghorn post list", web.ErrNotFound, text)
	}
	if errors.Is(err, web.ErrRefused) {
		return feeds.Blog{}, p, exit.With(exit.Refused, "%w", err)
	}
	if err != nil {
		return feeds.Blog{}, p, fmt.Errorf("look for the post: %w", err)
	}
	b, err := feeds.BlogByID(ctx, q, p.BlogID)
	if err != nil {
		return b, p, fmt.Errorf("read the blog of post %s: %w", p.ID, err)
	}
	return b, p, nil
}

// onlyPostAt is the id of the post at an address: a public one before one that is held, and that
// before a removed one. It is web.ErrRefused, with the ids, where several blogs have the page:
// whoever wants something done says to which.
func onlyPostAt(ctx context.Context, q database.Querier, address string) (string, error) {
	posts, err := feeds.OwnersPosts(ctx, q, address)
	if err != nil {
		return "", err
	}
	first := posts[0]
	isOther := func(p feeds.Post) bool {
		return p.BlogID != first.BlogID && (p.RemovedAt.IsZero() || !first.RemovedAt.IsZero())
	}
	if !slices.ContainsFunc(posts, isOther) {
		return first.ID, nil
	}
	var all strings.Builder
	for _, p := range posts {
		b, err := feeds.BlogByID(ctx, q, p.BlogID)
		if err != nil {
			return "", fmt.Errorf("read the blog of post %s: %w", p.ID, err)
		}
		fmt.Fprintf(&all, "\n  %s  %s  %s", p.ID, b.Handle(), postState(p))
	}
	return "", fmt.Errorf("%w: several blogs have a post at %.200q. Nothing was changed; name one by its id:%s", web.ErrRefused, address, all.String())
}

// nameOf is a post's title, and where there are several blogs the handle of its own.
func (in *invocation) nameOf(db database.Querier, p feeds.Post) string {
	blogs, err := feeds.ListBlogs(in.ctx, db, 0, 2)
	if err != nil || len(blogs) < 2 {
		return titleOf(p)
	}
	b, err := feeds.BlogByID(in.ctx, db, p.BlogID)
	if err != nil {
		return titleOf(p)
	}
	return titleOf(p) + " (" + b.Handle() + ")"
}
