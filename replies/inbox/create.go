package inbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
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
	if errors.Is(err, errSeveral) {
		return Dropped(err.Error()), nil
	}
	if err != nil {
		return Outcome{}, err
	}
	if stored.ID != 0 {
		return Dropped("known already"), nil
	}
	return in.AddReply(ctx, tx, a, n)
}

// writtenBy reads the object and asks whether the actor may write it; owner is whom we know as its author. An object that is only referred
// to is fetched from its origin first, if that is the actor's.
func (in *Inbox) writtenBy(ctx context.Context, q database.Querier, a *Inbound, owner string) (n thread.Note, err error) {
	c := Claim{Kind: a.Kind, Signer: a.Signer, Actor: a.Actor, ID: a.ID, Object: a.Object, Author: a.Actor, Owner: owner}
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

// AddReply stores a note that its author may write and that is not there yet.
func (in *Inbox) AddReply(ctx context.Context, tx *database.Tx, a *Inbound, n thread.Note) (Outcome, error) {
	if out, found, err := in.adoptToot(ctx, tx, a, n); found || err != nil {
		return out, err
	}
	if flaw := n.Flaw(); flaw != "" {
		return Dropped(flaw), nil
	}
	if out, stop, err := in.unwanted(ctx, tx, a, n); stop || err != nil {
		return out, err
	}
	if n.Empty() {
		return Dropped("nothing in it"), nil
	}
	if a.Parent != "" {
		n.InReplyTo = []string{a.Parent}
	}
	at, err := ParentOf(ctx, tx, n, a.Orphan)
	if errors.Is(err, thread.ErrNowhere) {
		return Dropped(a.whyNowhere()), nil
	}
	if err != nil {
		return Outcome{}, err
	}
	if err := refuseBlocked(ctx, tx, at.Blog.ID, a.Actor); err != nil {
		return Outcome{}, err
	}
	if flaw, err := unauthorizedQuote(ctx, tx, n, at); flaw != "" || err != nil {
		return Dropped(flaw), err
	}
	author, err := in.author(ctx, tx, a.Actor)
	if err != nil {
		return Outcome{}, err
	}
	return in.insert(ctx, tx, a, n, at, author)
}

// unwanted stops what must not be stored: private objects, and those that were taken back before they came. Of a private one only a digest
// is remembered, so that a later Update cannot publish it.
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

func newReply(a *Inbound, n thread.Note, at thread.Target, author publisher.RemoteActor) thread.Row {
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
	}, Hash: n.Hash}
	r.Hang(at.Reply.Reply)
	r.URL, r.Page = n.Page()
	if !n.Updated.IsZero() && n.Updated.After(n.Published) {
		r.EditedAt = thread.Clamp(n.Updated, a.At)
	}
	return r
}

// heldVerdict is what the journal says of a reply that is held; usual is for one of somebody unknown.
func heldVerdict(why thread.Why, usual string) string {
	if why.Rule == thread.RuleMuch {
		return "held for a moderator: its author has said much under this post"
	}
	return usual
}

// insert stores a reply as the rule for its author says, and makes it visible if that rule does.
func (in *Inbox) insert(ctx context.Context, tx *database.Tx, a *Inbound, n thread.Note, at thread.Target, author publisher.RemoteActor) (Outcome, error) {
	r := newReply(a, n, at, author)
	if was := a.deleted; was != nil {
		if r.PostID != was.PostID || r.Kind != was.Kind {
			return Dropped("it is about something else now"), nil
		}
		r.ID, r.ParentID, r.RootID, r.RootAt, r.SortAt = was.ID, was.ParentID, was.RootID, was.RootAt, was.SortAt // answers hang on it
	}
	var err error
	if r.Status, r.Why, err = in.Judge(ctx, tx, r.Reply, author, at.Blog.Settings, thread.RuleUnknown, a.At); err != nil {
		return Outcome{}, err
	}
	out := done(r.Status, r.BlogID)
	if r.Status == thread.Held {
		out.Verdict = heldVerdict(r.Why, "held for a moderator")
		err = in.refuseWords(ctx, tx, a, r)
	} else {
		err = a.askFirst(r.Status, author)
	}
	if err != nil {
		return Outcome{}, err
	}
	r.Site, r.LetGoAt = activitypub.Site(a.Actor), moderation.LetGoAt(r.AuthorID, r.Status, a.At)
	if a.deleted != nil {
		err = thread.UpdateReply(ctx, tx, *a.deleted, r)
	} else {
		err = thread.InsertReply(ctx, tx, r)
	}
	if err != nil {
		return Outcome{}, err
	}
	for _, key := range []database.Digest{deletedKey(a.Actor, r.ObjectURI), privateKey(a.Actor, r.ObjectURI)} {
		if err := thread.UnlessNow(isRememberedNow(ctx, tx, key, time.Time{})); err != nil {
			return Outcome{}, err
		}
	}
	if c, ok := thread.NewCrawl(thread.CrawlReplies, n, r.BlogID, r.PostID, a.At); ok {
		if err := thread.InsertCrawl(ctx, tx, c); err != nil {
			return Outcome{}, fmt.Errorf("plan to look for answers: %w", err)
		}
	}
	switch {
	case a.deleted != nil:
		err = thread.Renew(ctx, tx, a.deleted.Reply, r.Status, a.At)
	case r.Status == thread.Shown:
		err = thread.Bump(ctx, tx, r.PostID, thread.Counted(r.Kind), r.ReceivedAt)
	}
	return out, err
}
