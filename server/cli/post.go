package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

type postCommands struct {
	List     postListCommand     `cmd:"" help:"List posts, newest first."`
	Show     postShowCommand     `cmd:"" help:"Show what is known of a post."`
	Share    postShareCommand    `cmd:"" help:"Boost a post, so that followers see it now."`
	Pin      postPinCommand      `cmd:"" help:"Pin a post to the blog's profile."`
	Unpin    postUnpinCommand    `cmd:"" help:"Take a pin back."`
	Adopt    postAdoptCommand    `cmd:"" help:"Let answers to a toot of yours appear under a post."`
	Release  postReleaseCommand  `cmd:"" help:"Announce posts that are held."`
	History  postHistoryCommand  `cmd:"" help:"Keep held or waiting posts without announcing them."`
	Same     postSameCommand     `cmd:"" help:"Say that a held post is the known one it looks like."`
	Delete   postDeleteCommand   `cmd:"" help:"Take a post back from the fediverse."`
	Backfill postBackfillCommand `cmd:"" help:"Fetch the older posts of a blog, quietly, and announce some of them if you like."`
}

type postListCommand struct {
	Name  string `arg:"" optional:"" help:"The blog: tea, or tea@blog.example. All blogs where it is left out."`
	State string `help:"Only these: announced, waiting (to be announced), history (never announced), held, removed or pinned." enum:",announced,waiting,history,held,removed,pinned" default:"" placeholder:"STATE"`
	Limit atMost `help:"At most so many of each blog." default:"50"`
}

// Help shows how it is used.
func (postListCommand) Help() string {
	return "For example:\n\n  bloghorn post list\n  bloghorn post list tea --state history --limit 10"
}

// Run prints one line a post: id, date, state, title, address.
func (c postListCommand) Run(in *invocation) error {
	return in.withDatabase(func(db *database.DB) error {
		table := tabwriter.NewWriter(in.stdout, 0, 8, 2, ' ', 0)
		listed := 0
		list := func(b feeds.Blog) error {
			n, err := c.list(in.ctx, table, db, b)
			listed += n
			return err
		}
		var err error
		if c.Name == "" {
			err = app.EachBlog(in.ctx, db, list)
		} else {
			var b feeds.Blog
			if b, err = namedBlog(in.ctx, db, c.Name); err == nil {
				err = list(b)
			}
		}
		if err == nil && listed == 0 {
			fmt.Fprintln(in.stderr, noPost(c.State))
		}
		return errors.Join(err, table.Flush())
	})
}

func noPost(state string) string {
	switch state {
	case "":
		return "There is no post yet."
	case "history":
		return "No post is in the history."
	}
	return "No post is " + state + "."
}

// list walks through the blog's posts until enough have the state, and says how many it has listed.
func (c postListCommand) list(ctx context.Context, table *tabwriter.Writer, db *database.DB, b feeds.Blog) (int, error) {
	left := int(c.Limit)
	for before := (*feeds.Post)(nil); left > 0; {
		posts, err := feeds.ListPosts(ctx, db, b.ID, before, app.PageSize)
		if err != nil {
			return int(c.Limit) - left, fmt.Errorf("list the posts of %s: %w", b.Handle(), err)
		}
		for _, p := range posts {
			state := postState(p)
			if left > 0 && (c.State == "" || c.State == state || c.State == "pinned" && !p.PinnedAt.IsZero()) {
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", p.ID, p.PublishedAt.Format(time.DateOnly), state, titleOf(p), p.URL)
				left--
			}
		}
		if len(posts) < app.PageSize {
			break
		}
		before = &posts[len(posts)-1]
	}
	return int(c.Limit) - left, nil
}

// hasEditToTell says that followers know the post, and that an edit of it waits for its turn.
func hasEditToTell(p feeds.Post) bool {
	return p.IsPublic() && p.Announce && !p.DueAt.IsZero() && !p.EditedAt.IsZero()
}

// waitingEdit says so, and until when; "" where none waits.
func waitingEdit(p feeds.Post, now time.Time) string {
	switch {
	case !hasEditToTell(p):
		return ""
	case p.DueAt.After(now):
		return "; an edit waits until " + clock(p.DueAt)
	}
	return "; an edit is sent as soon as serve runs"
}

// postState is one word for where a post is in its life.
func postState(p feeds.Post) string {
	switch {
	case !p.RemovedAt.IsZero():
		return "removed"
	case !p.HeldAt.IsZero():
		return "held"
	case p.Announce && !p.DueAt.IsZero() && !hasEditToTell(p):
		return "waiting"
	case p.Announce:
		return "announced"
	}
	return "history"
}

// stateWords are the state after "it is".
func stateWords(p feeds.Post, now time.Time) string {
	switch state := postState(p); state {
	case "waiting":
		return "waiting to be announced"
	case "history":
		return "public already, and nobody is told of it"
	default:
		return state + " already" + waitingEdit(p, now)
	}
}

// titleOf is the title, else how the post begins, on one line.
func titleOf(p feeds.Post) string {
	return safehtml.Excerpt(safehtml.Line(cmp.Or(p.Title, p.Teaser)), 60)
}

// clock is a time in a list.
func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
