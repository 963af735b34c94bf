package moderation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// Quote is the leave that an object has to quote a post: its authorization. It is good until it is
// taken back, and never given again.
type Quote struct {
	ID         database.ID
	BlogID     database.ID
	PostID     string
	Instrument string // the id of what quotes
	Actor      string // the id of whose it is
	CreatedAt  time.Time
	RevokedAt  time.Time // zero while it is good
}

// EnsureAuthorization is the authorization of an object on a post, made if there is none.
func EnsureAuthorization(ctx context.Context, tx *database.Tx, at thread.Target, r publisher.QuoteRequest, now time.Time) (Quote, error) {
	s, err := AuthorizationOf(ctx, tx, r.Instrument, at.PostID)
	if !errors.Is(err, database.ErrNotFound) {
		return s, err
	}
	s = Quote{
		ID: database.NewID(now), BlogID: at.Blog.ID, PostID: at.PostID, Instrument: r.Instrument, Actor: r.Actor.URI, CreatedAt: now,
	}
	return s, insertAuthorization(ctx, tx, s)
}

// Quotes lists the authorizations, oldest first, from after on (0 = from the start). limit is at
// most 500.
func Quotes(ctx context.Context, q database.Querier, after database.ID, limit int) ([]Quote, error) {
	list, err := authorizationsAfter(ctx, q, after, min(limit, MaxList))
	if err != nil {
		return nil, fmt.Errorf("list the quotes: %w", err)
	}
	return list, nil
}

// RevokeQuote takes back the leave to quote: the other server is told, and the quote is hidden
// here. web.ErrNotFound where there is no such authorization, or it was taken back already.
func RevokeQuote(ctx context.Context, db *database.DB, id database.ID, who, why string, now time.Time) error {
	err := thread.InTx(ctx, db, func(tx *database.Tx) error {
		s, err := authorizationByID(ctx, tx, id)
		if errors.Is(err, database.ErrNotFound) || err == nil && !s.RevokedAt.IsZero() {
			return fmt.Errorf("%w: there is no quote %s, or its leave was taken back already", web.ErrNotFound, id)
		}
		if err != nil {
			return err
		}
		if err := revoke(ctx, tx, s, now); err != nil {
			return err
		}
		stored, err := thread.ReplyByURI(ctx, tx, s.Instrument)
		if err == nil && stored.Kind == thread.KindQuote && stored.Status != thread.Deleted {
			_, err = hide(ctx, tx, stored, Decision{Who: who, Why: why, At: now})
		}
		if err != nil && !errors.Is(err, database.ErrNotFound) {
			return fmt.Errorf("hide the quote: %w", err)
		}
		return decide(ctx, tx, Decision{BlogID: s.BlogID, Who: who, What: whatRevoke, Target: s.Instrument, Why: why, At: now})
	})
	if err != nil {
		return fmt.Errorf("take back the leave to quote: %w", err)
	}
	return nil
}

// revoke ends an authorization and tells whose it was, where we still know them.
func revoke(ctx context.Context, tx *database.Tx, s Quote, now time.Time) error {
	if err := markRevoked(ctx, tx, s.ID, now); err != nil {
		return err
	}
	blog, err := feeds.BlogByID(ctx, tx, s.BlogID)
	if err != nil {
		return fmt.Errorf("read the blog: %w", err)
	}
	ids, err := actorByURI(ctx, tx, s.Actor)
	if err != nil {
		return fmt.Errorf("look for the actor: %w", err)
	}
	actors, err := remote.ActorsByID(ctx, tx, ids)
	for _, actor := range actors {
		if err == nil && actor.GoneAt.IsZero() {
			err = publisher.WithdrawQuote(ctx, tx, blog, actor, s.document(blog), now)
		}
	}
	return err
}

func (s Quote) document(blog feeds.Blog) activitypub.QuoteAuthorization {
	return publisher.BuildQuoteAuthorization(blog, s.ID, ids.PostID(blog, s.PostID), s.Instrument)
}

// RevokeOf ends every authorization of an object that its author has deleted, and says how many.
func RevokeOf(ctx context.Context, tx *database.Tx, actor, instrument string, now time.Time) (int, error) {
	list, err := authorizationsOf(ctx, tx, instrument)
	if err != nil {
		return 0, fmt.Errorf("list what it may quote: %w", err)
	}
	n := 0
	for _, s := range list {
		if s.Actor != actor {
			continue
		}
		if err := revoke(ctx, tx, s, now); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// revokeBlocked ends the authorizations of those whom a new block concerns.
func revokeBlocked(ctx context.Context, tx *database.Tx, b Block, now time.Time) error {
	if b.Kind == BlockActor {
		return revokeEach(ctx, tx, now, func() ([]Quote, error) { return authorizationsOfActor(ctx, tx, b.Value, b.BlogID) })
	}
	hosts, err := hostsUnder(ctx, tx, b.Value)
	for _, host := range hosts {
		if err == nil {
			err = revokeEach(ctx, tx, now, func() ([]Quote, error) { return authorizationsOfHost(ctx, tx, host, b.BlogID) })
		}
	}
	return err
}

// revokeEach revokes page after page; what is revoked is in none of the next.
func revokeEach(ctx context.Context, tx *database.Tx, now time.Time, next func() ([]Quote, error)) error {
	for {
		page, err := next()
		if err != nil || len(page) == 0 {
			return err
		}
		for _, s := range page {
			if err := revoke(ctx, tx, s, now); err != nil {
				return err
			}
		}
	}
}
