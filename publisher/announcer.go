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
	// afterFailure is how long a post rests that could not be announced, so that it is in nobody's
	// way.
	afterFailure = time.Minute
)

// Engagement reads what readers made of a post: how many like it and boosted it, and the ids of its
// first replies.
type Engagement = func(ctx context.Context, postID string) (likes, shares int, firstReplies []string, err error)

// Announcer makes what the world was told agree with the posts. Any number of processes may run
// one: what is sent follows from the database, and its unique keys decide who was first.
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

// round announces until nothing is due. A post that fails rests and the others go on; trouble of
// the database ends the round.
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

// announce brings one post up to date in one transaction: what was told, the activity, its
// deliveries and the end of being due.
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

// announceIn is the way of a due post into the delivery queue, in one transaction. Every id follows
// from the step, so an activity that is there already is the same one.
func (a *Announcer) announceIn(ctx context.Context, tx *database.Tx, postID string, facts article.Facts) (step, error) {
	// 1. Read the post again, as it may have changed since it was listed, and what was told of it.
	p, b, told, err := readPost(ctx, tx, postID)
	if err != nil {
		return stepNone, err
	}
	// 2. Find out what to do. What was deleted once stays so, in an older copy of the database as
	// well; what was taken back while it waited is not announced; an Update waits for its turn.
	do := next(p, told, a.UpdateInterval, a.Now())
	by, deleted := a.Deleted.by(p.ID)
	switch {
	case deleted && (do == stepCreate || do == stepUpdate):
		return stepWait, feeds.RemoveAgain(ctx, tx, p.ID, by, a.Now())
	case do == stepNone:
		return do, feeds.Announced(ctx, tx, p)
	case do == stepWait:
		return do, feeds.Postpone(ctx, tx, p, told.ToldAt.Add(a.UpdateInterval))
	case do == stepCreate:
		if do, err = a.unlessWithdrawn(ctx, tx, p); do != stepCreate || err != nil {
			return do, err
		}
	case do == stepDelete:
		if err := a.Deleted.add(p.ID, p.RemovedBy); err != nil {
			a.Log.Warn("a Delete is sent, but an older copy of the database would not know of it", "post", p.ID, "err", err)
		}
	}
	// 3. Record it. Of several processes one is first, and marks the post.
	is := told.after(do, p, a.Now())
	if do == stepCreate {
		if is.Community, err = communityFor(ctx, tx, b, p); err != nil {
			return stepNone, fmt.Errorf("look for the blog's community: %w", err)
		}
	}
	if first, err := saveAnnouncement(ctx, tx, told, is); err != nil || !first {
		return stepNone, err
	}
	// 4. Find out who gets it: followers, the community, who is named, and who may have it already.
	if facts, err = withPeople(ctx, tx, facts, b, p, is.Community, a.Blocked); err != nil {
		return stepNone, err
	}
	inboxes, err := a.recipientsOf(ctx, tx, b, p, is, do, facts)
	if err != nil {
		return stepNone, err
	}
	// 5. Build the activity, and put it into the queue of each of them.
	activity, leaves, err := a.activityOf(b, p, is, do, facts)
	if err != nil {
		return stepNone, err
	}
	if err := enqueue(ctx, tx, b, leaves, activity, inboxes, a.Now()); err != nil && !errors.Is(err, database.ErrDuplicate) {
		return stepNone, err
	}
	// 6. Tell which posts are pinned, where that may have changed, and be done with the post.
	if b.Settings.PinTag != "" || !p.PinnedAt.IsZero() {
		if err := BroadcastFeatured(ctx, tx, b, a.Now()); err != nil {
			return stepNone, err
		}
	}
	return do, feeds.Announced(ctx, tx, p)
}

// readPost reads a post, its blog, and what the world was told of it.
func readPost(ctx context.Context, q database.Querier, postID string) (p feeds.Post, b feeds.Blog, told Announcement, err error) {
	if p, err = feeds.PostByID(ctx, q, postID); err != nil {
		return p, b, told, fmt.Errorf("read the post: %w", err)
	}
	if b, err = feeds.BlogByID(ctx, q, p.BlogID); err != nil {
		return p, b, told, fmt.Errorf("read the blog of post %s: %w", postID, err)
	}
	if told, err = announcementOf(ctx, q, postID); err != nil {
		err = fmt.Errorf("read what was announced of post %s: %w", postID, err)
	}
	return p, b, told, err
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

// CallOff makes history of a post that waits to be announced. It is web.ErrNotFound where it does
// not wait, or was announced before.
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

// Release lets a held post out behind whatever of its blog waits to be announced, and
// feeds.ReleaseEvery after the last that went out: who decides about one post after the other keeps
// that pace too. The errors are feeds.ReleaseNext's.
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

// enqueue sends an activity to inboxes; to none it is not even stored. leaves says what it is
// about, and how it is sent.
func enqueue(
	ctx context.Context, tx database.Querier, b feeds.Blog, leaves delivery.Activity, activity activitypub.Activity, inboxes []string, now time.Time,
) (err error) {
	if len(inboxes) == 0 {
		return nil
	}
	if leaves, err = leaves.With(activity, now); err != nil {
		return err
	}
	return delivery.Enqueue(ctx, tx, leaves, b.ID, inboxes, now)
}

// activityOf is what is said of a post, and how it leaves. A Create says no likes; an Update brings
// the Create with it for those who never got one.
func (a *Announcer) activityOf(
	b feeds.Blog, p feeds.Post, is Announcement, do step, facts article.Facts,
) (activity activitypub.Activity, leaves delivery.Activity, err error) {
	leaves = delivery.Activity{ObjectURI: ids.PostID(b, p.ID), Spread: a.Spread}
	if do == stepDelete {
		return article.Delete(b, p, is.Community, is.DeletedAt), delivery.Activity{ObjectURI: leaves.ObjectURI}, nil
	}
	facts.UpdatedAt = is.UpdatedAt
	create := article.Create(b, p, article.Build(b, p, article.Facts{UpdatedAt: facts.UpdatedAt, Community: facts.Community, Named: facts.Named}))
	if do == stepCreate {
		return create, leaves, nil
	}
	leaves.Joined, err = activitypub.Marshal(create)
	return article.Update(b, p, article.Build(b, p, facts), is.UpdatedAt), leaves, err
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
