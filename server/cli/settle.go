package cli

import (
	"context"
	"errors"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/loop"
)

// settle makes the blogs agree with the settings. Where the database can be read but not written, that is done later (settleLater), and the
// server serves what there is: readers shall not miss it because a disk is full.
func (a *app) settle(ctx context.Context) error {
	err := a.settleBase(ctx)
	if err == nil {
		err = a.applyBlogs(ctx)
	}
	if a.unsettled = err != nil && cannotWrite(err); a.unsettled {
		a.log.Error("the database cannot be written, so that only what it holds is served; it is tried again, and nothing has to be started anew", "err", err)
		return nil
	}
	return err
}

func cannotWrite(err error) bool {
	return errors.Is(err, database.ErrFull) || errors.Is(err, database.ErrUnavailable) || errors.Is(err, database.ErrConflict)
}

// settleLater does what settle could not, until ctx ends. It returns nil.
func (a *app) settleLater(ctx context.Context) error {
	return loop.Loop{
		Waker: &loop.Waker{}, Now: a.now, Log: a.part("settings"),
		Round: func(ctx context.Context) error {
			if !a.unsettled {
				return nil
			}
			return a.settle(ctx)
		},
		Next: func(context.Context) (due time.Time, err error) { return due, nil },
	}.Run(ctx)
}
