package feeds

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/bloghorn/bloghorn/feeds/contenthash"
	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/feeds/match"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
)

// work takes a claimed check. What fails inside Bloghorn is due again when the lease ends; what a
// server says or does not say is an outcome.
func (l *PageChecker) work(ctx context.Context, look PageCheck) {
	err := l.take(ctx, look)
	switch {
	case err == nil:
	case ctx.Err() != nil:
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if err := releasePageCheck(ctx, l.DB, look); err != nil {
			l.Log.Error("look not given back", "component", "feeds", "post", look.PostID, "err", err)
		}
	case errors.Is(err, errLeaseLost):
		l.Log.Debug("look given up", "component", "feeds", "post", look.PostID, "err", err)
	default:
		l.Log.Error("look at a page", "component", "feeds", "post", look.PostID, "err", err)
	}
}

// take asks the page and records what that means.
func (l *PageChecker) take(ctx context.Context, look PageCheck) (err error) {
	defer parser.Survive(&err)
	p, err := PostByID(ctx, l.DB, look.PostID)
	if err != nil {
		return fmt.Errorf("read the post: %w", err)
	}
	b, err := BlogByID(ctx, l.DB, p.BlogID)
	if err != nil {
		return fmt.Errorf("read its blog: %w", err)
	}
	at, err := l.pageOf(ctx, b, p)
	if err != nil {
		return err
	}
	if at == "" || !p.RemovedAt.IsZero() {
		look.CheckAt = time.Time{}
		return settlePageCheck(ctx, l.DB, look)
	}
	known := fetch.Validators{ETag: look.ETag, LastModified: look.LastModified}
	if look.Base != p.ContentHash {
		known = fetch.Validators{} // the text is needed, whether it has changed or not
	}
	s, cause := l.ask(ctx, b, at, known, pageCheckTimeout)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	log := l.Log.With("component", "feeds", "blog", b.Acct(), "post", p.ID)
	log.Debug("page looked at", "status", s.status, "err", cause)
	return l.record(ctx, log, p, look.judge(p, s, l.Now()))
}

// record commits a verdict.
func (l *PageChecker) record(ctx context.Context, log *slog.Logger, p Post, v verdict) error {
	now := l.Now()
	var removed, edited bool
	err := l.DB.InTx(ctx, func(tx *database.Tx) (err error) {
		removed, edited = false, false
		if v.remove {
			if removed, err = removeGone(ctx, tx, p.ID, now); err != nil {
				return err
			}
		}
		if v.edit != nil {
			if edited, err = l.edit(ctx, tx, p, *v.edit, now); err != nil {
				return err
			}
			if !edited {
				return errLeaseLost // a poll has changed the post: what was compared is not there any more
			}
		}
		look := v.look
		if removed {
			look.CheckAt = time.Time{}
		}
		return settlePageCheck(ctx, tx, look)
	})
	if err != nil {
		return fmt.Errorf("save the look: %w", err)
	}
	switch {
	case removed:
		log.Info("post removed: its feed has lost it for a day, and its page says that it is gone", "absent_since", p.AbsentSince)
	case edited:
		log.Info("edit found on the page of a post that has left its feed")
	default:
		return nil
	}
	if l.WakeNext != nil {
		l.WakeNext()
	}
	return nil
}

// edit stores what was found on a page by the rules for every edit.
func (l *PageChecker) edit(ctx context.Context, q database.Querier, p, found Post, now time.Time) (bool, error) {
	c := edited(found, match.Known{
		ID: p.ID, Hash: p.ContentHash, Version: contenthash.Version, Announce: p.Announce,
		PublishedAt: p.PublishedAt, EditedAt: p.EditedAt, DueAt: p.DueAt,
	}, now)
	return updateFromPage(ctx, q, c)
}
