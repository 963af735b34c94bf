package publisher

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
)

// What is told of a post afterwards goes to whoever may have it, and those are more than who
// follows the blog now: the servers that its Create, its Updates and the blog's own boosts went to,
// whose readers may have left since, and the servers of those who answered, liked, boosted or
// quoted it, which came for it by themselves. Two are left out: a server that the owner has blocked
// hears nothing, and one that refused the post has none. Whom somebody else's boost reached we
// cannot know; their server hears of it, and passes a Delete on.

// Readers lists the ids of the people who did something with a post that anybody can see, those who
// did it first at first, at most limit.
type Readers = func(ctx context.Context, q database.Querier, postID string, limit int) ([]database.ID, error)

// withHolders are the followers' inboxes, and those of others who may have an object; each server's
// shared inbox once. postID is the post whose readers have it, "" for what is no post.
func (a *Announcer) withHolders(ctx context.Context, tx database.Querier, b feeds.Blog, objectURI, postID string, inboxes []string) ([]string, error) {
	reached, err := delivery.Reached(ctx, tx, b.ActorID(), objectURI)
	if err != nil {
		return nil, err
	}
	h := holders{has: map[string]bool{}, reached: reached, perSite: map[string]int{}, elsewhere: followers.Elsewhere{}}
	for _, inbox := range inboxes {
		h.has[inbox] = true
	}
	if h.ours, err = remote.OwnHosts(ctx, tx); err != nil {
		return nil, err
	}
	candidates, err := a.candidates(ctx, tx, postID, h)
	if err != nil {
		return nil, err
	}
	hosts := map[string]bool{}
	for _, c := range candidates {
		hosts[activitypub.Host(c.address)] = true
	}
	if h.dead, err = delivery.Dead(ctx, tx, slices.Sorted(maps.Keys(hosts))); err != nil {
		return nil, err
	}
	if h.accepting, err = delivery.Accepting(ctx, tx, hostsElsewhere(candidates)); err != nil {
		return nil, err
	}
	for _, c := range candidates {
		if !h.mayAdd(c) {
			continue
		}
		blocked, err := a.isBlocked(ctx, tx, b.ID, c)
		if err != nil {
			return nil, err
		}
		if !blocked {
			h.add(c)
			inboxes = append(inboxes, c.address)
		}
	}
	return inboxes, nil
}

// candidate is an inbox that may be told, and whose it is; actorURI is "" where that is many
// people's or nobody's we know.
type candidate struct {
	address, personal string
	actorURI          string
	isReader          bool
}

// candidates are first where the post went, then who did something with it.
func (a *Announcer) candidates(ctx context.Context, tx database.Querier, postID string, h holders) (all []candidate, err error) {
	for _, inbox := range slices.Sorted(maps.Keys(h.reached)) {
		if !h.reached[inbox] || h.has[inbox] {
			continue
		}
		c := candidate{address: inbox, personal: inbox}
		actor, err := remote.ActorByInbox(ctx, tx, inbox)
		switch {
		case errors.Is(err, database.ErrNotFound): // a shared one, mostly
		case err != nil:
			return nil, fmt.Errorf("look whose inbox %s is: %w", inbox, err)
		default:
			c = candidateOf(actor)
		}
		all = append(all, c)
	}
	if a.Readers == nil {
		return all, nil
	}
	ids, err := a.Readers(ctx, tx, postID, bounds.ReadersTold)
	if err != nil {
		return nil, fmt.Errorf("list who did something with the post: %w", err)
	}
	for some := range slices.Chunk(ids, remote.InBatch) {
		actors, err := remote.ActorRows(ctx, tx, some)
		if err != nil {
			return nil, fmt.Errorf("read who did something with the post: %w", err)
		}
		for _, actor := range actors {
			if actor.GoneAt.IsZero() {
				c := candidateOf(actor)
				c.isReader = true
				all = append(all, c)
			}
		}
	}
	return all, nil
}

// isElsewhere is for the inbox of a reader, which may be anybody's as that of a follower may
// (inboxSet). What a post went to before has passed that rule.
func (c candidate) isElsewhere() bool { return c.isReader && remote.IsElsewhere(c.actorURI, c.address) }

func hostsElsewhere(candidates []candidate) (hosts []string) {
	for _, c := range candidates {
		if c.isElsewhere() {
			hosts = append(hosts, activitypub.Host(c.address))
		}
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

func candidateOf(actor remote.Actor) candidate {
	f := followers.Recipient{Inbox: actor.Inbox, SharedInbox: actor.SharedInbox}
	return candidate{address: f.Address(), personal: actor.Inbox, actorURI: actor.URI}
}

// holders is what is known while inboxes are added.
type holders struct {
	has     map[string]bool // inboxes that are told
	reached map[string]bool
	ours    map[string]bool
	dead    map[string]bool // hosts
	perSite map[string]int  // readers' inboxes

	accepting map[string]bool // hosts that have taken something from us
	elsewhere followers.Elsewhere
}

func (h holders) mayAdd(c candidate) bool {
	host := activitypub.Host(c.address)
	if host == "" || h.ours[host] || h.dead[host] || h.has[c.address] || h.has[c.personal] {
		return false
	}
	if has, asked := h.reached[c.address]; asked && !has {
		return false
	}
	if c.isElsewhere() && !h.elsewhere.HasRoom(c.address, h.accepting) {
		return false
	}
	return !c.isReader || h.perSite[activitypub.Site(c.address)] < bounds.ReadersPerSite
}

func (h holders) add(c candidate) {
	h.has[c.address] = true
	if c.isReader {
		h.perSite[activitypub.Site(c.address)]++
	}
	if c.isElsewhere() {
		h.elsewhere.Add(c.address)
	}
}

// isBlocked asks about the person whose inbox it is, and about its server.
func (a *Announcer) isBlocked(ctx context.Context, q database.Querier, blogID database.ID, c candidate) (bool, error) {
	if a.Blocked == nil {
		return false, nil
	}
	for _, uri := range []string{c.actorURI, c.address} {
		if uri == "" {
			continue
		}
		blocked, err := a.Blocked(ctx, q, blogID, uri)
		if err != nil || blocked {
			return blocked, err
		}
	}
	return false, nil
}
