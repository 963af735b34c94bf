package publisher

import (
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/bounds"
)

// visitor has the redirects of one question counted at the hosts that they lead to: else a
// host could be asked any number of things, and all at once, by way of others. At home the question
// itself is counted.
type visitor struct {
	questions *questions
	who       asker
	free      func(address string) bool
	home, at  string
	left      func()
	crowded   bool // there was no room at a host: our own trouble, and no answer of anybody
}

func (v *visitor) to(address string) error {
	host := activitypub.Host(address)
	if host == v.at {
		return nil
	}
	v.leave()
	if v.at = host; host == v.home { // for a second knock
		return nil
	}
	who := v.who
	if v.free(address) {
		who = asker{}
	}
	left, ok := v.questions.visit(who, host, activitypub.Site(address))
	if !ok {
		v.crowded = true
		return errCrowded
	}
	v.left = left
	return nil
}

func (v *visitor) leave() {
	if v.left != nil {
		v.left()
	}
	v.left = nil
}

// visit counts a redirect to another host as a question to it; false where that has no room, or
// where the site was asked too often lately by those that it does not know.
func (q *questions) visit(who asker, host, site string) (left func(), ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.hosts[host].has(bounds.LookupsPerHost, false) || !q.sites[site].has(bounds.LookupsPerSite, false) {
		return nil, false
	}
	if q.standing.rank(who, site, q.unsure) != proven && !q.pace.Take(site) {
		return nil, false
	}
	count := func(by int) {
		q.countAt(q.hosts, host, by, false)
		q.countAt(q.sites, site, by, false)
	}
	count(1)
	return func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		count(-1)
		q.dispatch()
	}, true
}
