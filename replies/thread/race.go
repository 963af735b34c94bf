package thread

import (
	"context"
	"errors"
	"fmt"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// UnlessNow turns something that another transaction has written meanwhile into ErrRace: look
// again.
func UnlessNow(there bool, err error) error {
	if err == nil && there {
		err = ErrRace
	}
	return err
}

// InTx is db.InTx for what may be overtaken by another transaction and then has to look again.
func InTx(ctx context.Context, db *database.DB, f func(*database.Tx) error) (err error) {
	for range RaceTimes {
		if err = db.InTx(ctx, f); !errors.Is(err, ErrRace) {
			return err
		}
	}
	return fmt.Errorf("%w: %w", web.ErrBusy, err)
}

// ErrRace is returned where another transaction was faster with the same thing: look again.
var ErrRace = errors.New("overtaken by another transaction")

// RaceTimes is how often in all an effect is tried when it is overtaken.
const RaceTimes = 5

// ExactlyOne turns a compare-and-set that found nothing into ErrRace.
func ExactlyOne(rows int64, err error, doing string) error {
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if rows != 1 {
		return ErrRace
	}
	return nil
}
