package admin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/websub"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// blogRow is a blog and how its feed is doing.
type blogRow struct {
	feeds.Blog
	Poll      feeds.Poll
	Why       string // the feed is read next when it is, as one reads it after "because"
	Hub       string // who tells of news before that, in words
	Held      feeds.Notice
	Followers int
}

// readBlogs asks several times for each blog; on a page with at most a hundred of them that is
// simpler than a join of three packages' tables.
func (p *Pages) readBlogs(ctx context.Context, v *homeView) error {
	blogs, err := feeds.ListBlogs(ctx, p.DB, 0, maxBlogs+1)
	if err != nil {
		return fmt.Errorf("list blogs: %w", err)
	}
	v.MoreBlogs = len(blogs) > maxBlogs
	poller := &feeds.Poller{DB: p.DB, Now: p.now, Interval: p.Interval}
	for _, b := range blogs[:min(len(blogs), maxBlogs)] {
		row, err := readBlog(ctx, poller, b)
		if err != nil {
			return fmt.Errorf("read about %s: %w", b.Handle(), err)
		}
		v.Followers += row.Followers
		v.Blogs = append(v.Blogs, row)
	}
	if v.Posts, err = feeds.CountAllPosts(ctx, p.DB); err != nil {
		return fmt.Errorf("count posts: %w", err)
	}
	return nil
}

func readBlog(ctx context.Context, poller *feeds.Poller, b feeds.Blog) (row blogRow, err error) {
	row.Blog = b
	if row.Followers, err = followers.Count(ctx, poller.DB, b.ID); err != nil {
		return row, err
	}
	if row.Held, err = feeds.NoticeOf(ctx, poller.DB, b.ID); err != nil {
		return row, err
	}
	row.Poll, err = feeds.PollOf(ctx, poller.DB, b.ID)
	if errors.Is(err, database.ErrNotFound) {
		return row, nil
	}
	if err != nil {
		return row, err
	}
	if row.Why, err = poller.Why(ctx, b, row.Poll); err != nil {
		return row, err
	}
	row.Hub, err = websub.Words(ctx, poller.DB, row.Poll, poller.Now())
	return row, err
}

// IsDue says that the feed is read as soon as somebody comes to it.
func (b blogRow) IsDue(now time.Time) bool { return !b.Poll.NextAt.After(now) }

// readNow is behind the button of a blog: its feed is due at once, and one that was stopped starts
// again.
func (p *Pages) readNow(w http.ResponseWriter, r *http.Request, _ session) error {
	id, err := database.ParseID(r.PathValue("id"))
	if err != nil {
		return fmt.Errorf("%w: no such blog", web.ErrNotFound)
	}
	err = p.DB.InTx(r.Context(), func(tx *database.Tx) error { return feeds.ReadNow(r.Context(), tx, id, p.now()) })
	switch {
	case errors.Is(err, database.ErrNotFound):
		web.Redirect(w, r, "/admin/?done=no-blog")
		return nil
	case err != nil:
		return err
	}
	p.wakeNext()
	web.Redirect(w, r, "/admin/?done=reading#b-"+id.String())
	return nil
}
