package feeds

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// read fetches, parses and saves. Until the one transaction at its end nothing is changed.
func (p *Poller) read(ctx context.Context, b Blog, poll Poll) (err error) {
	defer survive(&err)
	known := validators{poll.ETag, poll.LastModified, poll.BodyHash}
	if !poll.Imported || poll.HashVersion != hashVersion {
		known = validators{} // hashed anew now, the posts are ready when the next edit comes
	}
	a, err := fetch(ctx, p.Client, b.FeedURL, known)
	if err != nil {
		return err
	}
	var changes []change
	if !a.unchanged {
		if changes, err = p.changes(ctx, b, poll, &a); err != nil {
			return err
		}
	}
	return p.save(ctx, poll, a, changes)
}

// changes are what a new answer means for the posts. The feed that was read is left in a.
func (p *Poller) changes(ctx context.Context, b Blog, poll Poll, a *answer) ([]change, error) {
	p.parsing <- struct{}{}
	defer func() { <-p.parsing }()
	feed, err := Parse(a.body, a.contentType, a.url.String())
	if err != nil {
		return nil, unreadable(b.FeedURL, err)
	}
	a.feed = feed
	changes, err := p.compare(ctx, b, poll.Imported, feed)
	if err != nil {
		return nil, fmt.Errorf("compare with what is known: %w", err)
	}
	return changes, nil
}

// save commits the changes together with the poll that found them. The poll comes first: it fails where the lease is lost.
func (p *Poller) save(ctx context.Context, poll Poll, a answer, changes []change) error {
	poll = p.succeeded(poll, a, changes)
	err := p.DB.InTx(ctx, func(tx *database.Tx) error {
		if err := settlePoll(ctx, tx, poll); err != nil {
			return err
		}
		for _, c := range changes {
			if err := c.store(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("save the poll: %w", err)
	}
	if visible(changes) && p.Saved != nil {
		p.Saved()
	}
	return nil
}

func (p *Poller) succeeded(poll Poll, a answer, changes []change) Poll {
	now := p.Now()
	poll.ETag, poll.LastModified, poll.BodyHash = a.seen.etag, a.seen.lastModified, a.seen.body
	poll.HashVersion = hashVersion
	poll.MovedTo = ""
	if len(a.movedTo) <= maxURL {
		poll.MovedTo = a.movedTo
	}
	poll.Imported = true
	poll.PolledAt, poll.SucceededAt = now, now
	if visible(changes) {
		poll.ChangedAt = now
	}
	poll.Failures, poll.LastError = 0, ""
	poll.Gone, poll.StoppedAt = 0, time.Time{}
	if a.feed != nil {
		poll.Format = cut(a.feed.Format, maxFormat)
	}
	poll.Wishes, poll.Hub = poll.Wishes.since(a, now), poll.Hub.since(a)
	poll.rhythm.activeAt = later(poll.rhythm.activeAt, poll.ChangedAt)
	poll.NextAt, _ = p.plan(poll, now, 0, rand.Float64()).next()
	return poll.looked(now, visible(changes))
}

// change is what a poll does to one post.
type change struct {
	post   Post
	known  *stored   // nil for a new post
	silent bool      // hashed anew, nothing else happened
	due    time.Time // when the publisher shall look at it; zero leaves that as it is
}

func visible(changes []change) bool {
	for _, c := range changes {
		if !c.silent {
			return true
		}
	}
	return false
}

func (c change) store(ctx context.Context, tx *database.Tx) error {
	if c.known == nil {
		c.post.DueAt = c.due
		return insertPost(ctx, tx, c.post)
	}
	return updatePost(ctx, tx, c.post, c.known.hash, c.due)
}

// compare finds what is new and what has changed. Only that is rendered.
func (p *Poller) compare(ctx context.Context, b Blog, imported bool, feed *Feed) ([]change, error) {
	items := identify(feed.items, feed.SiteURL)
	ids := make([]string, len(items))
	for i, it := range items {
		ids[i] = postID(b.Origin, it.identity, 0)
	}
	known, err := storedPosts(ctx, p.DB, ids)
	if err != nil {
		return nil, err
	}
	now := p.Now()
	var changes []change
	for i, it := range items {
		was, ok := known[ids[i]]
		switch {
		case !ok:
			changes = append(changes, p.found(newPost(b, it, seenAt(now, i)), it, imported, now))
		case !was.removed && (was.hash != it.hash || was.version < hashVersion):
			changes = append(changes, edited(newPost(b, it, now), was, now))
		}
	}
	return changes, nil
}

// seenAt is when the i-th item of a feed is found: a millisecond before the one above it, so that items without a date keep their order.
func seenAt(now time.Time, i int) time.Time {
	return now.Add(-time.Duration(i) * time.Millisecond)
}

// found decides whether a new post is announced: not what was there when the blog was added, and not what is dated too far back.
func (p *Poller) found(post Post, it identified, imported bool, now time.Time) change {
	c := change{post: post}
	if imported && (it.publishedAt.IsZero() || it.publishedAt.After(now.Add(-p.MaxAge))) {
		c.post.Announce = true
		c.due = now.Add(p.PublishDelay)
	}
	return c
}

// edited decides what a new hash means: nothing, if the old one was made by other rules; otherwise an edit, of which the world hears if it
// knows the post. While a new post waits for its announcement, edits join it and leave no trace.
func edited(post Post, was stored, now time.Time) change {
	c := change{post: post, known: &was}
	c.post.EditedAt = was.editedAt
	waiting := was.announce && was.editedAt.IsZero() && was.dueAt.After(now)
	switch {
	case was.version < hashVersion:
		c.silent = true
	case waiting:
	default:
		c.post.EditedAt = later(now, was.editedAt.Add(time.Second), was.publishedAt.Add(time.Second))
		if was.announce {
			c.due = now
		}
	}
	return c
}

func later(first time.Time, others ...time.Time) time.Time {
	for _, t := range others {
		if t.After(first) {
			first = t
		}
	}
	return first
}
