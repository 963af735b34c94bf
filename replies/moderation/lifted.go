package moderation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
)

// setApart is a reply that a block hides.
type setApart struct {
	thread.Authored
	before   string     // its status before
	why      thread.Why // it had that; At is not kept
	uri      string
	text     int // bytes
	textGone bool
}

// returning is an author whose replies may come back, and what of each blog decides about that,
// read once.
type returning struct {
	remote.Actor
	settings blogSettings
	blocks   map[database.ID][]Block
}

// standing lists the blocks that keep the author out of a blog.
func (a returning) standing(ctx context.Context, q database.Querier, blogID database.ID) ([]Block, error) {
	if known, ok := a.blocks[blogID]; ok {
		return known, nil
	}
	blocks, err := Standing(ctx, q, blogID, a.URI)
	if err == nil {
		a.blocks[blogID] = blocks
	}
	return blocks, err
}

// ShowAuthor gives back what a rule (thread.RuleBlock or thread.RuleAuthor) took from the replies
// of an author on a blog (0: on all), says how many came back and notes what that changes. Where a
// block still keeps the author out, it is that block's from then on. What cannot come back stays
// hidden: a quote whose leave was taken back, and a reply whose text was let go.
func ShowAuthor(
	ctx context.Context, tx *database.Tx, blogID database.ID, author remote.Actor, rule string, c thread.Changes, now time.Time,
) (n int, err error) {
	back := returning{author, blogSettings{}, map[database.ID][]Block{}}
	for after := database.ID(0); ; {
		page, err := hiddenBy(ctx, tx, blogID, author.ID, rule, after)
		if err != nil || len(page) == 0 {
			return n, err
		}
		for _, r := range page {
			after = r.ID
			shown, err := showAgain(ctx, tx, r, back, c, now)
			if err != nil {
				return n, fmt.Errorf("show %s again: %w", r.uri, err)
			}
			if shown {
				n++
			}
		}
	}
}

func showAgain(ctx context.Context, tx *database.Tx, r setApart, author returning, c thread.Changes, now time.Time) (bool, error) {
	standing, err := author.standing(ctx, tx, r.BlogID)
	if err != nil {
		return false, err
	}
	if len(standing) > 0 {
		return false, setWhy(ctx, tx, r, thread.Because(thread.RuleBlock, standing[0].words(), now))
	}
	to := r.before
	if to == thread.Shown || to == thread.Withheld {
		settings, err := author.settings.of(ctx, tx, r.BlogID)
		if err != nil {
			return false, err
		}
		to = openFor(r.Visibility, author.Preferences, settings)
	}
	stays, err := staysHidden(ctx, tx, r)
	if stays || err != nil {
		return false, err
	}
	why := thread.Why{}
	if to == thread.Held {
		why = r.why.AfterBlock(now)
	}
	if to == thread.Shown { // else a block and its end would make room for more each time
		room, evidence, err := leavesRoom(ctx, tx, thread.Reply{ID: r.ID, BlogID: r.BlogID, PostID: r.PostID, AuthorID: author.ID}, r.text, author.URI)
		if err != nil {
			return false, err
		}
		if !room {
			to, why = thread.Held, thread.Because(thread.RuleMuch, evidence, now)
		}
	}
	if err := c.Turn(ctx, tx, r.Authored, to); err != nil {
		return false, err
	}
	if err := bringBack(ctx, tx, r, to, LetGoAt(author.ID, to, now), why); err != nil {
		return false, err
	}
	return true, showAnswers(ctx, tx, r.Authored, to, c, now)
}

func staysHidden(ctx context.Context, q database.Querier, r setApart) (bool, error) {
	if r.textGone && r.before != thread.Expired || r.before == "" {
		return true, nil
	}
	if r.Kind != thread.KindQuote {
		return false, nil
	}
	s, err := AuthorizationOf(ctx, q, r.uri, r.PostID)
	if errors.Is(err, database.ErrNotFound) {
		return false, nil
	}
	return !s.RevokedAt.IsZero(), err
}

// showLifted gives back what a block that is lifted has hidden.
func (b Block) showLifted(ctx context.Context, tx *database.Tx, c thread.Changes, now time.Time) (n int, err error) {
	_, ids, err := b.concerns(ctx, tx)
	if err != nil {
		return 0, err
	}
	authors, err := remote.ActorsByID(ctx, tx, ids)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		more, err := ShowAuthor(ctx, tx, b.BlogID, authors[id], thread.RuleBlock, c, now)
		if err != nil {
			return n, err
		}
		n += more
	}
	return n, nil
}

// NoteBlock writes into the log that somebody has blocked a blog, or taken that back, and what it
// has changed here.
func NoteBlock(
	ctx context.Context, tx *database.Tx, blog feeds.Blog, actor remote.Actor, what, why string, changed int, at time.Time,
) error {
	d := Decision{BlogID: blog.ID, Who: actor.Handle, What: what, Target: actor.URI, Why: why, At: at}
	if changed == 0 {
		return nil
	}
	noted, err := isDecided(ctx, tx, d, at.Add(-bounds.BlockNotedEvery))
	if noted || err != nil {
		return err
	}
	return decide(ctx, tx, d)
}

// CountedReplies is a number of them in words: "1 reply", "30 replies".
func CountedReplies(n int) string {
	if n == 1 {
		return "1 reply"
	}
	return fmt.Sprintf("%d replies", n)
}
