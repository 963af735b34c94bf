package cli

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/costtest"
)

// victim is a host that has nothing to do with the blog, and that others have us send to.
type victim struct {
	answer int
	early  int          // requests in the first two minutes
	got    atomic.Int64 // all of them
}

func (v *victim) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	v.got.Add(1)
	w.WriteHeader(v.answer)
}

// TestNobodyIsSentWhatTheyDidNotAskFor: people at evil.test name inboxes at victim.test, which
// answers in several ways, and ask for answers as often as they can. The blog writes a post every
// hour.
func TestNobodyIsSentWhatTheyDidNotAskFor(t *testing.T) {
	many, hours := costtest.Pick(60, 4068), costtest.Pick(1, 14*24)
	elsewhere := func(n int) fediversetest.Trait {
		return fediversetest.Profile("inbox", fmt.Sprintf("https://victim.test/inbox?%d", n))
	}
	const taken, refused = http.StatusAccepted, http.StatusUnauthorized
	for _, attack := range []struct {
		what   string
		answer int // of the victim; the long form has both
		begin  func(c *checked)
	}{
		{"one actor follows again and again", refused, func(c *checked) {
			eve := c.f.Person("eve", "evil.test", elsewhere(1), fediversetest.NoSharedInbox)
			for range many {
				eve.Follow(teaBlog)
			}
		}},
		{"one actor follows, leaves and follows", taken, func(c *checked) {
			eve := c.f.Person("eve", "evil.test", elsewhere(1), fediversetest.NoSharedInbox)
			for range many / 2 {
				eve.Undo(eve.Follow(teaBlog))
			}
			eve.Follow(teaBlog)
		}},
		{"many actors follow", taken, func(c *checked) {
			for n := range many {
				c.f.Person("eve", fmt.Sprintf("x%d.evil.test", n), elsewhere(n), fediversetest.NoSharedInbox).Follow(teaBlog)
			}
		}},
		{"many actors share an inbox", taken, func(c *checked) {
			for n := range many {
				host := fmt.Sprintf("x%d.evil.test", n)
				eve := c.f.Person("eve", host, func(p *fediversetest.Person) { p.SharedInbox = fmt.Sprintf("https://victim.test/shared/%d", n) })
				eve.Follow(teaBlog)
			}
		}},
		{"many actors change their inbox when they are accepted", taken, func(c *checked) {
			for n := range many {
				eve := c.f.Person("eve", fmt.Sprintf("x%d.evil%d.test", n, n%7), fediversetest.NoSharedInbox)
				eve.Follow(teaBlog)
				eve.UpdateProfile("inbox", fmt.Sprintf("https://victim.test/inbox?%d", n))
			}
		}},
		{"one actor asks to quote", taken, func(c *checked) {
			eve := c.f.Person("eve", "evil.test", elsewhere(1), fediversetest.NoSharedInbox)
			for n := range many {
				id := fmt.Sprintf("%s/statuses/%d", eve.ID, n)
				eve.Post(teaBlog+"/inbox", activitypub.Object{
					"@context": "https://www.w3.org/ns/activitystreams", "id": id + "/ask", "type": "QuoteRequest", "actor": eve.ID, "object": c.post,
					"instrument": map[string]any{
						"id": id, "type": "Note", "attributedTo": eve.ID, "content": "<p>q</p>", "to": activitypub.Public, "quote": c.post,
					},
				})
			}
		}},
	} {
		for _, answer := range []int{taken, refused} {
			if answer != attack.answer && !costtest.Long() {
				continue
			}
			t.Run(fmt.Sprintf("%s, and the victim answers %d", attack.what, answer), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					c := newChecked(t, seldom)
					v := &victim{answer: answer}
					c.f.Mount("victim.test", v)
					attack.begin(c)
					time.Sleep(2 * time.Minute)
					v.early = int(v.got.Load())
					for hour := range hours {
						c.feed.publish(fmt.Sprint("news-", hour), fmt.Sprint("News ", hour), fmt.Sprintf("<p>News of hour %d.</p>", hour))
						time.Sleep(time.Hour)
					}
					all := int(v.got.Load())
					t.Logf("%d requests came to the victim in two minutes, %d in %d hours with a post each", v.early, all, hours)
					most := map[int]int{ // in the first minutes, and then for each post; a refusal is knocked at twice
						taken: bounds.AnswersElsewhere.Burst + hours*bounds.InboxesElsewhere, refused: 2 * 24,
					}[answer]
					if v.early > 2*bounds.AnswersElsewhere.Burst || all > most {
						t.Errorf("%d requests in two minutes, %d in %d hours; want at most %d", v.early, all, hours, most)
					}
					want(t, "posts that an honest reader has", len(c.ada.Await("Create", hours+1)), hours+1)
				})
			})
		}
	}
}
