package crawl

import (
	"math"
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/replies/inbox"
	"github.com/bloghorn/bloghorn/server/bounds"
)

const (
	heavyAfter = 10 * time.Second // of work in the last minute or so makes heavy
	heavyHalf  = time.Minute      // after which half of it is forgotten
	maxBusy    = 200              // names in a question to the database
)

// pool bounds how many rows are worked on at once, and for whom: each row counts for the person who
// caused it, for their site, and for the site that is asked. Who has caused or needed much work
// lately is heavy and has fewer at once; and half of the room is for sites that have no work at the
// moment and had none lately, so that there is some for whoever comes with little. The zero value
// is ready.
type pool struct {
	work sync.WaitGroup

	mu    sync.Mutex
	begun int
	uses  [3]map[string]*use
}

// The names that a row counts for.
const (
	byPerson = iota
	byCause
	byAsked
)

// use is what one name has in work, and had.
type use struct {
	begun int
	since float64 // sum of the times at which these began, in seconds
	spent float64 // seconds of work that ended, as remembered at
	at    time.Time
}

// busy are those of whom nothing more may begin now.
type busy struct{ persons, causes, asked []any }

func countedFor(row inbox.JournalRow) [3]string { return [3]string{row.Person, row.Cause, row.Asks} }

// seconds of work that count at a time.
func (u *use) seconds(now time.Time) float64 {
	running := float64(u.begun)*unix(now) - u.since
	return running + u.spent*math.Exp2(-now.Sub(u.at).Seconds()/heavyHalf.Seconds())
}

func (u *use) isHeavy(now time.Time) bool { return u.seconds(now) > heavyAfter.Seconds() }

// most is how many rows of a name are worked on at once.
func (u *use) most(kind int, now time.Time) int {
	most := [3]int{byPerson: bounds.WorkPerPerson, byCause: bounds.WorkPerSite, byAsked: bounds.WorkForOne}[kind]
	switch {
	case !u.isHeavy(now):
		return most
	case kind == byCause:
		return bounds.WorkPerPerson + most/4 // one person alone never fills it
	}
	return most / 2
}

// isNew says whether a site has no work and had none lately.
func (u *use) isNew(now time.Time) bool { return u.begun == 0 && u.seconds(now) < 1 }

const forNew = bounds.WorkAtOnce / 2

func unix(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// room is how many rows may begin, and of whom not.
func (p *pool) room() (n int, b busy) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	last := p.begun >= bounds.WorkAtOnce-forNew
	for kind, names := range map[int]*[]any{byPerson: &b.persons, byCause: &b.causes, byAsked: &b.asked} {
		for name, u := range p.uses[kind] {
			switch {
			case u.isNew(now):
				delete(p.uses[kind], name)
			case name == "":
			case len(*names) < maxBusy && (u.begun >= u.most(kind, now) || last && kind == byCause):
				*names = append(*names, name)
			}
		}
	}
	return bounds.WorkAtOnce - p.begun, b
}

// take has a row counted until done is called; nil where it has no room.
func (p *pool) take(row inbox.JournalRow) (done func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	for kind, name := range countedFor(row) {
		u := p.use(kind, name)
		if name != "" && u.begun >= u.most(kind, now) {
			return nil
		}
	}
	last := p.begun >= bounds.WorkAtOnce-forNew && !p.use(byCause, row.Cause).isNew(now)
	if p.begun >= bounds.WorkAtOnce || last {
		return nil
	}
	p.count(row, 1, now, 0)
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.count(row, -1, now, time.Since(now).Seconds())
	}
}

func (p *pool) count(row inbox.JournalRow, by int, began time.Time, took float64) {
	p.begun += by
	now := time.Now()
	for kind, name := range countedFor(row) {
		u := p.use(kind, name)
		u.spent, u.at = u.spent*math.Exp2(-now.Sub(u.at).Seconds()/heavyHalf.Seconds())+took, now
		u.begun += by
		u.since += float64(by) * unix(began)
	}
}

func (p *pool) use(kind int, name string) *use {
	if p.uses[kind] == nil {
		p.uses[kind] = map[string]*use{}
	}
	if p.uses[kind][name] == nil {
		p.uses[kind][name] = &use{at: time.Now()}
	}
	return p.uses[kind][name]
}
