package app

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/loop"
	"github.com/bloghorn/bloghorn/server/web"
)

// Settle makes the blogs agree with the settings. Where the database can be read but not written,
// that is done later (settleLater), and the server serves what there is: readers shall not miss it
// because a disk is full.
func (a *App) Settle(ctx context.Context) error {
	err := a.settleBase(ctx)
	if err == nil {
		err = a.applyBlogs(ctx)
	}
	if a.unsettled = err != nil && cannotWrite(err); a.unsettled {
		a.Log.Error("the database cannot be written, so that only what it holds is served; it is tried again, and nothing has to be started anew", "err", err)
		return nil
	}
	return err
}

func cannotWrite(err error) bool {
	return errors.Is(err, database.ErrFull) || errors.Is(err, database.ErrUnavailable) || errors.Is(err, database.ErrConflict)
}

// settleLater does what settle could not, until ctx ends. It returns nil.
func (a *App) settleLater(ctx context.Context) error {
	return loop.Loop{
		Waker: &loop.Waker{}, Now: a.Now, Log: a.part("settings"),
		Round: func(ctx context.Context) error {
			if !a.unsettled {
				return nil
			}
			return a.Settle(ctx)
		},
		Next: func(context.Context) (due time.Time, err error) { return due, nil },
	}.Run(ctx)
}

// settleBase makes the blogs that live on public_url agree with it. Every id is made from a blog's
// row, so a row that nobody outside has seen simply moves; one with followers or deliveries cannot,
// because to other servers it would be somebody else (exit 6).
func (a *App) settleBase(ctx context.Context) error {
	public := a.Settings.PublicURL
	return EachBlog(ctx, a.DB, func(b feeds.Blog) error {
		if !b.FromPublicURL || b.BaseURL == public {
			return nil
		}
		return a.moveBase(ctx, b, public)
	})
}

func (a *App) moveBase(ctx context.Context, b feeds.Blog, public string) error {
	if old, err := url.Parse(b.BaseURL); a.Settings.ServesGuess && err == nil && !config.ThisComputer(old.Hostname()) {
		return exit.With(exit.Config, "%s lives at %s, and no public_url is set here. Without it the blog would move to %s, which only this "+
			"computer can reach. Nothing was changed. Name the configuration that serve had before: --config FILE, or set public_url.",
			b.Handle(), b.BaseURL, public)
	}
	err := a.rebase(ctx, b, public)
	if err == nil {
		a.Log.Warn("a blog has moved, as public_url has; nobody followed it", "blog", b.Handle(), "from", b.BaseURL, "to", public)
	}
	return err
}

func (a *App) rebase(ctx context.Context, b feeds.Blog, public string) error {
	return a.DB.InTx(ctx, func(tx *database.Tx) error {
		seen, err := followers.SeenOutside(ctx, tx, b)
		if err != nil {
			return err
		}
		if seen {
			return exit.With(exit.Refused, "public_url changed from %s to %s, but %s is known to other servers under the old address. To its followers the blog would be "+
				"gone, and a stranger in its place. Undo the change of public_url.", b.BaseURL, public, b.Handle())
		}
		moved, err := feeds.Rebase(ctx, tx, b, public, config.HostOf(public))
		if err != nil {
			return fmt.Errorf("move %s to %s: %w", b.Handle(), public, err)
		}
		return a.Keys.Rename(ctx, tx, b.ActorID(), moved.ActorID())
	})
}

// applyBlogs makes the blogs agree with the configuration file. One that it names and nobody has
// added is an error: a typing mistake would otherwise leave a blog public that was to be unlisted.
func (a *App) applyBlogs(ctx context.Context) error {
	for _, entry := range a.Settings.Blogs {
		b, err := feeds.FindBlog(ctx, a.DB, entry.Handle)
		if errors.Is(err, web.ErrNotFound) {
			return a.unknownBlog(ctx, entry, err)
		}
		if err != nil {
			return exit.With(exit.Config, "%s: %w", entry.Where, err)
		}
		was, is, err := a.ChangeBlog(ctx, b, entry.Changes.Apply)
		if err != nil {
			return exit.With(exit.Config, "%s: %s: %w", entry.Where, entry.Handle, err)
		}
		for _, line := range config.Differences(was, is) {
			a.Log.Info("set by the configuration file", "blog", b.Acct(), "change", line)
		}
	}
	return nil
}

func (a *App) unknownBlog(ctx context.Context, entry config.Blog, cause error) error {
	names := map[string]string{}
	err := EachBlog(ctx, a.DB, func(b feeds.Blog) error {
		names[b.Username], names[b.Acct()] = b.Acct(), b.Acct()
		return nil
	})
	if err != nil {
		return err
	}
	advice := "Add it first: bloghorn blog add URL --handle " + entry.Handle
	if near := config.Nearest(entry.Handle, names); near != "" {
		advice = fmt.Sprintf("Did you mean %q?", near)
	}
	return exit.With(exit.Config, "%s: %w. %s", entry.Where, cause, advice)
}

// ChangeBlog changes a blog and tells its followers what they can see of it, and what more has to
// be told, in one transaction.
func (a *App) ChangeBlog(
	ctx context.Context, b feeds.Blog, change func(*feeds.Blog) error, more ...func(*database.Tx, feeds.Blog) error,
) (was, is feeds.Blog, err error) {
	if _, err := a.Keys.Prover(ctx, b.ActorID()); err != nil { // made where there is none, which is nothing for a transaction
		return b, b, fmt.Errorf("read the keys of %s: %w", b.Handle(), err)
	}
	err = a.DB.InTx(ctx, func(tx *database.Tx) (err error) {
		if was, is, err = a.changeBlogIn(ctx, tx, b, change); err != nil {
			return err
		}
		for _, tell := range more {
			if err := tell(tx, is); err != nil {
				return err
			}
		}
		return nil
	})
	return was, is, err
}

func (a *App) changeBlogIn(ctx context.Context, tx *database.Tx, b feeds.Blog, change func(*feeds.Blog) error) (was, is feeds.Blog, err error) {
	if was, is, err = feeds.Edit(ctx, tx, b.ID, change, a.Now()); err != nil {
		return was, is, err
	}
	if shownOf(was) != shownOf(is) {
		keys, err := a.Keys.Told(ctx, tx, b.ActorID())
		if err != nil {
			return was, is, fmt.Errorf("read the keys of %s: %w", b.Handle(), err)
		}
		if err := publisher.BroadcastProfile(ctx, tx, is, keys, a.Now()); err != nil {
			return was, is, err
		}
	}
	if was.Settings.Unlisted != is.Settings.Unlisted {
		if err := moderation.ReviewBlog(ctx, tx, is, a.Now()); err != nil {
			return was, is, err
		}
	}
	if was.Settings.PinTag != is.Settings.PinTag {
		return was, is, publisher.BroadcastFeatured(ctx, tx, is, a.Now())
	}
	return was, is, nil
}

func EachBlog(ctx context.Context, db *database.DB, visit func(feeds.Blog) error) error {
	page := func(after database.ID) ([]feeds.Blog, error) {
		blogs, err := feeds.ListBlogs(ctx, db, after, PageSize)
		if err != nil {
			return nil, fmt.Errorf("list the blogs: %w", err)
		}
		return blogs, nil
	}
	return EachRow(page, func(b feeds.Blog) database.ID { return b.ID }, visit)
}

// shownOf is what the blog's actor shows of what can be changed.
func shownOf(b feeds.Blog) [6]string {
	return [6]string{b.Title, b.Summary, b.IconURL, b.SiteURL, b.AlsoKnownAs, b.MovedTo}
}
