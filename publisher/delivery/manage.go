package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// ErrOvertaken is returned where a delivery shall be tried again whose object was deleted since: readers would get back what is gone.
var ErrOvertaken = errors.New("its object was deleted since")

// ErrCancelled is returned where a delivery shall be tried again that was replaced by a newer one, or whose reader left.
var ErrCancelled = errors.New("it was cancelled")

// What an operator does by hand. All of it is rows, so it works beside a running server, which sees it within a second.

// Filter chooses deliveries; an empty field is any.
type Filter struct {
	Host  string
	State string
	Limit int
}

// List reads deliveries, from the newest on.
func List(ctx context.Context, q database.Querier, f Filter) ([]Delivery, error) {
	list, err := listDeliveries(ctx, q, f)
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	return list, nil
}

// Find reads the delivery with this Ref; ErrBadRef where it is none, database.ErrNotFound where there is no such delivery.
func Find(ctx context.Context, q database.Querier, ref string) (Delivery, error) {
	activity, least, greatest, err := parseRef(ref)
	if err != nil {
		return Delivery{}, err
	}
	found, err := deliveriesBetween(ctx, q, activity, least, greatest)
	if err != nil {
		return Delivery{}, fmt.Errorf("look for the delivery %s: %w", ref, err)
	}
	if len(found) == 0 {
		return Delivery{}, database.ErrNotFound
	}
	return found[0], nil
}

// Retry has a delivery tried at once, with two weeks before it again, whatever became of it, unless
// it arrived. It ends the pause of its host. The errors are ErrCancelled and, where a Delete of its
// object is newer, ErrOvertaken; what was given up by hand may be tried again.
func Retry(ctx context.Context, tx database.Querier, d Delivery, now time.Time) error {
	if d.State == Delivered {
		return nil
	}
	if d.State == Cancelled && d.LastAnswer != droppedWords {
		return ErrCancelled
	}
	overtaken, err := isOvertaken(ctx, tx, d)
	if err != nil {
		return fmt.Errorf("look for a Delete after %s: %w", d.Ref(), err)
	}
	if overtaken {
		return ErrOvertaken
	}
	if err := retryRow(ctx, tx, d, now); err != nil {
		return fmt.Errorf("retry the delivery %s: %w", d.Ref(), err)
	}
	return wrap(endPause(ctx, tx, d.Host), "end the pause of", d.Host)
}

// RetryHost has everything tried at once that waits for a host, and what it refused or what expired in the last two weeks; never what a
// Delete has overtaken. It gives how many deliveries that are.
func RetryHost(ctx context.Context, tx database.Querier, host string, now time.Time) (int64, error) {
	if _, err := retryFailed(ctx, tx, host, now); err != nil {
		return 0, fmt.Errorf("retry what failed at %s: %w", host, err)
	}
	if err := endPause(ctx, tx, host); err != nil {
		return 0, wrap(err, "end the pause of", host)
	}
	n, err := hastenAll(ctx, tx, host, now)
	return n, wrap(err, "hasten what waits for", host)
}

// IsTried reports whether something for a host is under way at this moment.
func IsTried(ctx context.Context, q database.Querier, host string) (bool, error) {
	tried, err := isLeased(ctx, q, host)
	return tried, wrap(err, "look for what is tried at", host)
}

// droppedWords says in the ledger who gave a delivery up.
const droppedWords = "given up by hand"

// Drop gives up a delivery that waits, and says whether it did. One that is being tried may still arrive, and is then called so.
func Drop(ctx context.Context, q database.Querier, d Delivery, now time.Time) (bool, error) {
	n, err := dropRow(ctx, q, d, now)
	if err != nil {
		return false, fmt.Errorf("give up the delivery %s: %w", d.Ref(), err)
	}
	return n > 0, nil
}

// DropHost gives up all that waits for a host, and says how much that was.
func DropHost(ctx context.Context, q database.Querier, host string, now time.Time) (int64, error) {
	n, err := dropHost(ctx, q, host, now)
	return n, wrap(err, "give up what waits for", host)
}

// Pause keeps everything from a host until then. Nothing is lost by it: two weeks of tries begin with the first, and nothing expires but
// after a failure.
func Pause(ctx context.Context, tx database.Querier, host string, until, now time.Time) error {
	if err := holdHost(ctx, tx, host, until, now); err != nil {
		return wrap(err, "pause", host)
	}
	return wrap(hold(ctx, tx, host, until), "hold what waits for", host)
}

// Resume ends a pause made by hand, and that of the breaker with it, and says whether there was one. Everything is due at once.
func Resume(ctx context.Context, tx database.Querier, host string, now time.Time) (bool, error) {
	n, err := releaseHost(ctx, tx, host, now)
	if err != nil || n == 0 {
		return false, wrap(err, "end the pause of", host)
	}
	_, err = hastenAll(ctx, tx, host, now)
	return true, wrap(err, "hasten what waits for", host)
}
