package remote

import "time"

// room is how much is being asked in one place.
type room struct{ begun, failing int }

// has says whether there is room for one more; those who fail have half of it.
func (r *room) has(most int, bad bool) bool {
	return r == nil || r.begun < most && (!bad || r.failing < most/2)
}

func (r *room) now() int {
	if r == nil {
		return 0
	}
	return r.begun
}

func (r *room) count(by int, bad bool) {
	r.begun += by
	if bad {
		r.failing += by
	}
}

func (q *questions) count(one *question, by int) {
	if one.rank != proven && !one.turn.isVerified() {
		q.countUnsure(one.turn.name, by)
		q.countUnsure(widerThan(one.turn.name), by)
		for _, other := range q.waiting {
			if other.turn == one.turn {
				other.judged = time.Time{}
			}
		}
	}
	bad := one.rank == failing
	q.all.count(by, bad)
	q.asking(one.turn).begun += by
	q.countAt(q.hosts, one.host, by, bad)
	q.countAt(q.sites, one.site, by, bad)
}

func (q *questions) countUnsure(network string, by int) {
	if q.unsure[network] += by; q.unsure[network] == 0 {
		delete(q.unsure, network)
	}
}

func (q *questions) countAt(in map[string]*room, place string, by int, bad bool) {
	if in[place] == nil {
		in[place] = &room{}
	}
	in[place].count(by, bad)
	if in[place].begun == 0 {
		delete(in, place)
	}
}
