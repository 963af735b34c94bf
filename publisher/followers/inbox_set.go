package followers

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

// InboxSet gathers where followers are reached, each inbox once. An inbox that lies on another site
// than its actor may be anybody's: it counts only once its host has taken something from us, such
// as the Accept, and of each such site only some count.
type InboxSet struct {
	ours      map[string]bool // hosts; an inbox there is none
	inboxes   map[string]bool
	elsewhere Elsewhere
}

// Elsewhere counts, by their site, the inboxes of a post that lie on another site than their actor.
type Elsewhere map[string]int

// HasRoom says whether one more of them counts, at a host that is accepting or not.
func (e Elsewhere) HasRoom(inbox string, accepting map[string]bool) bool {
	return accepting[activitypub.Host(inbox)] && e[activitypub.Site(inbox)] < bounds.InboxesElsewhere
}

func (e Elsewhere) Add(inbox string) { e[activitypub.Site(inbox)]++ }

func NewInboxSet(ours map[string]bool) *InboxSet {
	return &InboxSet{ours: ours, inboxes: map[string]bool{}, elsewhere: Elsewhere{}}
}

// Add takes followers with the inbox at which each is reached.
func (s *InboxSet) Add(ctx context.Context, q database.Querier, followers []Recipient, at func(Recipient) string) error {
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
		if !s.inboxes[inbox] && s.elsewhere.HasRoom(inbox, accepting) {
			s.elsewhere.Add(inbox)
			s.inboxes[inbox] = true
		}
	}
	return nil
}

func (s *InboxSet) All() []string { return slices.Sorted(maps.Keys(s.inboxes)) }
