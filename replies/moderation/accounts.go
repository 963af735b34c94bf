package moderation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
	"github.com/bloghorn/bloghorn/server/web"
)

// Many bloggers have had an account of their own for years, and tell its followers about each post.
// What is answered there is a conversation about the post, so it joins the thread: their toot
// stands for the post, and is looked at as crawl/crawl.go says. The toot itself is not a comment.
//
// The account's public list of toots is read; it is not followed, so that what they write to their
// followers alone never comes here.

// AccountCode is what an account has in its profile to say that it belongs to a blog, where it has
// no link to it.
func AccountCode(b feeds.Blog, actorURI string) string {
	return "bloghorn-" + database.Hash("account", b.ActorID(), actorURI).ID().String()
}

// AccountProof is what in an actor's document says that the account belongs to the blog: "link" to
// the blog's site, as profiles have it in their fields, or its "code"; "" where nothing does. It
// keeps people from taking in conversations of others.
func AccountProof(doc activitypub.Object, b feeds.Blog) string {
	texts := []string{doc.Text("summary")}
	for _, field := range doc.Objects("attachment") {
		texts = append(texts, field.String("value"))
	}
	code := AccountCode(b, doc.ID())
	for _, text := range texts {
		text = thread.Cut(text, thread.MaxContent)
		words := strings.Fields(safehtml.Text(text))
		links := safehtml.Links(safehtml.Comment(text))
		if len(links) == 0 {
			links = words // some servers leave it to the reader to make links
		}
		switch {
		case slices.ContainsFunc(links, func(link string) bool { return isHome(link, b) }):
			return "link"
		case slices.Contains(words, code):
			return "code"
		}
	}
	return ""
}

func isHome(link string, b feeds.Blog) bool {
	page := pageurl.Normalise(link)
	return page != "" && page == pageurl.Normalise(b.SiteURL)
}

// AddAccount takes in an account whose proof was seen; doc is its actor's document. Adding it again
// changes nothing. web.ErrRefused says that there is no proof, or too many accounts, web.ErrInvalid
// that its toots are not listed.
func AddAccount(ctx context.Context, db *database.DB, b feeds.Blog, actor remote.Actor, doc activitypub.Object, who string, now time.Time) error {
	outbox := doc.Ref("outbox")
	switch {
	case AccountProof(doc, b) == "":
		return fmt.Errorf("%w: its profile does not say that it belongs to %s", web.ErrRefused, b.Handle())
	case !activitypub.SameOrigin(outbox, doc.ID()):
		return fmt.Errorf("%w: its server does not list what it writes", web.ErrInvalid)
	}
	err := thread.InTx(ctx, db, func(tx *database.Tx) error {
		accounts, err := thread.AccountsOf(ctx, tx, b.ID)
		if err == nil && len(accounts) == thread.MaxAccounts {
			err = fmt.Errorf("%w: a blog has at most %d accounts", web.ErrRefused, thread.MaxAccounts)
		}
		if err != nil {
			return err
		}
		err = insertAccount(ctx, tx, thread.Account{BlogID: b.ID, ActorURI: actor.URI, Handle: actor.Handle, CreatedAt: now})
		if errors.Is(err, database.ErrDuplicate) {
			return nil
		}
		if err != nil {
			return err
		}
		list := thread.Crawl{ID: database.NewID(now), URI: actor.URI, Kind: thread.CrawlOutbox, Collection: outbox, Created: now, Due: now}
		if err := thread.InsertCrawl(ctx, tx, list); err != nil {
			return err
		}
		return decide(ctx, tx, Decision{BlogID: b.ID, Who: who, What: whatAdopt, Target: actor.URI, At: now})
	})
	if err != nil {
		return fmt.Errorf("adopt %s: %w", actor.Handle, err)
	}
	return nil
}

// RemoveAccount lets go of an account, given by handle or id. Replies that are there stay; nothing
// joins any more.
func RemoveAccount(ctx context.Context, db *database.DB, b feeds.Blog, account, who string, now time.Time) error {
	err := thread.InTx(ctx, db, func(tx *database.Tx) error {
		accounts, err := thread.AccountsOf(ctx, tx, b.ID)
		if err != nil {
			return err
		}
		for _, a := range accounts {
			if a.ActorURI != account && !sameHandle(a.Handle, account) {
				continue
			}
			if err := deleteAccount(ctx, tx, a); err != nil {
				return err
			}
			return decide(ctx, tx, Decision{BlogID: b.ID, Who: who, What: whatUnadopt, Target: a.ActorURI, At: now})
		}
		return fmt.Errorf("%w: %s has no such account", web.ErrNotFound, b.Handle())
	})
	if err != nil {
		return fmt.Errorf("let go of %s: %w", account, err)
	}
	return nil
}

// AdoptToot makes answers to a toot join the thread of a post; doc is the toot, as its own server
// shows it. web.ErrRefused says that none of the blog's accounts wrote it, or that it is not
// public.
func AdoptToot(ctx context.Context, db *database.DB, b feeds.Blog, p feeds.Post, doc activitypub.Object, now time.Time) (look time.Time, err error) {
	n := thread.ReadNote(doc)
	err = thread.InTx(ctx, db, func(tx *database.Tx) error {
		mine, err := thread.IsAccount(ctx, tx, b.ID, n.Author)
		switch {
		case err != nil:
			return err
		case !mine || !activitypub.SameOrigin(n.Author, n.ID):
			return fmt.Errorf("%w: it was not written by an account of %s. See: bloghorn blog adopt", web.ErrRefused, b.Handle())
		}
		if err := Adopt(ctx, tx, n, b.ID, p.ID, now); err != nil {
			return err
		}
		look, err = thread.CrawlDue(ctx, tx, n.ID)
		return err
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("adopt the toot: %w", err)
	}
	return look, nil
}

// sameHandle compares what people write: with or without @, in any case.
func sameHandle(a, b string) bool {
	return strings.EqualFold(strings.TrimPrefix(a, "@"), strings.TrimPrefix(b, "@"))
}

// Adopt makes answers to n answers to the post.
func Adopt(ctx context.Context, tx *database.Tx, n thread.Note, blog database.ID, post string, now time.Time) error {
	if n.Visibility == activitypub.VisibilityPrivate {
		return fmt.Errorf("%w: it is not public", web.ErrRefused)
	}
	if err := thread.InsertAdopted(ctx, tx, n, blog, post); err != nil {
		return fmt.Errorf("store the toot: %w", err)
	}
	if c, ok := thread.NewCrawl(thread.CrawlAdopted, n, blog, post, now); ok {
		if err := thread.InsertCrawl(ctx, tx, c); err != nil {
			return fmt.Errorf("plan to look for answers: %w", err)
		}
	}
	return nil
}
