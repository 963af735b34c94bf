package cli

import (
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
)

// arrives publishes posts and has the feed read, so that they wait.
func (s *sequence) arrives(n int) {
	s.t.Helper()
	for range n {
		s.publish()
	}
	time.Sleep(seqEvery)
	if err := s.Poller.Poll(s.t.Context(), s.blog.ID); err != nil {
		s.t.Fatal(err)
	}
	s.saved = false
}

// putBack lists an item again, and its page is there.
func (s *sequence) putBack(it seqItem) {
	s.page(it.Link, http.StatusOK)
	s.edit(func(site *blogSite) { site.Items = slices.Insert(site.Items, 0, it) })
}

func TestPostThatIsTakenBackWhileItWaitsIsNotAnnounced(t *testing.T) {
	t.Parallel()
	for name, page := range map[string]int{"its page is gone": http.StatusNotFound, "its page is there": http.StatusOK} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story(t, func(t *testing.T, s *sequence) {
				s.arrives(1)
				it := s.take(0, page)
				s.settle(seqDelay + time.Minute)
				s.expect(3, 0, 0)
				s.polls(6)
				s.days(3)
				s.expect(3, 0, 0)
				s.putBack(it) // second thoughts
				s.days(1)
				s.expect(4, 0, 0)
				s.days(3)
				s.expect(4, 0, 0)
			})
		})
	}
}

func TestPostIsAnnouncedAfterItsFeedFlickered(t *testing.T) {
	t.Parallel()
	for name, flicker := range map[string]func(*sequence) (undo func()){
		"without the post": func(s *sequence) func() {
			it := s.take(0, http.StatusOK)
			return func() { s.putBack(it) }
		},
		"with the post alone gone everywhere": func(s *sequence) func() {
			it := s.take(0, http.StatusNotFound)
			return func() { s.putBack(it) }
		},
		"empty": func(s *sequence) func() {
			all := s.site.Items
			s.edit(func(site *blogSite) { site.Items = nil })
			return func() { s.edit(func(site *blogSite) { site.Items = all }) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story(t, func(t *testing.T, s *sequence) {
				s.arrives(1)
				undo := flicker(s)
				s.settle(seqDelay + time.Minute)
				s.expect(3, 0, 0)
				undo()
				s.settle(time.Hour)
				s.expect(4, 0, 0)
			})
		})
	}
}

func TestPostGoesOutOnTimeWhateverElseItsFeedLacks(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*sequence){
		"the feed fails": func(s *sequence) {
			s.answer = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }
		},
		"another is missing": func(s *sequence) { s.take(2, http.StatusNotFound) },
		"its page is gone":   func(s *sequence) { s.page(s.site.Items[0].Link, http.StatusNotFound) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story(t, func(t *testing.T, s *sequence) {
				s.arrives(1)
				change(s)
				s.settle(seqDelay + time.Minute)
				s.expect(4, 0, 0)
			})
		})
	}
}

// TestFeedIsReadOnceMoreBeforeAPostIsAnnounced counts: one poll more for a post, and an edit that came meanwhile goes out with it.
func TestFeedIsReadOnceMoreBeforeAPostIsAnnounced(t *testing.T) {
	t.Parallel()
	story(t, func(t *testing.T, s *sequence) {
		s.arrives(1)
		read := 0
		s.mu.Lock()
		s.answer = func(w http.ResponseWriter, _ *http.Request) {
			read++
			w.Header().Set("Content-Type", "application/rss+xml")
			w.Write([]byte(s.site.xml()))
		}
		s.mu.Unlock()
		s.settle(seqDelay + time.Minute)
		s.expect(4, 0, 0)
		if read != 1 {
			t.Errorf("the feed was read %d times within %v", read, seqDelay+time.Minute)
		}
	})
}

func TestPostIsTakenOutOfTheSlowQueue(t *testing.T) {
	t.Parallel()
	story(t, func(t *testing.T, s *sequence) {
		s.arrives(5)
		groups, err := feeds.HeldGroups(t.Context(), s.DB, s.blog.ID, 10)
		if err != nil || len(groups) != 1 || groups[0].Count != 5 {
			t.Fatalf("held: %+v, %v", groups, err)
		}
		if _, err := feeds.ReleaseAll(t.Context(), s.DB, groups[0], time.Now()); err != nil {
			t.Fatal(err)
		}
		s.settle(15 * time.Minute)
		s.expect(5, 0, 0)
		s.take(1, http.StatusNotFound)
		s.settle(2 * time.Hour)
		s.expect(7, 0, 0)
	})
}

// TestOldPostWhosePageIsGoneIsTakenOutOfTheQueue: no feed lists it, so its page decides.
func TestOldPostWhosePageIsGoneIsTakenOutOfTheQueue(t *testing.T) {
	t.Parallel()
	story(t, func(t *testing.T, s *sequence) {
		old := s.site.Items[len(s.site.Items)-3:]
		for range 9 {
			s.publish()
			s.days(1)
		}
		s.expect(12, 0, 0)
		s.release(3)
		s.settle(5 * time.Minute)
		s.expect(13, 0, 0)
		s.page(old[0].Link, http.StatusNotFound)
		s.page(old[1].Link, http.StatusNotFound)
		s.settle(2 * time.Hour)
		s.expect(13, 0, 0)
		s.page(old[0].Link, http.StatusOK)
		s.settle(2 * time.Hour)
		s.expect(14, 0, 0)
		for range 12 { // three days, with time enough to look at a site's pages one after another
			time.Sleep(6 * time.Hour)
			s.settle(5 * time.Minute)
		}
		if due, err := feeds.DueOf(t.Context(), s.DB, s.blog.ID, 10); err != nil || len(due) > 0 {
			t.Errorf("after two days without a page it still waits: %+v, %v", due, err)
		}
		s.expect(14, 0, 0)
	})
}

// release lets the oldest n of the history be announced one after another.
func (s *sequence) release(n int) {
	s.t.Helper()
	posts, err := feeds.History(s.t.Context(), s.DB, s.blog, 30, time.Time{})
	if err != nil || len(posts) < n {
		s.t.Fatalf("history: %d posts, %v", len(posts), err)
	}
	err = s.DB.InTx(s.t.Context(), func(tx *database.Tx) error {
		_, err := feeds.Release(s.t.Context(), tx, s.blog, posts[len(posts)-n:], time.Now())
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	synctest.Wait()
}
