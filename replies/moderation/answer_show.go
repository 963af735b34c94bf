package moderation

import (
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// showAnswers shows what the blog answered to a reply while it was withheld, now that it is to be
// shown, and what it answered to that; tells everybody what only the author had; and notes what
// that changes.
func showAnswers(ctx context.Context, q database.Querier, r thread.Authored, to string, c thread.Changes, now time.Time) error {
	if to != thread.Shown {
		return nil
	}
	for {
		answers, err := withheldAnswersTo(ctx, q, r.PostID, r.ID, thread.AuthoredPage)
		if err != nil {
			return fmt.Errorf("list the answers to a reply: %w", err)
		}
		for _, id := range answers {
			if err := showWithheld(ctx, q, id); err != nil {
				return err
			}
			c.Add(r.PostID, thread.Counts{Replies: 1})
			if err := publishAnswer(ctx, q, id, now); err != nil {
				return err
			}
			if err := showAnswers(ctx, q, thread.Authored{ID: id, PostID: r.PostID}, to, c, now); err != nil {
				return err
			}
		}
		if len(answers) < thread.AuthoredPage {
			return nil
		}
	}
}

// publishAnswer tells everybody what the blog answered, unless they were told before.
func publishAnswer(ctx context.Context, q database.Querier, id database.ID, now time.Time) error {
	stored, r, err := thread.WholeReply(ctx, q, id)
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	b, err := feeds.BlogByID(ctx, q, stored.BlogID)
	if err != nil {
		return fmt.Errorf("read the blog: %w", err)
	}
	note, err := noteOf(ctx, q, b, r)
	if err != nil {
		return err
	}
	return publisher.PublishNote(ctx, q, b, note, now)
}
