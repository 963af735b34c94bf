package feeds

import (
	"context"

	"github.com/bloghorn/bloghorn/feeds/pageurl"
)

// maxOldPages bounds how many pages of lost posts one poll asks for.
const maxOldPages = 5

// byRedirect asks the pages of lost posts where they lead to now: a blog that renames its posts mostly leaves redirects.
func (r *reconciler) byRedirect(ctx context.Context) error {
	open := map[string]int{}
	for i, it := range r.items {
		if p, ok := r.found[i]; it.ownLink && (!ok || p.isDoubtful()) {
			open[pageurl.Normalise(it.Link)] = i
		}
	}
	if len(open) == 0 || r.leadsTo == nil {
		return nil
	}
	var pairs []pair
	for _, at := range r.justLost() {
		address := r.leadsTo(ctx, r.posts[at].url)
		if i, ok := open[pageurl.Normalise(address)]; ok {
			pairs = append(pairs, pair{item: i, post: at, redirect: true})
			pairs = append(pairs, r.reopen(i)...)
		}
	}
	return r.settle(ctx, pairs)
}

// justLost are the posts that were listed at the last poll, have a page and are lost now; at most maxOldPages.
func (r *reconciler) justLost() (lost []int) {
	for _, at := range r.lost() {
		if p := r.posts[at]; p.url != "" && p.absentSince.IsZero() && p.isPublic() && len(lost) < maxOldPages {
			lost = append(lost, at)
		}
	}
	return lost
}

// reopen takes a doubtful verdict back, to be weighed again beside others.
func (r *reconciler) reopen(item int) []pair {
	p, ok := r.found[item]
	if !ok {
		return nil
	}
	delete(r.found, item)
	delete(r.taken, p.post)
	return []pair{{item: p.item, post: p.post}}
}
