package crawl

import (
	"context"

	"github.com/bloghorn/bloghorn/replies/inbox"
	"github.com/bloghorn/bloghorn/server/database"
)

// askVote asks the voter's server whether the vote is theirs. Where it says nothing about it, as
// some do, the vote does not count.
func (j *fetchBudget) askVote(ctx context.Context, a *inbox.Inbound) (inbox.Effect, error) {
	o, err := j.fetch(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	vote, err := inbox.ReadInbound(o)
	switch {
	case err != nil:
		return nil, err
	case vote.Kind != a.Kind, vote.ID != a.ID, vote.Actor != a.Actor, vote.Object != a.Object:
		return nil, errUntrue
	}
	vote.Signer, vote.At = vote.Actor, j.in.Now()
	return func(ctx context.Context, tx *database.Tx, _ *inbox.Inbound) (inbox.Outcome, error) {
		return j.in.Apply(ctx, tx, vote)
	}, nil
}
