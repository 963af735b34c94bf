package delivery

import (
	"context"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// An inbox that was away shall not get the history of a post, but the post. While the Create of an
// object waits for an inbox and certainly has not arrived there, an Update that says everything
// (Activity.Joined) takes its place: the row of the Create is cancelled, and the row of the Update
// sends the Create with its own state instead. That is one more body for each Update, however many
// inboxes need it, and the Create keeps its id. An Update so waiting is replaced by the next one in
// the same way, and a Delete needs not to be sent at all.
//
// Certainly means that no try was made, or that the inbox answered each with a refusal, or that there never was a connection (safe). After
// any other try the Create may be there, and another one with the same id would be taken for a copy of it; so there everything is sent, in
// order.

// withdraw cancels what a newer activity replaces and gives the inboxes among these that the Create never reached.
func withdraw(ctx context.Context, tx database.Querier, a Activity, to []inbox, now time.Time) (map[database.Digest]bool, error) {
	if a.Kind != "Delete" && (a.Kind != "Update" || a.Joined == nil) {
		return nil, nil
	}
	earlier, err := earlierActivities(ctx, tx, a)
	if err != nil || len(earlier) == 0 {
		return nil, err
	}
	never := map[database.Digest]bool{}
	for batch := range slices.Chunk(to, insertRows) {
		waiting, err := unsent(ctx, tx, earlier, batch)
		if err != nil {
			return nil, err
		}
		for of, inboxes := range waiting.all() {
			cancelled, err := cancelUnsent(ctx, tx, of.activity, inboxes, now)
			if err != nil {
				return nil, err
			}
			for _, hash := range cancelled {
				if of.create {
					never[hash] = true
				}
			}
		}
	}
	if a.Kind == "Update" && len(never) > 0 {
		err = storeJoined(ctx, tx, a.ID, a.Joined)
	}
	return never, err
}

// waitingFor is what rows that were never sent are: of which activity, and whether they would be the Create.
type waitingFor struct {
	activity database.ID
	create   bool
}
