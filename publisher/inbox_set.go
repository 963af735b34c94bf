package publisher

import (
	"context"
	"maps"
	"slices"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
)

// inboxSet gathers where followers are reached, each inbox once. An inbox that lies on another site
// than its actor may be anybody's: it counts only once its host has taken something from us, such
// as the Accept, and of each such site only some count.
type inboxSet struct {
	ours      map[string]bool // hosts; an inbox there is none
	inboxes   map[string]bool
	elsewhere elsewhere
}

// elsewhere counts, by their site, the inboxes of a post that lie on another site than their actor.
type elsewhere map[string]int

// hasRoom says whether one more of them counts, at a host that is accepting or not.
func (e elsewhere) hasRoom(inbox string, accepting map[string]bool) bool {
	return accepting[activitypub.Host(inbox)] && e[activitypub.Site(inbox)] < bounds.InboxesElsewhere
}

func (e elsewhere) add(inbox string) { e[activitypub.Site(inbox)]++ }

func newInboxSet(ours map[string]bool) *inboxSet {
	return &inboxSet{ours: ours, inboxes: map[string]bool{}, elsewhere: elsewhere{}}
}

// add takes followers with the inbox at which each is reached.
func (s *inboxSet) add(ctx context.Context, q database.Querier, followers []follower, at func(follower) string) error {
	var rest, hosts []string
	for _, f := range followers {
		inbox := at(f)
		switch host := activitypub.Host(inbox); {
		case s.ours[host], s.inboxes[inbox]:
		case !remote.IsElsewhere("https://"+f.Host, inbox):
			s.inboxes[inbox] = true
		default:
			rest, hosts = append(rest, inbox), append(hosts, host)
		}
	}
	slices.Sort(hosts)
	accepting, err := delivery.Accepting(ctx, q, slices.Compact(hosts))
	if err != nil {
		return err
	}
	for _, inbox := range rest {
		if !s.inboxes[inbox] && s.elsewhere.hasRoom(inbox, accepting) {
			s.elsewhere.add(inbox)
			s.inboxes[inbox] = true
		}
	}
	return nil
}

func (s *inboxSet) all() []string { return slices.Sorted(maps.Keys(s.inboxes)) }
