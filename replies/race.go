package replies

import (
	"context"
	"errors"
	"fmt"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// unlessNow turns something that another transaction has written meanwhile into errRace: look again.
func unlessNow(there bool, err error) error {
	if err == nil && there {
		err = errRace
	}
	return err
}

// inTx is db.InTx for what may be overtaken by another transaction and then has to look again.
func inTx(ctx context.Context, db *database.DB, f func(*database.Tx) error) (err error) {
	for range raceTimes {
		if err = db.InTx(ctx, f); !errors.Is(err, errRace) {
			return err
		}
	}
	return fmt.Errorf("%w: %w", web.ErrBusy, err)
}

// errRace is returned where another transaction was faster with the same thing: look again.
var errRace = errors.New("overtaken by another transaction")

// raceTimes is how often in all an effect is tried when it is overtaken.
const raceTimes = 5

// exactlyOne turns a compare-and-set that found nothing into errRace.
func exactlyOne(rows int64, err error, doing string) error {
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if rows != 1 {
		return errRace
	}
	return nil
}
