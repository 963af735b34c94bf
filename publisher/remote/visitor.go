package remote

import (
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/bounds"
)

// visitor has the redirects of one question counted at the hosts that they lead to: else a
// host could be asked any number of things, and all at once, by way of others. At home the question
// itself is counted. Each further request to a host, such as a second knock, counts for the pace.
type visitor struct {
	questions *questions
	who       asker
	free      func(address string) bool
	home, at  string
	begun     bool
	left      func()
	crowded   bool // there was no room at a host: our own trouble, and no answer of anybody
}

func (v *visitor) to(address string) error {
	host, site, who := activitypub.Host(address), activitypub.Site(address), v.who
	if v.free(address) {
		who = asker{}
	}
	stays, ok := host == v.at, true
	if !stays {
		v.leave()
		v.at = host
	}
	switch {
	case !v.begun:
		v.begun = true
	case stays, host == v.home:
		ok = v.questions.hasPace(who, site)
	default:
		v.left, ok = v.questions.visit(who, host, site)
	}
	if !ok {
		v.crowded = true
		return errCrowded
	}
	return nil
}

func (v *visitor) leave() {
	if v.left != nil {
		v.left()
	}
	v.left = nil
}

// hasPace counts one more request to a site; false where it was asked too often lately by those
// that it does not know.
func (q *questions) hasPace(who asker, site string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.standing.rank(who, site, q.unsure) == proven || q.pace.Take(site)
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
