package moderation

import (
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
)

// Rules are what is set for people of whom nothing was approved yet.
type Rules struct {
	UnknownShow bool   // moderation.unknown=show: their replies are shown at once
	HoldOf      string // the id of a person whose replies wait all the same until one is approved: the demo has something to decide
}

// Judge decides whether words that come in, new or edited, are Held for a moderator, Withheld or
// Shown, and of held ones why. stranger is the rule by which those wait whose author is not known
// here: thread.RuleUnknown or thread.RuleEdited. Two more hold a reply: an edit of one whose text was
// let go (inbox/update.go), and the end of a block (lifted.go).
func (set Rules) Judge(
	ctx context.Context, q database.Querier, r thread.Reply, author remote.Actor, blog settings.Settings, stranger string, now time.Time,
) (status string, why thread.Why, err error) {
	// 1. Are replies of this person shown at once: everybody's, or because one on this blog was
	// approved, or because they are its owner?
	passes := set.UnknownShow && author.URI != set.HoldOf
	if !passes {
		passes, err = isApproved(ctx, q, r.BlogID, author.ID)
	}
	if err == nil && !passes {
		passes, err = thread.IsAccount(ctx, q, r.BlogID, author.URI)
	}
	if err != nil {
		return "", why, fmt.Errorf("look for approved replies: %w", err)
	}
	if !passes {
		return thread.Held, thread.Because(stranger, author.URI, now), nil
	}
	// 2. Do they leave the others room under this post?
	room, evidence, err := leavesRoom(ctx, q, r, len(r.HTML.String()), author.URI)
	if err != nil {
		return "", why, err
	}
	if !room {
		return thread.Held, thread.Because(thread.RuleMuch, evidence, now), nil
	}
	// 3. Does the author's profile, or the blog, keep it from passers-by?
	return openFor(r.Visibility, author.Preferences, blog), why, nil
}

// leavesRoom reports whether a reply of so many bytes, of somebody whose replies are shown at once,
// may be shown at once as well, and else what it has seen. Under one post nobody drowns the others:
// whoever says very much there waits for a moderator, as strangers do. The owner of the blog may
// say what they like.
func leavesRoom(ctx context.Context, q database.Querier, r thread.Reply, size int, author string) (room bool, evidence string, err error) {
	replies, text, err := thread.SaidUnder(ctx, q, r)
	if err != nil {
		return false, "", fmt.Errorf("count what its author has said here: %w", err)
	}
	if replies < bounds.ShownPerPerson && text+size <= bounds.ShownTextPerPerson {
		return true, "", nil
	}
	room, err = thread.IsAccount(ctx, q, r.BlogID, author)
	return room, fmt.Sprintf("%d replies and %d KiB of text are shown", replies, (text+1023)>>10), err
}
