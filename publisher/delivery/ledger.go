package delivery

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// Delivery is one row of the ledger: what became of one activity at one inbox.
type Delivery struct {
	ActivityID    database.ID
	ActivityURI   string
	Kind          string
	Inbox         string
	Host          string
	BlogID        database.ID
	State         string
	Attempts      int
	NextAttemptAt time.Time // of a pending one
	LastStatus    int       // 0: there was no answer
	LastAnswer    string    // the first 512 bytes of the answer that was no success, or why there was none; written by a stranger
	CreatedAt     time.Time
	SettledAt     time.Time
}

// Failing lists deliveries that went wrong, those that are still tried first, the newest of each kind first.
func Failing(ctx context.Context, q database.Querier, limit int) ([]Delivery, error) {
	return nil, nil
}

// Counts is how many deliveries are in each state. All that were ever enqueued are in it.
func Counts(ctx context.Context, q database.Querier) (map[string]int, error) {
	return nil, nil
}
