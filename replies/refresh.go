package replies

import (
	"context"
	"errors"
	"time"

	"github.com/bloghorn/bloghorn/publisher"
)

// People change their names, and not every server tells. Whoever does something here and was not
// looked at for a week is asked for again: by the loop, after the answer, and only while the
// process lives, because the next thing she does asks again.
const (
	refreshFew = 4 // in each refreshIn
	refreshIn  = time.Second
)

// refresh asks for some of those who are old. What is new about them is in the threads with the row
// (Remotes.Changed). It has no part in the room for rows, and one question to a site at a time, so
// that a slow server holds up nobody else's row and few others' profiles.
func (w *Worker) refresh(ctx context.Context, p *pool) {
	for _, id := range w.old.take(refreshFew) {
		p.work.Go(func() {
			defer w.old.done(id)
			if err := w.lookAgain(ctx, id); err != nil {
				w.Log.Debug("an actor is not refreshed", "err", err)
			}
		})
	}
}

// lookAgain asks for an actor. Where her server answers 410, she has left: that is as good as her
// Delete, which may have been lost. A 404 may be an accident.
func (w *Worker) lookAgain(ctx context.Context, id string) error {
	_, err := w.Remotes.Refresh(ctx, id)
	if !errors.Is(err, publisher.ErrDeleted) {
		return err
	}
	out, err := w.settle(ctx, &inbound{kind: "Delete", id: id, actor: id, signer: id, object: id, at: w.Now()}, w.deleteActor)
	if errors.Is(err, errDuplicate) {
		return nil
	}
	w.announce(out)
	return err
}
