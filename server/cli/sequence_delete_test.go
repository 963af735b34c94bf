package cli

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
)

// take takes the n-th item out of the feed and lets its page answer with a status.
func (s *sequence) take(n, status int) seqItem {
	s.t.Helper()
	it := s.site.Items[n]
	s.edit(func(site *blogSite) { site.Items = append(site.Items[:n:n], site.Items[n+1:]...) })
	s.page(it.Link, status)
	return it
}

// page sets what a page answers; 200 is the rule.
func (s *sequence) page(address string, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gone[address] = status
	if status == http.StatusOK {
		delete(s.gone, address)
	}
}

func TestPostThatIsGoneFromFeedAndSiteIsDeleted(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusNotFound, http.StatusGone} {
		story(t, func(t *testing.T, s *sequence) {
			id := s.idOf(s.site.Items[1].Link)
			s.take(1, status)
			s.polls(6)
			s.expect(3, 0, 0) // not within an hour
			s.days(3)
			s.expect(3, 0, 1)
			if p, err := feeds.PostByID(t.Context(), s.DB, id); err != nil || p.RemovedBy != feeds.RemovedGone {
				t.Errorf("%+v, %v", p, err)
			}
			if code := s.status("/posts/" + id); code != http.StatusGone {
				t.Errorf("the post's address answers %d", code)
			}
			s.days(5)
			s.publish()
			s.days(1)
			s.expect(4, 0, 1)
		})
	}
}

func TestPostThatOnlyTheFeedLacksIsNotDeleted(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]int{
		"the page is there": http.StatusOK, "the page is forbidden": http.StatusForbidden, "the server is down": http.StatusServiceUnavailable,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story(t, func(t *testing.T, s *sequence) {
				s.take(1, answer)
				s.days(10)
				s.publish()
				s.days(1)
				s.expect(4, 0, 0)
			})
		})
	}
}

// TestPageThatIsGoneWhileTheFeedIsCutIsNotDeleted: what newer posts have pushed out is older than all that is listed, and stays.
func TestPostThatHasScrolledOutIsNotDeleted(t *testing.T) {
	t.Parallel()
	story(t, func(t *testing.T, s *sequence) {
		old := s.site.Items[2] // the first that was announced
		for range 10 {
			s.publish()
			s.days(1)
		}
		if strings.Contains(s.site.xml(), old.Link) {
			t.Fatal("it is still listed")
		}
		s.page(old.Link, http.StatusNotFound)
		s.days(10)
		s.expect(13, 0, 0)
	})
}

func TestSiteThatIsDownForDaysLosesNothing(t *testing.T) {
	t.Parallel()
	story(t, func(t *testing.T, s *sequence) {
		s.edit(func(site *blogSite) { // a broken build: three of eight posts, and 404 for the rest
			for _, it := range site.Items[1:6] {
				s.gone[it.Link] = http.StatusNotFound
			}
		})
		all := s.site.Items
		s.edit(func(site *blogSite) { site.Items = append(all[:1:1], all[6:]...) })
		s.polls(30) // five hours
		s.edit(func(site *blogSite) { site.Items = all; clear(s.gone) })
		s.days(3)
		s.expect(3, 0, 0)
	})
}

func TestDeletedPostThatComesBackIsANewOne(t *testing.T) {
	t.Parallel()
	story(t, func(t *testing.T, s *sequence) {
		old := s.idOf(s.site.Items[0].Link)
		it := s.take(0, http.StatusNotFound)
		s.days(3)
		s.expect(3, 0, 1)
		s.edit(func(site *blogSite) { site.Items = append([]seqItem{it}, site.Items...) })
		s.days(1)
		s.expect(3, 0, 1) // a cache shows the old feed: its page is still gone
		s.page(it.Link, http.StatusOK)
		s.edit(func(site *blogSite) { site.Language = "en-GB" }) // the feed is made anew
		s.days(1)
		s.expect(4, 0, 1)
		if id := s.idOf(it.Link); id == old || id == "" {
			t.Errorf("its id is %q, and was %q", id, old)
		}
		s.days(5)
		s.expect(4, 0, 1)
	})
}

func TestPostThatItsOwnerDeletedStaysAway(t *testing.T) {
	t.Parallel()
	story(t, func(t *testing.T, s *sequence) {
		id := s.idOf(s.site.Items[0].Link)
		if err := feeds.Remove(t.Context(), s.DB, id, time.Now()); err != nil {
			t.Fatal(err)
		}
		s.settle(time.Minute)
		s.expect(3, 0, 1)
		s.edit(func(site *blogSite) { site.Items[0].Body += "<p>An edit.</p>" })
		s.days(5)
		s.expect(3, 0, 1)
		s.publish()
		s.days(1)
		s.expect(4, 0, 1)
	})
}

func (s *sequence) idOf(page string) string {
	s.t.Helper()
	p, err := feeds.PostByURL(s.t.Context(), s.DB, page)
	if err != nil {
		s.t.Fatal(err)
	}
	return p.ID
}

func (s *sequence) status(path string) int {
	s.t.Helper()
	code, _ := s.ask(path)
	return code
}
