package delivery

import (
	"math/rand/v2"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/bounds"
)

// site is what the hosts of one registrable domain take up of a worker, all together: whoever has a
// domain has any number of hosts, and a lane for each. A site whose hosts answer at once may have
// many requests open, one whose hosts are slow has few.
//
// What it has no room for is moved to when its turn may come, so that it stands in nobody's way at
// the head of the queue.
type site struct {
	name    string
	claimed int           // by all its lanes
	trials  int           // of those, to hosts that never took anything
	most    int           // that may be claimed
	isKnown bool          // something has been sent there
	took    time.Duration // about how long its answers take
	more    bool          // there is more that is due, passed by for lack of room

	turns      turns // of what is moved out of the way
	trialTurns turns // of those that would be more trials than there may be in a time
}

const (
	firstGuess = 100 * time.Millisecond // how long answers take at a site that we know nothing about
	// What would have its turn later than this is looked at again earlier, some time in an interval
	// of that length: the site may have become quick.
	longestTurn = 15 * time.Minute
)

func newSite(name string) *site {
	return &site{name: name, most: bounds.RequestsPerSlowSite, took: firstGuess}
}

// siteName is the registrable domain of a host or its IP address. An address that the operator
// allows by name is nobody's but its own.
func (l *loop) siteName(host string) string {
	if l.w.Client.Allows("https://"+host) || l.w.Client.Allows("http://"+host) {
		return host
	}
	if name := activitypub.Site("https://" + host); name != "" {
		return name
	}
	return host
}

func (l *loop) site(host string) *site {
	name := l.siteName(host)
	s := l.sites[name]
	if s == nil {
		s = newSite(name)
		l.sites[name] = s
	}
	return s
}

// claims counts a delivery that is claimed, or with -1 one that has ended.
func (s *site) claims(j *job, count int) {
	s.claimed += count
	if j.isTrial {
		s.trials += count
	}
}

// isSlow: what has no room has to wait for a while.
func (s *site) isSlow() bool { return s.took >= quick }

// wantsMore: there is more, and enough room for it to be worth a look.
func (s *site) wantsMore() bool { return s.more && 2*s.room() >= s.most }

// learn draws the conclusions from an answer, or from its absence. A host that was away tells by
// its return how it is now.
func (s *site) learn(took time.Duration, isWell, recovered bool) {
	s.isKnown = true
	s.took = (s.took + took) / 2
	if recovered {
		s.took = took
	}
	if isWell && took < quick {
		s.most = min(s.most+1, bounds.RequestsPerSite)
	} else {
		s.most = max(s.most-1, bounds.RequestsPerSlowSite)
	}
}

// room is how many more may be claimed.
func (s *site) room() int { return s.most - s.claimed }

// abreast is how many of a kind may be claimed.
func (s *site) abreast(areTrials bool) int {
	if areTrials {
		return bounds.TrialsAtOnce
	}
	return s.most
}

// turns spreads what has no room over the time in which it may get it.
type turns struct{ last time.Time }

// next is when the next one may have its turn, if there is one in each pace.
func (t *turns) next(pace time.Duration, now time.Time) time.Time {
	if t.last.Before(now) {
		t.last = now
	}
	t.last = t.last.Add(pace)
	if latest := now.Add(longestTurn); t.last.After(latest) {
		t.last = latest
		return latest.Add(rand.N(longestTurn))
	}
	return t.last
}
