package crawl

import (
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

const (
	wishesLater = 24 * time.Hour
	newFor      = 48 * time.Hour
	wishesEvery = 10 * time.Minute // how often the loop looks who is to be asked
)

// askWithheld has the loop ask those of whom something is withheld. after is where the last look
// ended.
func (w *Worker) askWithheld(ctx context.Context, after database.ID) (database.ID, error) {
	list, err := withheldFor(ctx, w.DB, after, w.Now())
	if err != nil {
		return after, fmt.Errorf("list whose replies are withheld: %w", err)
	}
	for _, of := range list {
		if !w.Stale.Put(of.author) {
			return after, nil
		}
		after = of.reply
	}
	if len(list) < thread.AuthoredPage {
		after = 0
	}
	return after, nil
}
