package delivery

import "time"

// What one host may take up of a worker. Two requests at a time is what other servers are used to from each other.
const (
	perHost   = 2
	mostAhead = 64                     // claims at a time for a host that answers at once
	quick     = 500 * time.Millisecond // "at once"
	manyLanes = 8192                   // above it, those that are empty are forgotten
)

// lane is the way to one host: what is being sent, and what is claimed and comes next. A host that answers at once has some claimed ahead,
// so that a claim is worth its transaction; one that is slow or fails has not, because what waits for it takes up the worker's room.
type lane struct {
	site     *site
	turns    turns // of what is moved out of the way
	isTrial  bool  // the host has never taken anything: one delivery at a time tries whether it does
	failures int   // of its host, in a row and counted once a moment, as far as we know
	streak   int   // failures in a row here, each counted
	ahead    int
	running  int
	backlog  bool // it was away, and gets what waited one by one, in order
	queue    []*job
	more     bool // there is more that is due, passed by for lack of room
	dry      bool // it is on the loop's list of lanes to refill
}

func newLane(of *site) *lane { return &lane{site: of, isTrial: true, ahead: perHost} }

// most is how many deliveries may be claimed for the host, those on their way included.
func (n *lane) most() int {
	if n.failures > 0 || n.isTrial {
		return 1
	}
	return n.ahead
}

func (n *lane) room() int { return n.most() - n.running - len(n.queue) }

// wantsMore: there is more, and enough room for it to be worth a claim.
func (n *lane) wantsMore() bool { return n.more && !n.dry && n.room() > 0 && 2*n.room() >= n.most() }

// abreast is how many requests may be open at a time.
func (n *lane) abreast() int {
	if n.backlog {
		return 1
	}
	return min(perHost, n.most())
}

// next takes what may be sent now.
func (n *lane) next() (*job, bool) {
	if len(n.queue) == 0 || n.running >= n.abreast() {
		return nil, false
	}
	j := n.queue[0]
	n.queue = n.queue[1:]
	n.running++
	return j, true
}

// learn draws the conclusions from an answer and reports whether the host has recovered from failures.
func (n *lane) learn(host hostStatus, took time.Duration) (recovered bool) {
	switch {
	case host == ailing:
		n.failures++
		n.streak++
		n.ahead = perHost
	case host == well:
		recovered = n.failures > 0
		n.backlog = n.failures >= openAfter || n.backlog && !(n.dried() && n.running == 0)
		n.failures, n.streak = 0, 0
		n.ahead = min(2*n.ahead, mostAhead)
		if took >= quick {
			n.ahead = perHost
		}
	}
	return recovered
}

// excess takes out of the queue what is more than the host deserves now.
func (n *lane) excess() []*job {
	keep := max(n.most()-n.running, 0)
	if len(n.queue) <= keep {
		return nil
	}
	back := n.queue[keep:]
	n.queue = n.queue[:keep]
	return back
}

// dried: nothing is left to send.
func (n *lane) dried() bool { return len(n.queue) == 0 && !n.more }

func (n *lane) idle() bool { return n.running == 0 && len(n.queue) == 0 }
