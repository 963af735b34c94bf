package delivery

import (
	"context"
	"fmt"
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
	LastStatus    int       // of the last answer; 0 where there was none
	LastAnswer    string    // its first 512 bytes unless it was a success, or why there was none; a stranger's words
	CreatedAt     time.Time
	SettledAt     time.Time // zero while pending, and for what Cancel gave up
}

// Failing lists deliveries that went wrong: those still tried first, then those that ended badly, each from the newest on, at most limit.
func Failing(ctx context.Context, q database.Querier, limit int) ([]Delivery, error) {
	var all []Delivery
	for _, state := range []string{Pending, Refused, Gone, Expired} {
		if len(all) == limit {
			break
		}
		some, err := failing(ctx, q, state, limit-len(all))
		if err != nil {
			return nil, fmt.Errorf("read %s deliveries: %w", state, err)
		}
		all = append(all, some...)
	}
	return all, nil
}

// Counts is how many deliveries are in each state; a state without any is not in it. The sum is all that was ever enqueued.
func Counts(ctx context.Context, q database.Querier) (map[string]int, error) {
	states, err := countStates(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("count deliveries: %w", err)
	}
	counts := map[string]int{}
	for _, s := range states {
		counts[s.state] = s.n
	}
	folded, err := countFolded(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("count folded deliveries: %w", err)
	}
	if folded > 0 {
		counts[Delivered] += folded
	}
	return counts, nil
}

// Explain says in one line for people how the delivery stands: "pasture.example answered 503, next try in 4 min".
func (d Delivery) Explain(now time.Time) string {
	switch d.State {
	case Delivered:
		return fmt.Sprintf("%s took it with %d", d.Host, d.LastStatus)
	case Cancelled:
		return "cancelled: the post was deleted or the follower left"
	case Refused:
		return d.outcome() + ", not tried again"
	case Gone:
		return d.outcome() + ": no such inbox, not tried again"
	case Expired:
		return fmt.Sprintf("%s at the last of %d tries in two weeks, given up", d.outcome(), d.Attempts)
	}
	if d.Attempts == 0 {
		return "first try " + until(now, d.NextAttemptAt)
	}
	return d.outcome() + ", next try " + until(now, d.NextAttemptAt)
}

func (d Delivery) outcome() string {
	switch {
	case d.LastStatus > 0:
		return fmt.Sprintf("%s answered %d", d.Host, d.LastStatus)
	case d.Attempts == 0 && d.State == Refused:
		return d.LastAnswer
	case d.LastAnswer != "":
		return fmt.Sprintf("%s was not reached (%s)", d.Host, d.LastAnswer)
	}
	return d.Host + " was not reached"
}

// until is "in 4 min", rounded to what matters.
func until(now, at time.Time) string {
	wait := at.Sub(now)
	switch {
	case wait < time.Second:
		return "now"
	case wait < time.Minute:
		return fmt.Sprintf("in %d s", wait/time.Second)
	case wait < 2*time.Hour:
		return fmt.Sprintf("in %d min", (wait+30*time.Second)/time.Minute)
	case wait < 48*time.Hour:
		return fmt.Sprintf("in %d h", (wait+30*time.Minute)/time.Hour)
	}
	return fmt.Sprintf("in %d days", (wait+12*time.Hour)/(24*time.Hour))
}
