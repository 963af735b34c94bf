package publisher

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/database"
)

// Whoever publishes canQuote has to answer the requests (FEP-044f). Who asks, and what was granted,
// is the business of package replies; here is what is said.

// QuoteRequest is what somebody asks with the activity of that name.
type QuoteRequest struct {
	ID         string // of the activity
	Actor      remote.Actor
	Post       string // the id of our post
	Instrument string // the id of what quotes it
}

// BuildQuoteAuthorization is the authorization with this id on the quote of a post by an object.
func BuildQuoteAuthorization(b feeds.Blog, id database.ID, post, instrument string) activitypub.QuoteAuthorization {
	return activitypub.QuoteAuthorization{
		ID: ids.QuoteID(b, id), Type: "QuoteAuthorization", AttributedTo: b.ActorID(), InteractingObject: instrument, InteractionTarget: post,
	}
}

// AcceptQuote enqueues the Accept of a request, which names the authorization. It goes to the
// personal inbox, as every answer.
func AcceptQuote(ctx context.Context, tx database.Querier, b feeds.Blog, r QuoteRequest, stamp database.ID, now time.Time) error {
	return answerQuote(ctx, tx, b, r, "Accept", ids.QuoteID(b, stamp), now)
}

// RejectQuote enqueues the refusal of a request.
func RejectQuote(ctx context.Context, tx database.Querier, b feeds.Blog, r QuoteRequest, now time.Time) error {
	return answerQuote(ctx, tx, b, r, "Reject", "", now)
}

// answerQuote embeds the request with its id: Mastodon matches an answer by either. What the order
// goes by is the authorization, so that a withdrawal overtakes an Accept that has not arrived yet.
func answerQuote(ctx context.Context, tx database.Querier, b feeds.Blog, r QuoteRequest, kind, stamp string, now time.Time) error {
	if len(r.ID) > followers.MaxEchoed {
		return followers.TooLong("QuoteRequest")
	}
	if len(r.Instrument) > followers.MaxEchoed {
		return followers.TooLong("quote")
	}
	answer := activitypub.Activity{
		Context: activitypub.QuoteRequestContext, ID: ids.ActivityID(b.BaseURL, database.NewID(now)), Type: kind, Actor: b.ActorID(),
		To: []string{r.Actor.URI}, Result: stamp,
		Object: activitypub.Activity{ID: r.ID, Type: "QuoteRequest", Actor: r.Actor.URI, Object: r.Post, Instrument: r.Instrument},
	}
	a, err := delivery.Activity{ObjectURI: cmp.Or(stamp, r.ID)}.With(answer, now)
	if err != nil {
		return err
	}
	if err := delivery.EnqueueAnswer(ctx, tx, a, b.ID, r.Actor.URI, r.Actor.Inbox, now); err != nil {
		return fmt.Errorf("answer the QuoteRequest of %s with %s: %w", r.Actor.URI, kind, err)
	}
	return nil
}

// WithdrawQuote tells whoever quoted that the authorization is not valid any more: a Delete of it
// (FEP-044f).
func WithdrawQuote(
	ctx context.Context, tx database.Querier, b feeds.Blog, to remote.Actor, stamp activitypub.QuoteAuthorization, now time.Time,
) error {
	err := enqueue(ctx, tx, b, delivery.Activity{ObjectURI: stamp.ID}, activitypub.Activity{
		Context: activitypub.QuoteContext, ID: ids.ActivityID(b.BaseURL, database.NewID(now)), Type: "Delete", Actor: b.ActorID(),
		To: []string{to.URI}, Object: stamp,
	}, []string{to.Inbox}, now)
	if err != nil {
		return fmt.Errorf("withdraw the quote authorization %s: %w", stamp.ID, err)
	}
	return nil
}
