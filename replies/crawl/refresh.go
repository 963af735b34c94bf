package crawl

import (
	"context"
	"errors"
	"time"

	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/replies/inbox"
)

// People change their names, and not every server tells. Whoever does something here and was not
// looked at for a week is asked for again: by the loop, after the answer, and only while the
// process lives, because the next thing they do asks again.
const (
	refreshFew = 4 // in each refreshIn
	refreshIn  = time.Second
)

// refresh asks for some of those who are old. What is new about them is in the threads with the row
// (Directory.Changed). It has no part in the room for rows, and one question to a site at a time,
// so that a slow server holds up nobody else's row and few others' profiles.
func (w *Worker) refresh(ctx context.Context, p *pool) {
	for _, id := range w.Stale.Take(refreshFew) {
		p.work.Go(func() {
			defer w.Stale.Done(id)
			if err := w.lookAgain(ctx, id); err != nil {
				w.Log.Debug("an actor is not refreshed", "err", err)
			}
		})
	}
}

// lookAgain asks for an actor. Where their server answers 410, they have left: that is as good as
// their Delete, which may have been lost. A 404 may be an accident.
func (w *Worker) lookAgain(ctx context.Context, id string) error {
	_, err := w.Remotes.Refresh(ctx, id)
	if !errors.Is(err, remote.ErrDeleted) {
		return err
	}
	out, err := w.Settle(ctx, &inbox.Inbound{Kind: "Delete", ID: id, Actor: id, Signer: id, Object: id, At: w.Now()}, w.DeleteActor)
	if errors.Is(err, inbox.ErrDuplicate) {
		return nil
	}
	w.WakeFor(out)
	return err
}
