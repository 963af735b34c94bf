package inbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// maxUnseen is how old an object may be whose Update is the first we hear of it, to be taken as
// new. Mastodon's value.
const maxUnseen = 24 * time.Hour

// update changes a reply, or what we know of a person.
func (in *Inbox) update(ctx context.Context, tx *database.Tx, a *Inbound) (Outcome, error) {
	if a.Object == a.Actor {
		return in.updateActor(ctx, tx, a)
	}
	stored, err := thread.ReplyByURI(ctx, tx, a.Object)
	if err != nil && !errors.Is(err, database.ErrNotFound) {
		return Outcome{}, fmt.Errorf("look for the reply: %w", err)
	}
	n, err := in.writtenBy(ctx, tx, a, stored.AuthorURI)
	switch {
	case err != nil:
		return Outcome{}, err
	case stored.ID == 0 && n.Visibility != activitypub.VisibilityPrivate && a.At.Sub(n.Published) > maxUnseen:
		return Dropped("an edit of something old that never came here"), nil
	case stored.ID == 0:
		return in.AddReply(ctx, tx, a, n)
	case stored.Status == thread.Deleted:
		return Dropped("deleted already"), nil
	case n.Visibility == activitypub.VisibilityPrivate:
		out := done("made private: removed", stored.BlogID)
		return in.withdraw(ctx, tx, a, stored, out)
	case stored.Kind == thread.KindQuote:
		if still, err := stillQuotes(ctx, tx, n, stored); err != nil {
			return Outcome{}, fmt.Errorf("look for what is quoted: %w", err)
		} else if !still {
			return in.withdraw(ctx, tx, a, stored, done("quotes the post no more: removed", stored.BlogID))
		}
	}
	if !edits(stored, n) {
		return Dropped("nothing newer in it"), nil
	}
	return in.edit(ctx, tx, a, stored, n)
}

// edits says whether a note is a later state of what we have. Servers give an edit no new id
// (GoToSocial), the same second (many) or no date at all, so what is not older and says something
// else is an edit.
func edits(stored thread.Stored, n thread.Note) bool {
	if n.Hash == stored.Hash && !narrows(stored, n) {
		return false
	}
	return n.Updated.IsZero() || !n.Updated.Before(stored.EditedAt)
}

// narrows says whether an edit addresses fewer people. One that addresses more changes nothing in
// that.
func narrows(stored thread.Stored, n thread.Note) bool {
	return stored.Visibility == string(activitypub.VisibilityPublic) && n.Visibility == activitypub.VisibilityUnlisted
}

// edit gives a stored reply its new content. If the rule that let the original through has changed,
// the edited reply is held again.
func (in *Inbox) edit(ctx context.Context, tx *database.Tx, a *Inbound, stored thread.Stored, n thread.Note) (Outcome, error) {
	// 1. What does it say now, and to whom? Nobody more than before.
	r := thread.Row{Reply: stored.Reply, Hash: n.Hash}
	r.HTML = safehtml.TrimMention(n.WordsAs(stored.Kind), n.Named(stored.Handles...)...)
	r.CW, r.Language, r.Attachments, r.Tags = n.CW, n.Language, n.Attachments, n.Tags
	r.URL, r.Page = n.Page()
	if narrows(stored, n) {
		r.Visibility = string(n.Visibility)
	}
	r.EditedAt = thread.Clamp(n.Updated, a.At)
	// 2. May readers see it as it is now? The text of an expired one is there for the first time: a
	// moderator decides.
	author, err := in.Remotes.Known(ctx, tx, stored.AuthorURI)
	if err != nil {
		return Outcome{}, fmt.Errorf("look for the author: %w", err)
	}
	blog, err := feeds.BlogByID(ctx, tx, stored.BlogID)
	if err != nil {
		return Outcome{}, fmt.Errorf("read the blog's rules: %w", err)
	}
	status, why, err := in.Judge(ctx, tx, r.Reply, author, blog.Settings, thread.RuleEdited, a.At)
	if err != nil {
		return Outcome{}, err
	}
	r.Why = stored.Why
	switch {
	case stored.Status == thread.Expired:
		r.Status, r.Why = thread.Held, thread.Because(thread.RuleExpired, stored.AuthorURI, a.At)
	case stored.Status == thread.Shown, stored.Status == thread.Withheld:
		r.Status, r.Why = status, why
		if err := a.askFirst(status, author); err != nil {
			return Outcome{}, err
		}
	case stored.Status == thread.Hidden && status == thread.Held:
		r.Before, r.WhyBefore = thread.Held, why // where a block has hidden it, and is lifted
	}
	out := done("edited", stored.BlogID)
	if r.Status == thread.Held && stored.Status != thread.Held {
		out.Verdict = heldVerdict(r.Why, "edited, and held for a moderator")
	}
	// 3. Store it, where there is room for more that readers do not see.
	if err := in.refuseGrowth(ctx, tx, a, stored, r); err != nil {
		return Outcome{}, err
	}
	r.LetGoAt = moderation.LetGoAt(r.AuthorID, r.Status, a.At)
	if r.Status == stored.Status && !stored.LetGoAt.IsZero() {
		r.LetGoAt = stored.LetGoAt // else whoever edits again and again would have it kept for ever
	}
	if err := thread.UpdateReply(ctx, tx, stored, r); err != nil {
		return Outcome{}, err
	}
	return out, thread.Renew(ctx, tx, stored.Reply, r.Status, a.At)
}

// updateActor takes over what a person says of themselves.
func (in *Inbox) updateActor(ctx context.Context, tx *database.Tx, a *Inbound) (Outcome, error) {
	if err := Authorise(a.claim()); err != nil {
		return Outcome{}, err
	}
	if a.Embedded == nil {
		return Outcome{}, &Missing{WantObject, a.Object}
	}
	_, err := in.Remotes.Store(ctx, tx, a.Embedded, a.At) // threads look different by it: Directory.Changed
	if errors.Is(err, remote.ErrNotTrusted) {
		return Dropped(err.Error()), nil
	}
	if err != nil {
		return Outcome{}, fmt.Errorf("store the actor: %w", err)
	}
	return done("profile updated", 0), nil
}
