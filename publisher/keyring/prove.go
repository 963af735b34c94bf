package keyring

import (
	"context"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/publisher/integrity"
)

// proved are the activities that others pass on, and so carry a proof of who said it (FEP-8b32).
// Answers to one server alone need none.
var proved = []string{"Create", "Update", "Delete", "Announce", "Move"}

// Prove signs an activity of an actor of ours (delivery.Worker.Prove). What is stored and served
// has no proof: it is made when it leaves, by the key of that day.
func (k *Keys) Prove(ctx context.Context, sender, kind string, body []byte, at time.Time) ([]byte, error) {
	if !slices.Contains(proved, kind) {
		return body, nil
	}
	key, err := k.Prover(ctx, sender)
	if err != nil {
		return nil, err
	}
	return integrity.Add(body, key, at)
}
