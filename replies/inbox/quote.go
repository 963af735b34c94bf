package inbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// A quote is a post of somebody's own that shows ours inside. By FEP-044f (Mastodon since 4.4) it
// asks for leave with a QuoteRequest and names the authorization it gets; before that there were as
// many names for it as servers, and no leave. Both kinds are shown under the post, the new one with
// our authorization only, and either is moderated like a reply.

// stillQuotes says whether an edited quote names the post still.
func stillQuotes(ctx context.Context, q database.Querier, n thread.Note, stored thread.Stored) (bool, error) {
	p, err := thread.QuotedPost(ctx, q, n)
	return err == nil && p.PostID == stored.PostID, ignoreNowhere(err)
}

// unauthorizedQuote says why a quote is not shown; "" for one that may be, and for what is no
// quote. A quote that asks is nothing before it has its answer: its QuoteRequest, which brings it
// along, or its Update is still to come.
func unauthorizedQuote(ctx context.Context, q database.Querier, n thread.Note, at thread.Target) (flaw string, err error) {
	if !at.Quoted {
		return "", nil
	}
	s, err := moderation.AuthorizationOf(ctx, q, n.ID, at.PostID)
	switch {
	case errors.Is(err, database.ErrNotFound) && n.Asks:
		return "quotes the post, and has no leave yet", nil
	case errors.Is(err, database.ErrNotFound):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("look for the leave to quote: %w", err)
	case !s.RevokedAt.IsZero():
		return "quotes the post, and the leave was taken back", nil
	}
	return "", nil
}

// quoteRequest gives or refuses the leave to quote a post (FEP-044f). The same object gets the same
// authorization, however often it asks.
func (in *Inbox) quoteRequest(ctx context.Context, tx *database.Tx, a *Inbound) (Outcome, error) {
	c := a.claim()
	c.Object, c.Author = a.instrumentID, a.Actor
	var err error
	if a.Instrument != nil {
		c.Author, err = in.soleAuthor(ctx, tx, thread.Attributed(a.Instrument), a.Actor)
	}
	if err != nil {
		return Outcome{}, err
	}
	stored, err := thread.ReplyByURI(ctx, tx, a.instrumentID)
	if err != nil && !errors.Is(err, database.ErrNotFound) {
		return Outcome{}, fmt.Errorf("look for the quote: %w", err)
	}
	c.Owner = stored.AuthorURI
	if err := Authorise(c); err != nil {
		return Outcome{}, err
	}
	at, err := thread.PostByID(ctx, tx, a.Object)
	if errors.Is(err, database.ErrNotFound) || errors.Is(err, thread.ErrNowhere) {
		return Dropped(thread.ErrNowhere.Error()), nil
	}
	if err != nil {
		return Outcome{}, fmt.Errorf("look for the post: %w", err)
	}
	actor, err := in.author(ctx, tx, a.Actor)
	if err != nil {
		return Outcome{}, err
	}
	return in.answerQuote(ctx, tx, a, at, publisher.QuoteRequest{ID: a.ID, Actor: actor, Post: a.Object, Instrument: a.instrumentID})
}

func (in *Inbox) answerQuote(
	ctx context.Context, tx *database.Tx, a *Inbound, at thread.Target, r publisher.QuoteRequest,
) (Outcome, error) {
	refused, err := in.refuseQuote(ctx, tx, a, at, r)
	if err != nil {
		return Outcome{}, err
	}
	if refused == "" && a.Instrument == nil {
		return Outcome{}, &Missing{WantInstrument, a.instrumentID} // it must be there, and the actor's own
	}
	if err := a.pay("answer", func() error { return in.Answers.Take(ctx, tx, at.Blog, r.Actor) }); err != nil {
		return Outcome{}, err
	}
	if refused != "" {
		out := done("refused: "+refused, at.Blog.ID)
		out.enqueued = true
		return out, publisher.RejectQuote(ctx, tx, at.Blog, r, a.At)
	}
	s, err := moderation.EnsureAuthorization(ctx, tx, at, r, a.At)
	if err != nil {
		return Outcome{}, err
	}
	if err := publisher.AcceptQuote(ctx, tx, at.Blog, r, s.ID, a.At); err != nil {
		return Outcome{}, err
	}
	if err := thread.UnlessNow(isRememberedNow(ctx, tx, deletedKey(a.Actor, a.instrumentID), time.Time{})); err != nil {
		return Outcome{}, err
	}
	out := done("may quote", at.Blog.ID)
	out.enqueued = true
	return in.showQuote(ctx, tx, a, out)
}

// refuseQuote says why a request is refused; "" if it is not.
func (in *Inbox) refuseQuote(
	ctx context.Context, q database.Querier, a *Inbound, at thread.Target, r publisher.QuoteRequest,
) (why string, err error) {
	blocks, err := a.blocksOf(ctx, q)
	if err != nil || blocks.KeepOut(at.Blog.ID) {
		return "blocked", err
	}
	gone, err := isRemembered(ctx, q, deletedKey(r.Actor.URI, r.Instrument))
	if gone || err != nil {
		return "what would quote is deleted", err
	}
	s, err := moderation.AuthorizationOf(ctx, q, r.Instrument, at.PostID)
	switch {
	case err == nil && s.RevokedAt.IsZero():
		return "", nil // whatever the policy has become since
	case err == nil:
		return "the leave was taken back", nil
	case !errors.Is(err, database.ErrNotFound):
		return "", fmt.Errorf("look for the leave to quote: %w", err)
	}
	switch at.Blog.Settings.Quotes {
	case settings.QuotesNobody:
		return "nobody may quote", nil
	case settings.QuotesFollowers:
		follows, err := followers.IsFollower(ctx, q, at.Blog.ID, r.Actor.ID)
		if !follows || err != nil {
			return "only followers may quote", err
		}
	}
	n, err := moderation.CountAuthorizations(ctx, q, at.Blog.ID, r.Actor.URI, bounds.QuotesPerPerson)
	if err == nil && n == bounds.QuotesPerPerson {
		return fmt.Sprintf("they may quote %d things already", n), nil
	}
	if err != nil {
		return "", fmt.Errorf("count what they may quote: %w", err)
	}
	return "", nil
}

// showQuote stores what quotes as its Create would: that one may have come before the leave, or not
// come at all. Nothing that goes wrong with it concerns the leave.
func (in *Inbox) showQuote(ctx context.Context, tx *database.Tx, a *Inbound, out Outcome) (Outcome, error) {
	_, err := thread.ReplyByURI(ctx, tx, a.instrumentID)
	if !errors.Is(err, database.ErrNotFound) {
		return out, err
	}
	quote := *a
	quote.Object, quote.Embedded = a.instrumentID, a.Instrument
	n := thread.ReadNote(a.Instrument)
	if p, err := thread.QuotedPost(ctx, tx, n); err != nil || ids.PostID(p.Blog, p.PostID) != a.Object {
		return out, ignoreNowhere(err)
	}
	shown, err := in.AddReply(ctx, tx, &quote, n)
	var m *Missing
	if errors.As(err, &m) || errors.Is(err, web.ErrTooMany) || errors.Is(err, web.ErrRefused) {
		return out, nil
	}
	out.Verdict += "; the quote: " + shown.Verdict
	return out, err
}

func ignoreNowhere(err error) error {
	if errors.Is(err, thread.ErrNowhere) {
		return nil
	}
	return err
}
