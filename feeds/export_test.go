package feeds

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/feeds/pages"
	"github.com/bloghorn/bloghorn/server/database"
)

// SchedulePageCheck is what a poll calls that finds a post to be out of its feed.
var SchedulePageCheck = pages.Schedule

// InsertPost stores a post as a poll does.
var InsertPost = insertPost

// CheckDue takes the looks that are due now, one after another.
func (l *PageChecker) CheckDue(ctx context.Context) error {
	l.init()
	for {
		due, err := pages.Due(ctx, l.DB, l.Now(), nil, 1)
		if err != nil || len(due) == 0 {
			return err
		}
		if mine, err := l.claim(ctx, &due[0].Check); err != nil || !mine {
			return err
		}
		if err := l.take(ctx, due[0].Check); err != nil {
			return err
		}
	}
}

// PollDue polls the feeds that are due now, one after another. What a poll finds is on record.
func (p *Poller) PollDue(ctx context.Context) error {
	p.init()
	due, err := duePolls(ctx, p.DB, p.Now(), candidates)
	for _, poll := range due {
		if mine, err := p.claim(ctx, &poll); err != nil || !mine {
			return err
		}
		p.work(ctx, poll)
	}
	return err
}

// ReleaseDue lets out the posts whose date has come, as Run does.
var ReleaseDue = releaseDue

// ReleaseRipe lets out what a flood has held for so long, as Run does.
var ReleaseRipe = releaseRipe

// ReleaseHeld lets a held post out at that time, whatever of its blog waits before it.
func ReleaseHeld(ctx context.Context, db *database.DB, id string, at time.Time) (until time.Time, err error) {
	err = db.InTx(ctx, func(tx *database.Tx) error {
		p, err := PostByID(ctx, tx, id)
		if err == nil && p.HeldAt.IsZero() {
			err = noHeldPost(id)
		}
		if err == nil {
			until, err = release(ctx, tx, p, at, at)
		}
		return err
	})
	return until, err
}
