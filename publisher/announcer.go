package publisher

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/article"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/loop"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	// announceBatch is how many due posts are read at once, with their content.
	announceBatch = 20
	// afterFailure is how long a post rests that could not be announced, so that it is in nobody's way.
	afterFailure = time.Minute
)

// Engagement reads what readers made of a post: how many like it and boosted it, and the ids of its first replies.
type Engagement = func(ctx context.Context, postID string) (likes, shares int, firstReplies []string, err error)

// Announcer makes what the world was told agree with the posts. Any number of processes may run one: what is sent follows from the
// database, and its unique keys decide who was first.
type Announcer struct {
	DB             *database.DB
	Log            *slog.Logger
	Now            func() time.Time
	UpdateInterval time.Duration     // at least this long between two Updates of a post; the last state is always sent
	Spread         time.Duration     // over which the first tries of a thousand hosts are spread (delivery.Activity.Spread); 0 is at once
	WakeNext       func()            // called after activities were committed; may be nil
	Blocked        remote.Blocked    // the communities that get nothing more; nil blocks none
	Engagement     Engagement        // what an Update says of likes and boosts; nil says none. A Create always says none.
	Deleted        *Marks            // what was deleted before; nil remembers nothing outside the database
	Remotes        *remote.Directory // asks whom a post names; nil asks nobody
	Readers        Readers           // who hears of an edit or a removal though they may not follow; nil lists none

	loop.Waker
	namesStarted sync.Once
	names        *web.Limiter
}

// Run announces what is due until ctx ends, then returns nil.
func (a *Announcer) Run(ctx context.Context) error {
	if n, err := a.Deleted.removeMarked(ctx, a.DB, a.Now()); err != nil {
		a.Log.Error("posts that were deleted before may be shown again", "err", err) // the rounds go on where they are due
	} else if n > 0 {
		a.Log.Warn("the database seems to be an older copy: posts that were deleted since are removed again", "posts", n)
	}
	return loop.Loop{
		Waker: &a.Waker, Now: a.Now, Log: a.Log, Round: a.round,
		Next: func(ctx context.Context) (time.Time, error) { return feeds.NextDuePost(ctx, a.DB) },
	}.Run(ctx)
}

// round announces until nothing is due. A post that fails rests and the others go on; trouble of the database ends the round.
func (a *Announcer) round(ctx context.Context) error {
	for ctx.Err() == nil {
		due, err := feeds.DuePosts(ctx, a.DB, a.Now(), announceBatch)
		if err != nil {
			return fmt.Errorf("list due posts: %w", err)
		}
		for _, p := range due {
			err := a.announce(ctx, p)
			if ctx.Err() != nil {
				return nil // what was not committed is due again after the restart
			}
			if err != nil {
				a.Log.Error("a post could not be announced", "post", p.ID, "err", err)
				if err := feeds.Postpone(ctx, a.DB, p, a.Now().Add(afterFailure)); err != nil {
					return fmt.Errorf("postpone post %s: %w", p.ID, err)
				}
			}
		}
		if len(due) < announceBatch {
			return nil
		}
	}
	return nil
}

// announce brings one post up to date in one transaction: what was told, the activity, its deliveries and the end of being due.
func (a *Announcer) announce(ctx context.Context, due feeds.Post) error {
	facts, err := factsOf(ctx, a.Engagement, due.ID)
	if err != nil {
		return err
	}
	if err := a.meetNamed(ctx, due); err != nil {
		return err
	}
	var did step
	err = a.DB.InTx(ctx, func(tx *database.Tx) (err error) {
		did, err = a.announceIn(ctx, tx, due.ID, facts)
		return err
	})
	if err != nil || did == stepNone || did == stepWait {
		return err
	}
	a.Log.Info("post announced", "post", due.ID, "kind", string(did))
	if a.WakeNext != nil {
		a.WakeNext()
	}
	return nil
}

func (a *Announcer) announceIn(ctx context.Context, tx *database.Tx, postID string, facts article.Facts) (step, error) {
	p, err := feeds.PostByID(ctx, tx, postID) // again: it may have changed since the list was read
	if err != nil {
		return stepNone, fmt.Errorf("read the post: %w", err)
	}
	told, err := announcementOf(ctx, tx, p.ID)
	if err != nil {
		return stepNone, fmt.Errorf("read what was announced: %w", err)
	}
	do := next(p, told, a.UpdateInterval, a.Now())
	if by, deleted := a.Deleted.by(p.ID); deleted && (do == stepCreate || do == stepUpdate) {
		return stepWait, feeds.RemoveAgain(ctx, tx, p.ID, by, a.Now())
	}
	if do == stepDelete {
		if err := a.Deleted.add(p.ID, p.RemovedBy); err != nil {
			a.Log.Warn("a Delete is sent, but an older copy of the database would not know of it", "post", p.ID, "err", err)
		}
	}
	if do == stepCreate {
		if do, err = a.unlessWithdrawn(ctx, tx, p); do != stepCreate || err != nil {
			return do, err
		}
	}
	switch do {
	case stepWait:
		return do, feeds.Postpone(ctx, tx, p, told.ToldAt.Add(a.UpdateInterval))
	case stepCreate, stepUpdate, stepDelete:
		first, err := a.record(ctx, tx, p, told, do, facts)
		if err != nil {
			return stepNone, err
		}
		if !first {
			return stepNone, nil // another process did it and marks the post
		}
	}
	return do, feeds.Announced(ctx, tx, p)
}

// unlessWithdrawn is stepCreate, unless the post was taken back while it waited.
func (a *Announcer) unlessWithdrawn(ctx context.Context, tx *database.Tx, p feeds.Post) (step, error) {
	withdrawn, err := feeds.WithdrawalOf(ctx, tx, p)
	if err != nil {
		return stepNone, fmt.Errorf("ask whether the post was withdrawn: %w", err)
	}
	switch withdrawn {
	case feeds.MaybeWithdrawn:
		return stepWait, feeds.WaitOn(ctx, tx, p, a.Now())
	case feeds.SurelyWithdrawn:
		return stepNone, feeds.CallOff(ctx, tx, p.ID)
	}
	due, err := feeds.StillDue(ctx, tx, p)
	if err != nil || !due {
		return stepNone, err
	}
	return stepCreate, nil
}

// CallOff makes history of a post that waits to be announced. It is web.ErrNotFound where it does not wait, or was announced before.
func CallOff(ctx context.Context, db *database.DB, postID string) error {
	return db.InTx(ctx, func(tx *database.Tx) error {
		told, err := announcementOf(ctx, tx, postID)
		if err != nil {
			return fmt.Errorf("read what was announced: %w", err)
		}
		if !told.CreatedAt.IsZero() {
			return fmt.Errorf("%w: the post %s was announced", web.ErrNotFound, postID)
		}
		return feeds.CallOff(ctx, tx, postID)
	})
}

// Release lets a held post out behind whatever of its blog waits to be announced, and feeds.ReleaseEvery after the last that went out: who
// decides about one post after the other keeps that pace too. The errors are feeds.ReleaseNext's.
func Release(ctx context.Context, db *database.DB, postID string, now time.Time) (turn feeds.Turn, err error) {
	err = db.InTx(ctx, func(tx *database.Tx) error {
		p, err := feeds.PostByID(ctx, tx, postID)
		if errors.Is(err, database.ErrNotFound) {
			return fmt.Errorf("%w: no held post has the id %s", web.ErrNotFound, postID)
		}
		if err != nil {
			return fmt.Errorf("read the post: %w", err)
		}
		soonest, err := lastCreate(ctx, tx, p.BlogID)
		if err != nil {
			return fmt.Errorf("look for what was announced last: %w", err)
		}
		if !soonest.IsZero() {
			soonest = soonest.Add(feeds.ReleaseEvery)
		}
		turn, err = feeds.ReleaseNext(ctx, tx, p, soonest, now)
		return err
	})
	return turn, err
}

// record records the step and enqueues its activity. It is false where another process has taken the step already.
func (a *Announcer) record(
	ctx context.Context, tx *database.Tx, p feeds.Post, told Announcement, do step, facts article.Facts,
) (first bool, err error) {
	b, err := feeds.BlogByID(ctx, tx, p.BlogID)
	if err != nil {
		return false, fmt.Errorf("read the blog: %w", err)
	}
	is := told.after(do, p, a.Now())
	if do == stepCreate {
		if is.Community, err = communityFor(ctx, tx, b, p); err != nil {
			return false, fmt.Errorf("look for the blog's community: %w", err)
		}
		err = insertAnnouncement(ctx, tx, is)
		if errors.Is(err, database.ErrDuplicate) {
			return false, nil
		}
		first = err == nil
	} else {
		first, err = updateAnnouncement(ctx, tx, told, is)
	}
	if err != nil || !first {
		return false, err
	}
	err = a.enqueueStep(ctx, tx, b, p, is, do, facts)
	if err != nil || b.Settings.PinTag == "" && p.PinnedAt.IsZero() {
		return true, err
	}
	return true, BroadcastFeatured(ctx, tx, b, a.Now())
}

// enqueueStep sends an activity about a post. Its id follows from the step, so one that is there is the same one.
func (a *Announcer) enqueueStep(
	ctx context.Context, tx database.Querier, b feeds.Blog, p feeds.Post, is Announcement, do step, facts article.Facts,
) error {
	inboxes, err := recipientsOf(ctx, tx, b, p, is, do)
	if err != nil {
		return err
	}
	if do != stepCreate {
		if inboxes, err = a.withHolders(ctx, tx, b, ids.PostID(b, p.ID), p.ID, inboxes); err != nil {
			return fmt.Errorf("look who else may have the post: %w", err)
		}
	}
	if facts.Community, err = groupOf(ctx, tx, is.Community); err != nil {
		return err
	}
	if inboxes, err = a.withCommunity(ctx, tx, b, facts.Community, inboxes); err != nil {
		return err
	}
	if facts.Named, err = namedInPost(ctx, tx, b, p, a.Blocked); err != nil {
		return err
	}
	if do == stepCreate && b.Settings.Mentions == settings.MentionsNotify {
		inboxes = withInboxes(inboxes, facts.Named)
	}
	leaves := delivery.Activity{ObjectURI: ids.PostID(b, p.ID)}
	if do != stepDelete {
		leaves.Spread = a.Spread
	}
	if do == stepUpdate && len(inboxes) > 0 {
		leaves.Joined, err = activitypub.Marshal(article.Create(b, p, article.Build(b, p, article.Facts{UpdatedAt: is.UpdatedAt, Community: facts.Community, Named: facts.Named})))
		if err != nil {
			return err
		}
	}
	err = enqueue(ctx, tx, b, leaves, activityOf(b, p, is, do, facts), inboxes, a.Now())
	if errors.Is(err, database.ErrDuplicate) {
		return nil
	}
	return err
}

// enqueue sends an activity to inboxes; to none it is not even stored. leaves says what it is about, and how it is sent.
func enqueue(
	ctx context.Context, tx database.Querier, b feeds.Blog, leaves delivery.Activity, activity activitypub.Activity, inboxes []string, now time.Time,
) (err error) {
	if len(inboxes) == 0 {
		return nil
	}
	if leaves, err = written(leaves, activity, now); err != nil {
		return err
	}
	return delivery.Enqueue(ctx, tx, leaves, b.ID, inboxes, now)
}

// written is leaves with the activity in it.
func written(leaves delivery.Activity, activity activitypub.Activity, now time.Time) (_ delivery.Activity, err error) {
	leaves.Body, err = activitypub.Marshal(activity)
	leaves.ID, leaves.URI, leaves.Sender, leaves.Kind = database.NewID(now), activity.ID, activity.Actor, activity.Type
	return leaves, err
}

func activityOf(b feeds.Blog, p feeds.Post, is Announcement, do step, facts article.Facts) activitypub.Activity {
	switch do {
	case stepDelete:
		return article.Delete(b, p, is.Community, is.DeletedAt)
	case stepUpdate:
		facts.UpdatedAt = is.UpdatedAt
		return article.Update(b, p, article.Build(b, p, facts), is.UpdatedAt)
	}
	return article.Create(b, p, article.Build(b, p, article.Facts{Community: facts.Community, Named: facts.Named}))
}

// meetNamed asks whom a post names that is about to be sent, in the name of its blog.
func (a *Announcer) meetNamed(ctx context.Context, p feeds.Post) error {
	if a.Remotes == nil || !p.RemovedAt.IsZero() || !remote.NamesAnybody(p.Content.String()) {
		return nil
	}
	b, err := feeds.BlogByID(ctx, a.DB, p.BlogID)
	if err != nil {
		return fmt.Errorf("read the blog: %w", err)
	}
	if b.Settings.Mentions == settings.MentionsNone {
		return nil
	}
	return a.Remotes.MeetNamed(remote.WithBase(ctx, b.BaseURL), p.Content.String(), func() bool { return a.namesOf().Take(b.ID.String()) })
}

// namesOf counts the posts of each blog for which somebody was asked.
func (a *Announcer) namesOf() *web.Limiter {
	a.namesStarted.Do(func() { a.names = &web.Limiter{Rate: bounds.PostsWithNames, Now: a.Now} })
	return a.names
}

// withInboxes are the inboxes, and those that reach who is named.
func withInboxes(inboxes []string, named []remote.Named) []string {
	for _, n := range named {
		if to := cmp.Or(n.Actor.SharedInbox, n.Actor.Inbox); to != "" && !slices.Contains(inboxes, to) && !slices.Contains(inboxes, n.Actor.Inbox) {
			inboxes = append(inboxes, to)
		}
	}
	return inboxes
}

// namedInPost is NamedIn for a post; nobody where its blog names nobody.
func namedInPost(ctx context.Context, q database.Querier, b feeds.Blog, p feeds.Post, blocked remote.Blocked) ([]remote.Named, error) {
	if b.Settings.Mentions == settings.MentionsNone {
		return nil, nil
	}
	return remote.NamedIn(ctx, q, b, p.Content.String(), blocked)
}
