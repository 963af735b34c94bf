package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/loop"
	"github.com/bloghorn/bloghorn/server/web"
)

// settle makes the blogs agree with the settings. Where the database can be read but not written, that is done later (settleLater), and the
// server serves what there is: readers shall not miss it because a disk is full.
func (a *app) settle(ctx context.Context) error {
	err := a.settleBase(ctx)
	if err == nil {
		err = a.applyBlogs(ctx)
	}
	if a.unsettled = err != nil && cannotWrite(err); a.unsettled {
		a.log.Error("the database cannot be written, so that only what it holds is served; it is tried again, and nothing has to be started anew", "err", err)
		return nil
	}
	return err
}

func cannotWrite(err error) bool {
	return errors.Is(err, database.ErrFull) || errors.Is(err, database.ErrUnavailable) || errors.Is(err, database.ErrConflict)
}

// settleLater does what settle could not, until ctx ends. It returns nil.
func (a *app) settleLater(ctx context.Context) error {
	return loop.Loop{
		Waker: &loop.Waker{}, Now: a.now, Log: a.part("settings"),
		Round: func(ctx context.Context) error {
			if !a.unsettled {
				return nil
			}
			return a.settle(ctx)
		},
		Next: func(context.Context) (due time.Time, err error) { return due, nil },
	}.Run(ctx)
}

// settleBase makes the blogs that live on public_url agree with it. Every id is made from a blog's row, so a row that
// nobody outside has seen simply moves; one with followers or deliveries cannot, because to other servers it would be
// somebody else (exit 6).
func (a *app) settleBase(ctx context.Context) error {
	public := a.settings.PublicURL
	return eachBlog(ctx, a.db, func(b feeds.Blog) error {
		if !b.FromPublicURL || b.BaseURL == public {
			return nil
		}
		return a.moveBase(ctx, b, public)
	})
}

func (a *app) moveBase(ctx context.Context, b feeds.Blog, public string) error {
	if old, err := url.Parse(b.BaseURL); a.settings.ServesGuess && err == nil && !config.ThisComputer(old.Hostname()) {
		return exit.With(exit.Config, "%s lives at %s, and no public_url is set here. Without it the blog would move to %s, which only this "+
			"computer can reach. Nothing was changed. Name the configuration that serve had before: --config FILE, or set public_url.",
			b.Handle(), b.BaseURL, public)
	}
	err := a.rebase(ctx, b, public)
	if err == nil {
		a.log.Warn("a blog has moved, as public_url has; nobody followed it", "blog", b.Handle(), "from", b.BaseURL, "to", public)
	}
	return err
}

func (a *app) rebase(ctx context.Context, b feeds.Blog, public string) error {
	return a.db.InTx(ctx, func(tx *database.Tx) error {
		seen, err := publisher.SeenOutside(ctx, tx, b)
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
		return a.keys.Rename(ctx, tx, b.ActorID(), moved.ActorID())
	})
}

// applyBlogs makes the blogs agree with the configuration file. One that it names and nobody has added is an error: a typing mistake
// would otherwise leave a blog public that was to be unlisted.
func (a *app) applyBlogs(ctx context.Context) error {
	for _, entry := range a.settings.Blogs {
		b, err := feeds.FindBlog(ctx, a.db, entry.Handle)
		if errors.Is(err, web.ErrNotFound) {
			return a.unknownBlog(ctx, entry, err)
		}
		if err != nil {
			return exit.With(exit.Config, "%s: %w", entry.Where, err)
		}
		was, is, err := a.changeBlog(ctx, b, entry.Changes.Apply)
		if err != nil {
			return exit.With(exit.Config, "%s: %s: %w", entry.Where, entry.Handle, err)
		}
		for _, line := range differences(was, is) {
			a.log.Info("set by the configuration file", "blog", b.Acct(), "change", line)
		}
	}
	return nil
}

func (a *app) unknownBlog(ctx context.Context, entry config.Blog, cause error) error {
	names := map[string]string{}
	err := eachBlog(ctx, a.db, func(b feeds.Blog) error {
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
