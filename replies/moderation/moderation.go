package moderation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// Approve shows a reply that is held or hidden (or withholds it, where its author wishes so), and
// makes its author known on that blog: their next replies are shown at once. A reply that is not
// there, or was deleted by its author, is web.ErrNotFound; one of somebody who is blocked, or has
// blocked the blog, is web.ErrRefused, and one whose text was let go web.ErrGone.
func Approve(ctx context.Context, db *database.DB, id database.ID, who, why string, now time.Time) error {
	return moderate(ctx, db, id, Decision{Who: who, What: whatApprove, Why: why, At: now}, approve)
}

// Hide takes a reply from the readers. Of one that is hidden already it keeps the newest reason, if
// one is given, and changes nothing else; a deleted or unknown one is web.ErrNotFound.
func Hide(ctx context.Context, db *database.DB, id database.ID, who, why string, now time.Time) error {
	return moderate(ctx, db, id, Decision{Who: who, What: whatHide, Why: why, At: now}, hide)
}

// moderate applies a decision to a reply and logs it, in one transaction. A reply that its author
// deleted is not there for moderators: no decision of theirs brings it back.
func moderate(ctx context.Context, db *database.DB, id database.ID, d Decision,
	apply func(context.Context, *database.Tx, thread.Stored, Decision) (changed bool, err error)) error {
	err := thread.InTx(ctx, db, func(tx *database.Tx) error {
		stored, err := thread.ReplyByID(ctx, tx, id)
		if errors.Is(err, database.ErrNotFound) || err == nil && stored.Status == thread.Deleted {
			return fmt.Errorf("%w: there is no reply %s, or its author deleted it", web.ErrNotFound, id)
		}
		if err != nil {
			return err
		}
		changed, err := apply(ctx, tx, stored, d)
		if err != nil || !changed {
			return err
		}
		d.BlogID, d.Target = stored.BlogID, stored.ObjectURI
		return decide(ctx, tx, d)
	})
	if err != nil {
		return fmt.Errorf("%s the reply: %w", d.What, err)
	}
	return nil
}

func approve(ctx context.Context, tx *database.Tx, r thread.Stored, d Decision) (bool, error) {
	now := d.At
	if err := refusal(ctx, tx, r.BlogID, r.AuthorURI); err != nil {
		return false, err
	}
	if r.Status == thread.Hidden && r.Why.Rule == thread.RuleAuthor {
		return false, fmt.Errorf("%w: %s has blocked the blog. When they take that back, their replies come back by themselves", web.ErrRefused, r.AuthorURI)
	}
	if r.Hash.IsZero() {
		return false, fmt.Errorf("%w: the text of this reply was let go: it was hidden, or waited for a decision, for months. It is %s on its author's "+
			"server; when they edit it there, its text comes back for you to decide about", web.ErrGone, r.ObjectURI)
	}
	open, err := openStatus(ctx, tx, r.Reply)
	if err != nil || r.Status == open && !r.ApprovedAt.IsZero() {
		return false, err
	}
	if err := setStatus(ctx, tx, r.ID, r.Status, open, now, time.Time{}, thread.Why{}); err != nil || r.Status == open {
		return true, err
	}
	if open == thread.Shown { // while it waited, nobody looked for what was answered to it
		if err := thread.RestartCrawl(ctx, tx, r.ObjectURI, now); err != nil {
			return false, fmt.Errorf("plan to look for answers: %w", err)
		}
	}
	if err := thread.Renew(ctx, tx, r.Reply, open, now); err != nil {
		return true, err
	}
	if r.AuthorID == thread.OfTheBlog && open == thread.Shown { // hidden while what it answers was withheld
		if err := publishAnswer(ctx, tx, r.ID, now); err != nil {
			return true, err
		}
	}
	visible := thread.Changes{}
	if err := showAnswers(ctx, tx, thread.Authored{ID: r.ID, PostID: r.PostID}, open, visible, now); err != nil {
		return true, err
	}
	return true, visible.Apply(ctx, tx, now)
}

func hide(ctx context.Context, tx *database.Tx, r thread.Stored, d Decision) (bool, error) {
	until := LetGoAt(r.AuthorID, thread.Hidden, d.At)
	why := thread.Because(thread.RuleHidden, d.hider(), d.At)
	if r.Status == thread.Hidden && r.Why.Rule != thread.RuleBlock && r.Why.Rule != thread.RuleAuthor {
		if d.Why == "" || why.Evidence == r.Why.Evidence {
			return false, nil
		}
		why.At = r.Why.At // it is hidden since then, and its text goes when it was to go
		return true, setStatus(ctx, tx, r.ID, thread.Hidden, thread.Hidden, time.Time{}, r.LetGoAt, why)
	}
	if err := setStatus(ctx, tx, r.ID, r.Status, thread.Hidden, time.Time{}, until, why); err != nil {
		return true, err
	}
	return true, thread.Renew(ctx, tx, r.Reply, thread.Hidden, d.At)
}
