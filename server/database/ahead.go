package database

import (
	"context"
	"fmt"
	"time"
)

// Ahead is a column with the times at which rows are due, and how far ahead of now an honest one
// can lie.
type Ahead struct {
	Table, Column string
	Longest       time.Duration
	Where         string // which rows wait, as an index wants it: "state = 'pending'"; "" for all
	Also          string // what else is set: "lease_until = 0"; "" for nothing
}

// PullBack makes rows due that wait for a time which no honest wait can reach: this computer's
// clock, or another one's that uses the database, was ahead when they were written, and they would
// wait for days or years. The first of a column is due now, and the others keep their distances, so
// that a slow queue stays slow. It returns how many rows it has changed. The package that owns the
// table calls it.
func PullBack(ctx context.Context, db *DB, now time.Time, columns ...Ahead) (n int64, err error) {
	for _, c := range columns {
		err := db.InTx(ctx, func(tx *Tx) error {
			moved, err := c.pullBack(ctx, tx, now)
			if err == nil {
				n += moved
			}
			return err
		})
		if err != nil {
			return n, fmt.Errorf("look for rows of %s that wait too long: %w", c.Table, err)
		}
	}
	return n, nil
}

func (c Ahead) pullBack(ctx context.Context, tx *Tx, now time.Time) (int64, error) {
	which := ` WHERE ` + c.Column + ` > ?`
	if c.Where != "" {
		which = ` WHERE ` + c.Where + ` AND ` + c.Column + ` > ?`
	}
	most := Millis(now.Add(c.Longest))
	first, err := Earliest(tx.QueryRow(ctx, `SELECT MIN(`+c.Column+`) FROM `+c.Table+which, most))
	if err != nil || first.IsZero() {
		return 0, err
	}
	set := c.Column + ` = ` + c.Column + ` - ?`
	if c.Also != "" {
		set += `, ` + c.Also
	}
	return tx.Exec(ctx, `UPDATE `+c.Table+` SET `+set+which, Millis(first)-Millis(now), most)
}
