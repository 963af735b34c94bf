package inbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
	"github.com/bloghorn/bloghorn/server/web"
)

// create makes a reply of an object that answers one of our posts or replies.
func (in *Inbox) create(ctx context.Context, tx *database.Tx, a *Inbound) (Outcome, error) {
	stored, err := thread.ReplyByURI(ctx, tx, a.Object)
	if err != nil && !errors.Is(err, database.ErrNotFound) {
		return Outcome{}, fmt.Errorf("look for the reply: %w", err)
	}
	n, err := in.writtenBy(ctx, tx, a, stored.AuthorURI)
	if err != nil {
		return Outcome{}, err
	}
	if stored.ID != 0 {
		return Dropped("known already"), nil
	}
	return in.AddReply(ctx, tx, a, n)
}

// writtenBy reads the object and asks whether the actor may write it; owner is whom we know as its
// author. An object that is only referred to is fetched from its origin first, if that is the
// actor's.
func (in *Inbox) writtenBy(ctx context.Context, q database.Querier, a *Inbound, owner string) (n thread.Note, err error) {
	c := a.claim()
	c.Author, c.Owner = a.Actor, owner
	if a.Embedded == nil {
		if err := Authorise(c); err != nil {
			return thread.Note{}, err
		}
		return thread.Note{}, &Missing{WantObject, a.Object}
	}
	n = thread.ReadNote(a.Embedded)
	if n.ID != a.Object {
		return thread.Note{}, fmt.Errorf("%w: the object has no id of its own", web.ErrInvalid)
	}
	if c.Author, err = in.soleAuthor(ctx, q, n.Authors, a.Actor); err != nil {
		return thread.Note{}, err
	}
	n.Author = c.Author
	return n, Authorise(c)
}

// AddReply stores a note that its author may write and that is not there yet: under what it answers
// or quotes, and shown, withheld or held as moderation.Rules say.
func (in *Inbox) AddReply(ctx context.Context, tx *database.Tx, a *Inbound, n thread.Note) (Outcome, error) {
	// 1. The owner's own toot about a post stands for the post, and is no comment.
	if out, found, err := in.adoptToot(ctx, tx, a, n); found || err != nil {
		return out, err
	}
	// 2. Is it a comment that may be kept, and what does it answer or quote?
	if flaw := n.Flaw(); flaw != "" {
		return Dropped(flaw), nil
	}
	if out, stop, err := in.unwanted(ctx, tx, a, n); stop || err != nil {
		return out, err
	}
	if n.Empty() {
		return Dropped("nothing in it"), nil
	}
	at, err := in.answeredBy(ctx, tx, a, n)
	if errors.Is(err, thread.ErrNowhere) {
		return Dropped(err.Error()), nil
	}
	if err != nil {
		return Outcome{}, err
	}
	// 3. May its author write there, and quote that?
	if blocks, err := a.blocksOf(ctx, tx); err != nil || blocks.KeepOut(at.Blog.ID) {
		return Outcome{}, cmp.Or(err, errBlocked)
	}
	if flaw, err := unauthorizedQuote(ctx, tx, n, at); flaw != "" || err != nil {
		return Dropped(flaw), err
	}
	author, err := in.author(ctx, tx, a.Actor)
	if err != nil {
		return Outcome{}, err
	}
	// 4. Do readers see it at once? What they do not see has little room.
	r := newRow(a, n, at, author)
	if was := a.deleted; was != nil && (r.PostID != was.PostID || r.Kind != was.Kind) {
		return Dropped("it is about something else now"), nil
	}
	r.Status, r.Why, err = in.Judge(ctx, tx, r.Reply, author, at.Blog.Settings, thread.RuleUnknown, a.At)
	out := done(r.Status, r.BlogID)
	switch {
	case err != nil:
	case r.Status == thread.Held:
		out.Verdict = heldVerdict(r.Why, "held for a moderator")
		err = in.refuseWords(ctx, tx, a, r)
	default:
		err = a.askFirst(r.Status, author)
	}
	if err != nil {
		return Outcome{}, err
	}
	r.LetGoAt = moderation.LetGoAt(r.AuthorID, r.Status, a.At)
	return out, in.store(ctx, tx, a, n, r)
}

// store writes a new reply, or the deleted one that comes back, makes its thread newer where
// readers see that, and plans to look for its answers. It is thread.ErrRace where a Delete of the
// same moment was faster.
func (in *Inbox) store(ctx context.Context, tx *database.Tx, a *Inbound, n thread.Note, r thread.Row) error {
	var err error
	if a.deleted != nil {
		err = thread.UpdateReply(ctx, tx, *a.deleted, r)
	} else {
		err = thread.InsertReply(ctx, tx, r)
	}
	if err != nil {
		return err
	}
	for _, key := range []database.Digest{deletedKey(a.Actor, r.ObjectURI), privateKey(a.Actor, r.ObjectURI)} {
		if err := thread.UnlessNow(isRememberedNow(ctx, tx, key, time.Time{})); err != nil {
			return err
		}
	}
	if c, ok := thread.NewCrawl(thread.CrawlReplies, n, r.BlogID, r.PostID, a.At); ok {
		if err := thread.InsertCrawl(ctx, tx, c); err != nil {
			return fmt.Errorf("plan to look for answers: %w", err)
		}
	}
	switch {
	case a.deleted != nil:
		return thread.Renew(ctx, tx, a.deleted.Reply, r.Status, a.At)
	case r.Status == thread.Shown:
		return thread.Bump(ctx, tx, r.PostID, thread.Counted(r.Kind), r.ReceivedAt)
	}
	return nil
}

// unwanted stops what must not be stored: private objects, and those that were taken back before
// they came. Of a private one only a digest is remembered, so that a later Update cannot publish
// it.
func (in *Inbox) unwanted(ctx context.Context, tx *database.Tx, a *Inbound, n thread.Note) (out Outcome, stop bool, err error) {
	if n.Visibility == activitypub.VisibilityPrivate {
		err := remember(ctx, tx, privateKey(a.Actor, n.ID), true, a.At)
		if err == nil {
			err = thread.UnlessNow(thread.IsReplyNow(ctx, tx, n.ID)) // a Create at the same moment must not outlive this
		}
		return Dropped("private: not kept"), true, err
	}
	gone, err := isRemembered(ctx, tx, deletedKey(a.Actor, n.ID))
	if gone || err != nil {
		return Dropped("deleted before it came"), true, err
	}
	private, err := isRemembered(ctx, tx, privateKey(a.Actor, n.ID))
	return Dropped("was private when it first came"), private, err
}

// answeredBy is ParentOf for an activity that may have been fetched for. Of what leads nowhere the
// error says why a search has not led further.
func (in *Inbox) answeredBy(ctx context.Context, q database.Querier, a *Inbound, n thread.Note) (thread.Target, error) {
	if a.Parent != "" {
		n.InReplyTo = []string{a.Parent}
	}
	at, err := ParentOf(ctx, q, n, a.Orphan)
	switch {
	case !errors.Is(err, thread.ErrNowhere) || a.Lost == nil:
		return at, err
	case errors.Is(a.Lost, thread.ErrNowhere):
		return at, a.Lost
	}
	return at, fmt.Errorf("%w: %w", thread.ErrNowhere, a.Lost)
}

// ParentOf finds what a note answers, in the order of what is certain: its inReplyTo; then the post
// that it quotes, if it does; then its context, if that is one of ours, which says which post but
// not where below it, so that the parent has to be fetched first. With orphan there is no parent to
// be had any more.
func ParentOf(ctx context.Context, q database.Querier, n thread.Note, orphan bool) (thread.Target, error) {
	for _, uri := range n.InReplyTo {
		p, err := thread.Locate(ctx, q, uri)
		if !errors.Is(err, thread.ErrNowhere) {
			return p, err
		}
	}
	if p, err := thread.QuotedPost(ctx, q, n); !errors.Is(err, thread.ErrNowhere) {
		return p, err
	}
	if len(n.InReplyTo) > 0 && !orphan {
		return thread.Target{}, &Missing{wantParent, n.InReplyTo[0]}
	}
	for _, uri := range n.Context {
		id, isContext := strings.CutSuffix(uri, "/context")
		if !isContext {
			continue
		}
		p, err := thread.PostByID(ctx, q, id)
		if err == nil || !errors.Is(err, database.ErrNotFound) && !errors.Is(err, thread.ErrNowhere) {
			return p, err
		}
	}
	return thread.Target{}, thread.ErrNowhere
}

// newRow is the reply as it would be stored. One that was deleted takes its row again: answers hang
// on it.
func newRow(a *Inbound, n thread.Note, at thread.Target, author remote.Actor) thread.Row {
	r := thread.Row{Reply: thread.Reply{
		ID:          database.NewID(a.At),
		BlogID:      at.Blog.ID,
		PostID:      at.PostID,
		ObjectURI:   n.ID,
		AuthorID:    author.ID,
		HTML:        safehtml.TrimMention(n.WordsAs(at.Kind()), n.Named(thread.Handles(at.Blog.Username, at.Blog.HandleHost)...)...),
		CW:          n.CW,
		Language:    n.Language,
		Attachments: n.Attachments,
		Tags:        n.Tags,
		Visibility:  string(n.Visibility),
		Kind:        at.Kind(),
		PublishedAt: thread.Clamp(n.Published, a.At),
		ReceivedAt:  a.At,
	}, Hash: n.Hash, Site: activitypub.Site(a.Actor)}
	r.Hang(at.Reply.Reply)
	if was := a.deleted; was != nil {
		r.ID, r.ParentID, r.RootID, r.RootAt, r.SortAt = was.ID, was.ParentID, was.RootID, was.RootAt, was.SortAt
	}
	r.URL, r.Page = n.Page()
	if !n.Updated.IsZero() && n.Updated.After(n.Published) {
		r.EditedAt = thread.Clamp(n.Updated, a.At)
	}
	return r
}

// heldVerdict is what the journal says of a reply that is held; usual is for one of somebody
// unknown.
func heldVerdict(why thread.Why, usual string) string {
	if why.Rule == thread.RuleMuch {
		return "held for a moderator: its author has said much under this post"
	}
	return usual
}
