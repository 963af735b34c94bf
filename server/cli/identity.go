package cli

import (
	"context"
	"fmt"
	"net/url"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
)

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
	if old, err := url.Parse(b.BaseURL); a.settings.servesGuess && err == nil && !thisComputer(old.Hostname()) {
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
		moved, err := feeds.Rebase(ctx, tx, b, public, hostOf(public))
		if err != nil {
			return fmt.Errorf("move %s to %s: %w", b.Handle(), public, err)
		}
		return a.keys.Rename(ctx, tx, b.ActorID(), moved.ActorID())
	})
}

// asServed is what commands go by where nobody told them public_url: the address that the blogs here have already. A second blog would
// else get one that nobody can reach.
func (s settings) asServed(ctx context.Context, db *database.DB) (settings, error) {
	if !s.publicGuessed {
		return s, nil
	}
	base, err := feeds.PublicBase(ctx, db)
	if base == "" || err != nil {
		return s, err
	}
	s.PublicURL = base
	return s, s.check()
}

// hostOf is the authority of one of our own base URLs: name and, where it is not the default, port.
func hostOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return u.Host
}
