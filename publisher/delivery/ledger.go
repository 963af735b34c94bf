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
	Joined        bool      // what goes out is the Create with the state of this Update

	inboxHash database.Digest
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

// States are those a delivery can be in, as people want to read them.
var States = []string{Pending, Delivered, Refused, Gone, Expired, Cancelled}

// Ledger is the sums of all deliveries at one moment.
type Ledger struct {
	Enqueued int            // how many there ever were, counted when they were enqueued
	States   map[string]int // how many are in each state; a state without any is not in it
	Wrong    []string       // activities of which that does not agree; some of them, if they are many
}

// Sum is how many deliveries the ledger knows.
func (l Ledger) Sum() (n int) {
	for _, of := range l.States {
		n += of
	}
	return n
}

// Agrees says that nothing was lost and nothing appeared.
func (l Ledger) Agrees() bool { return l.Sum() == l.Enqueued && len(l.Wrong) == 0 }

// mostWrong is how many activities a ledger that does not agree names.
const mostWrong = 10

// ReadLedger sums up, and checks each activity.
func ReadLedger(ctx context.Context, q database.Querier) (Ledger, error) {
	l, err := readLedger(ctx, q)
	if err != nil {
		return l, err
	}
	if l.Wrong, err = unbalanced(ctx, q, mostWrong); err != nil {
		return l, fmt.Errorf("check the deliveries of each activity: %w", err)
	}
	return l, nil
}

func readLedger(ctx context.Context, q database.Querier) (Ledger, error) {
	l := Ledger{States: map[string]int{}}
	counted, err := readCounts(ctx, q)
	if err != nil {
		return l, fmt.Errorf("count deliveries: %w", err)
	}
	for _, c := range counted {
		switch {
		case c.state == countedEnqueued:
			l.Enqueued = c.n
		case c.state == countedFolded && c.n > 0:
			l.States[Delivered] += c.n
		case c.state != countedFolded:
			l.States[c.state] += c.n
		}
	}
	return l, nil
}

// Counts is how many deliveries are in each state; a state without any is not in it. The sum is all that was ever enqueued.
func Counts(ctx context.Context, q database.Querier) (map[string]int, error) {
	l, err := readLedger(ctx, q)
	return l.States, err
}

// Explain says in one line for people how the delivery stands: "pasture.example answered 503, next try in 4 min".
func (d Delivery) Explain(now time.Time) string {
	switch d.State {
	case Delivered:
		return fmt.Sprintf("%s took it with %d", d.Host, d.LastStatus)
	case Cancelled:
		if d.LastAnswer == joinedWords || d.LastAnswer == droppedWords || d.Attempts == 0 && d.LastAnswer != "" {
			return "cancelled: " + d.LastAnswer
		}
		return "cancelled: the post was deleted or the follower left"
	case Refused:
		return d.outcome() + ", not tried again"
	case Gone:
		return d.outcome() + ": no such inbox, not tried again"
	case Expired:
		return fmt.Sprintf("%s, given up after the last try (number %d)", d.outcome(), d.Attempts)
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
