package replies_test

import (
	"log/slog"
	"net/http"
	"strings"
	"sync"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/costtest"
)

// critic sends bad bodies and judges what becomes of each.
type critic struct {
	*world
	people        map[string]*fediversetest.Person
	serial, taken int
	mayAsk        map[string]bool // the addresses that the bodies name where a rule lets us ask for them
	log           lockedText

	mu       sync.Mutex
	requests int
	asked    []string
}

// lockedText is a log that the inbox and its workers write to.
type lockedText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lockedText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lockedText) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := l.text.String()
	l.text.Reset()
	return text
}

func newCritic(w *world) *critic {
	c := &critic{world: w, people: map[string]*fediversetest.Person{}, mayAsk: map[string]bool{}}
	w.net = c
	w.restart()
	w.inbox.Log = slog.New(slog.NewTextHandler(&c.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return c
}

// RoundTrip counts what our server asks of others.
func (c *critic) RoundTrip(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	c.requests++
	c.asked = append(c.asked, r.URL.String())
	c.mu.Unlock()
	return c.fedi.RoundTrip(r)
}

func (c *critic) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.requests
}

// person is who sends; she has been here before, so that nothing has to be asked about her.
func (c *critic) person(actor string) *fediversetest.Person {
	if c.people[actor] == nil {
		c.people[actor] = c.stranger(actor)
		c.accepted(c.people[actor].Like(base + "/posts/" + c.milk.ID))
		c.mu.Lock()
		c.requests, c.asked = 0, nil
		c.mu.Unlock()
	}
	return c.people[actor]
}

// mostMade is what an answer may allocate, with what its sender does for it and what is beside it
// in the process.
const mostMade = 64 << 20

// send spoils a place in one way and judges the answer.
func (c *critic) send(p target, how string) {
	c.t.Helper()
	c.serial++
	body, actor := c.spoiled(p, c.serial, bad[how])
	who := c.person(actor)
	c.log.take()
	before, journal := c.count(), c.world.count("SELECT COUNT(*) FROM received")
	var sent *fediversetest.Sent
	if made := costtest.Allocated(func() { sent = who.Post(shared, body) }); made > mostMade {
		c.t.Errorf("%s %s %s: answering made %d kB", p.story, p, how, made>>10)
	}
	said := c.log.take()
	switch {
	case sent.Err != nil, sent.Status != http.StatusAccepted && (sent.Status < 400 || sent.Status >= 500), strings.Contains(said, "panic"):
		c.t.Errorf("%s %s %s: %d %q (%v)\n%s", p.story, p, how, sent.Status, sent.Answer, sent.Err, said)
	case c.count() != before:
		c.t.Errorf("%s %s %s: we asked for %v", p.story, p, how, c.asked)
	case sent.Status == http.StatusAccepted:
		c.taken++
		c.checkTaken(p, how, sent, journal, said)
	case strings.TrimSpace(sent.Answer) == "" || !strings.Contains(said, "inbox refused"):
		c.t.Errorf("%s %s %s: %d, and nobody is told why", p.story, p, how, sent.Status)
	}
	c.allow(sent.Activity)
}

// checkTaken: the journal has a row with a reason, or the log says why it needs none.
func (c *critic) checkTaken(p target, how string, sent *fediversetest.Sent, journal int, said string) {
	c.t.Helper()
	rows := c.world.count("SELECT COUNT(*) FROM received")
	known := c.world.count("SELECT COUNT(*) FROM received WHERE uri = ?", sent.ID)
	silent := c.world.count("SELECT COUNT(*) FROM received WHERE verdict = ''")
	if silent > 0 || rows == journal && known == 0 && !strings.Contains(said, "inbox dropped") {
		c.t.Errorf("%s %s %s: taken, and the journal says nothing", p.story, p, how)
	}
}

// allow notes whom the rules let us ask about an activity: the object's own server about the object
// and its author, and that of what it answers.
func (c *critic) allow(a activitypub.Object) {
	objects := []activitypub.Object{a}
	if o, ok := a.Object("object"); ok {
		objects = append(objects, o)
	}
	for _, o := range objects {
		for _, key := range []string{"object", "attributedTo", "inReplyTo"} {
			for _, id := range o.Refs(key) {
				id, _, _ = strings.Cut(id, "#")
				c.mayAsk[id] = true
			}
		}
	}
}

// checkRequests: nobody was asked for anything that no rule names, such as contexts, attachments,
// pages and collections.
func (c *critic) checkRequests() {
	c.t.Helper()
	for _, asked := range c.asked {
		if !c.mayAsk[asked] || activitypub.SameHost(asked, base) {
			c.t.Errorf("we asked for %s", asked)
		}
	}
	if len(c.asked) > c.serial {
		c.t.Errorf("%d requests for %d activities", len(c.asked), c.serial)
	}
}
