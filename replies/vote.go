package replies

import (
	"context"

	"github.com/bloghorn/bloghorn/server/database"
)

// askVote asks the voter's server whether the vote is hers. Where it says nothing about it, as some do, the vote does not count.
func (j *fetchBudget) askVote(ctx context.Context, a *inbound) (effect, error) {
	o, err := j.fetch(ctx, a.id)
	if err != nil {
		return nil, err
	}
	vote, err := readInbound(o)
	switch {
	case err != nil:
		return nil, err
	case vote.kind != a.kind, vote.id != a.id, vote.actor != a.actor, vote.object != a.object:
		return nil, errUntrue
	}
	vote.signer, vote.at = vote.actor, j.in.Now()
	return func(ctx context.Context, tx *database.Tx, _ *inbound) (outcome, error) {
		return j.in.apply(ctx, tx, vote)
	}, nil
}
