package cli

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/server/costtest"
)

// Each story is a feed that goes through states as feeds do. What counts is what a follower
// elsewhere gets: never a second Create of a post, never a Delete of one that is there, and after
// all of it the next real post as usual.

func TestFeedStatesThatAnnounceNothing(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*sequence){
		"guids change once": func(s *sequence) {
			s.each(func(_ int, it *seqItem) { it.GUID = "tag:tea.test,2000:" + it.Link })
		},
		"http becomes https": func(s *sequence) {
			s.each(func(_ int, it *seqItem) { it.GUID, it.Link = "http"+it.GUID[5:], "http"+it.Link[5:] })
			s.polls(3)
			s.each(func(_ int, it *seqItem) { it.GUID, it.Link = "https"+it.GUID[4:], "https"+it.Link[4:] })
		},
		"the domain moves": func(s *sequence) {
			s.edit(func(site *blogSite) { site.Home = "https://cups.test" })
			s.each(func(_ int, it *seqItem) {
				it.Link = strings.Replace(it.Link, "tea.test", "cups.test", 1)
				it.GUID = it.Link
			})
		},
		"the domain moves, and every text is laid out anew": func(s *sequence) {
			s.edit(func(site *blogSite) { site.Home, site.Title = "https://cups.test", "Cups" })
			s.each(func(_ int, it *seqItem) {
				it.Link = strings.Replace(it.Link, "tea.test", "cups.test", 1) + "index.php"
				it.GUID = it.Link
				it.Body = "<div><!-- new theme -->" + strings.ReplaceAll(it.Body, " ", "\n  ") + "</div>"
			})
		},
		"slashes and tracking parameters": func(s *sequence) {
			s.each(func(i int, it *seqItem) {
				it.Link = strings.TrimSuffix(it.Link, "/") + fmt.Sprintf("?utm_source=feed&utm_id=%d", i)
				it.GUID = it.Link
			})
		},
		"every post is dated now": func(s *sequence) {
			s.each(func(_ int, it *seqItem) { it.Date = time.Now() })
			s.polls(2)
			s.each(func(_ int, it *seqItem) { it.Date = time.Now().Add(48 * time.Hour) })
		},
		"dates jump to and fro": func(s *sequence) {
			for _, by := range []time.Duration{-3 * time.Hour, 24 * time.Hour, -30 * 24 * time.Hour, 0} {
				s.each(func(_ int, it *seqItem) { it.Date = it.Date.Add(by) })
				s.polls(2)
			}
		},
		"the order is reversed": func(s *sequence) {
			s.edit(func(site *blogSite) { slices.Reverse(site.Items) })
			s.polls(3)
			s.edit(func(site *blogSite) { slices.Reverse(site.Items) })
		},
		"cut to three items and whole again": func(s *sequence) {
			var all []seqItem
			s.edit(func(site *blogSite) { all, site.Items = site.Items, site.Items[:3] })
			s.days(3)
			s.edit(func(site *blogSite) { site.Items = all })
		},
		"emptied and filled again": func(s *sequence) {
			var all []seqItem
			s.edit(func(site *blogSite) { all, site.Items = site.Items, nil })
			s.days(3)
			s.edit(func(site *blogSite) { site.Items = all })
		},
		"a web page in its place": func(s *sequence) {
			s.instead(func(w http.ResponseWriter, _ *http.Request) {
				w.Write([]byte("<!doctype html><title>This domain may be for sale</title>"))
			})
			s.days(3)
			s.instead(nil)
		},
		"200, 500 and 304 by turns": func(s *sequence) {
			for i := range 12 {
				status := []int{500, 304, 200, 503, 200, 429}[i%6]
				s.instead(func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("ETag", `"x"`)
					w.WriteHeader(status)
					if status == 200 {
						w.Write([]byte(s.site.xml()))
					}
				})
				s.polls(1)
			}
			s.instead(nil)
		},
		"half a document": func(s *sequence) {
			s.instead(func(w http.ResponseWriter, _ *http.Request) {
				text := s.site.xml()
				w.Write([]byte(text[:len(text)/2]))
			})
			s.days(2)
			s.instead(nil)
		},
		"white space, counters, nonces and advertisements": func(s *sequence) {
			bodies := map[string]string{}
			s.each(func(_ int, it *seqItem) { bodies[it.Link] = it.Body })
			for n := range 6 {
				s.each(func(_ int, it *seqItem) {
					it.Body = fmt.Sprintf(`<div class="sharedaddy">%d people like this</div>%s<p>%d views, %d comments</p>`+
						`<img src="https://pixel.test/p.gif?n=%d" width="1" height="1"><script nonce="%d"></script>`+"\n\n",
						n, bodies[it.Link], n*13, n, n, n)
				})
				s.polls(1)
			}
			s.each(func(_ int, it *seqItem) { it.Body = bodies[it.Link] })
		},
		"more items than are read": func(s *sequence) {
			var all []seqItem
			s.edit(func(site *blogSite) {
				all = slices.Clone(site.Items)
				for i := range costtest.Pick(10_200, 50_000) {
					site.Items = append(site.Items, s.post(10_000+i, time.Now().Add(-time.Duration(i+100)*time.Hour)))
				}
			})
			s.polls(3)
			s.edit(func(site *blogSite) { site.Items = all })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story(t, func(t *testing.T, s *sequence) {
				change(s)
				s.polls(3)
				creates, deletes := len(s.got["Create"]), len(s.got["Delete"])
				if creates != 3 || deletes != 0 {
					t.Errorf("%d Create and %d Delete after it; want 3 and 0", creates, deletes)
				}
				s.days(2)
				s.publish()
				s.days(1)
				if creates, deletes := len(s.got["Create"]), len(s.got["Delete"]); creates != 4 || deletes != 0 {
					t.Errorf("%d Create and %d Delete after the next post; want 4 and 0; held: %v", creates, deletes, s.held())
				}
			})
		})
	}
}

// instead lets something else answer for the feed.
func (s *sequence) instead(answer func(w http.ResponseWriter, r *http.Request)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}
