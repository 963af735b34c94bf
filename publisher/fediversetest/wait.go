package fediversetest

import (
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/costtest"
)

// WaitFor returns as soon as the condition is true, and fails the test if it does not become so;
// what says what was hoped for. It is to be called by the goroutine of the test.
func (f *Fediverse) WaitFor(what string, condition func() bool) {
	f.t.Helper()
	defer func() {
		if !f.t.Failed() {
			return
		}
		for _, d := range f.Refused() {
			f.t.Logf("refused at %s: %v", d.Inbox, d.Err)
		}
	}()
	costtest.Until(f.t, what, condition)
}

// Await waits until p has received n activities of a type ("Create"), and returns all of that type
// in order of arrival.
func (p *Person) Await(kind string, n int) []activitypub.Object {
	p.f.t.Helper()
	p.f.WaitFor(p.Handle()+" to receive "+kind, func() bool { return len(p.received(kind)) >= n })
	return p.received(kind)
}

func (p *Person) received(kind string) []activitypub.Object {
	var found []activitypub.Object
	for _, activity := range p.Inbox() {
		if activity.Is(kind) {
			found = append(found, activity)
		}
	}
	return found
}
