package feeds

import (
	"context"
	"math/rand/v2"

	"github.com/bloghorn/bloghorn/feeds/match"
)

// A post that was deleted and is in the feed again becomes a new one, since the world remembers a deleted id for ever; but only if its page
// is there as well, because caches bring old feeds back, and never if its owner had deleted it.

// isRepublished says that an item is a post that was deleted.
func isRepublished(f match.Item) bool { return f.Was != nil && f.Was.Removed && !f.Doubt }

// choose are the posts whose pages are asked now: at most maxOldPages, by chance, so that each has its turn, however many came back.
func (m *planner) choose() map[int]bool {
	var back []int
	for i, f := range m.r.Items {
		if isRepublished(f) && f.Was.RemovedBy != RemovedByOwner {
			back = append(back, i)
		}
	}
	if len(back) > match.MaxOldPages {
		rand.Shuffle(len(back), func(i, j int) { back[i], back[j] = back[j], back[i] })
		back, m.isOpen = back[:match.MaxOldPages], true
	}
	chosen := map[int]bool{}
	for _, i := range back {
		chosen[i] = true
	}
	return chosen
}

// republish makes a new post of one whose page is there. Where the page does not say whether it is, it is asked again: a site that is
// restored has its feed back before its pages.
func (m *planner) republish(ctx context.Context, f match.Item, i int) {
	if !m.ask[i] {
		return
	}
	isThere, known := m.poller.isThere(ctx, f.Link)
	if m.isOpen = m.isOpen || !known; !isThere {
		return
	}
	m.poller.Log.Info("a deleted post is back and gets a new id", "component", "feeds", "blog", m.blog.Acct(), "post", f.Was.ID)
	f.Was, f.Doubt = nil, false
	m.addNew(f, i, 1)
}
