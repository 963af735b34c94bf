package cli

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/web"
)

// hosting is a hosting service whose customers are hosts of one registrable domain.
type hosting struct {
	*checked
	approved *fediversetest.Person // a moderator approved what they said
	follower *fediversetest.Person // follows the blog
}

// newHosting has two customers known here for longer than it takes, the last time two days ago. All allowances of a site are short, but
// in the long form.
func newHosting(t *testing.T) *hosting {
	t.Helper()
	c := newChecked(t, func(s *config.Settings) { s.Moderation.Unknown = "hold" })
	h := &hosting{c, c.f.Person("kind", "kind.hosting.test"), c.f.Person("reads", "reads.hosting.test")}
	want(t, "a reply", h.approved.Reply(c.post, "<p>A kind word.</p>").Status, http.StatusAccepted)
	_, list := c.say("reply", "list")
	want(t, "approve", first(c.say("reply", "approve", strings.Fields(list)[0])), exit.OK)
	h.follower.Follow(teaBlog)
	h.follower.Await("Accept", 1)
	return h
}

// shortened gives the site less of all it has, and no more for an hour: what is asked at a pace would else last for ever.
func (h *hosting) shortened(t *testing.T) {
	t.Helper()
	for rate, share := range map[bounds.Rate]*web.Share{
		bounds.ActivitiesPerSite: h.Inbox.Activities.Site, bounds.NewWordsPerSite: h.Inbox.NewWords.Site, bounds.KeyQuestions: h.Remotes.UnknownKeyLimit,
	} {
		want(t, "rate", share.Rate, rate)
		want(t, "of a host", share.Hosts.Burst, rate.Burst/bounds.HostsInSite)
		for limiter, burst := range map[**web.Limiter]int{&share.Limiter: costtest.Pick(40, 400), &share.Kept: 40, &share.Hosts: 10} {
			*limiter = &web.Limiter{Rate: bounds.Rate{Burst: burst, Every: time.Hour}, Now: h.clock}
		}
	}
}

// spend has people of a host come until none of them is let in, and says how often one was.
func (h *hosting) spend(hosts int, host string, say func(p *fediversetest.Person) *fediversetest.Sent) (taken int) {
	for n, refused := 0, 0; refused < 3*hosts; n++ {
		switch say(h.f.Person(fmt.Sprint("x", n/hosts), fmt.Sprintf(host, n%hosts))).Status {
		case http.StatusAccepted:
			taken, refused = taken+1, 0
		case http.StatusTooManyRequests:
			refused++
		}
	}
	return taken
}

// TestNeighboursOfAHostingServiceAreServedWhileOneFloods: hosting.test is not on the public suffix list.
func TestNeighboursOfAHostingServiceAreServedWhileOneFloods(t *testing.T) {
	t.Parallel()
	for _, followed := range []bool{false, true} {
		t.Run(fmt.Sprint("the one followed ", followed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHosting(t)
				if followed {
					h.f.Person("early", "evil.hosting.test").Follow(teaBlog)
				}
				h.pass(2 * 24 * time.Hour) // their keys are old
				h.shortened(t)
				taken := h.spend(1, "evil%.0d.hosting.test", func(p *fediversetest.Person) *fediversetest.Sent { return p.Reply(h.post, "<p>Flood.</p>") })
				taken += h.spend(1, "evil%.0d.hosting.test", func(p *fediversetest.Person) *fediversetest.Sent { return p.Like(h.post) })
				eve := h.f.Person("x0", "evil.hosting.test")
				for eve.Like(h.post).Status == http.StatusAccepted { // with a key that is known
					taken++
				}
				t.Logf("%d of the flood were let in", taken)

				newcomer := h.f.Person("new", h.follower.Host)
				served := 0
				for what, sent := range map[string]*fediversetest.Sent{
					"an approved commenter's like":   h.approved.Like(h.post),
					"an approved commenter's words":  h.approved.Reply(h.post, "<p>Another kind word.</p>"),
					"a follower's like":              h.follower.Like(h.post),
					"a follower's words":             h.follower.Reply(h.post, "<p>A reader's word.</p>"),
					"a newcomer's like, from there":  newcomer.Like(h.post),
					"a newcomer's words, from there": newcomer.Reply(h.post, "<p>A new word.</p>"),
					"a newcomer's follow":            newcomer.Follow(teaBlog),
				} {
					if sent.Status == http.StatusAccepted {
						served++
					} else {
						t.Errorf("%s: %d %s", what, sent.Status, sent.Answer)
					}
				}
				t.Logf("%d of 7 neighbours were served", served)
				want(t, "shown", h.shows(t, "Another kind word."), true)
				want(t, "a host that nobody knew", h.f.Person("x", "late.hosting.test").Like(h.post).Status, http.StatusTooManyRequests)
			})
		})
	}
}

// TestManyHostsOfOneDomainHaveNoMoreThanItsShare: somebody made up hundreds of hosts, and had each follow long before.
func TestManyHostsOfOneDomainHaveNoMoreThanItsShare(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHosting(t)
		hosts := costtest.Pick(10, 500)
		for n := range hosts {
			want(t, "a follow", h.f.Person("x0", fmt.Sprintf("wild%d.hosting.test", n)).Follow(teaBlog).Status, http.StatusAccepted)
		}
		h.pass(bounds.NeighbourAfter + 24*time.Hour)
		h.shortened(t)
		taken := h.spend(hosts, "wild%d.hosting.test", func(p *fediversetest.Person) *fediversetest.Sent { return p.Like(h.post) })
		keys := h.Remotes.UnknownKeyLimit
		most := keys.Burst + keys.Kept.Burst/2
		t.Logf("%d hosts were let in %d times; all of their site have %d and %d", hosts, taken, keys.Burst, keys.Kept.Burst)
		if taken > most {
			t.Errorf("%d likes were taken, want %d at most", taken, most)
		}
		want(t, "an approved commenter", h.approved.Reply(h.post, "<p>Another kind word.</p>").Status, http.StatusAccepted)
	})
}
