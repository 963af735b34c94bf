package cli

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/server/costtest"
)

func TestGuidsThatAreNewAtEachPollChangeNothing(t *testing.T) {
	t.Parallel()
	for name, rename := range map[string]func(n int, it *seqItem){
		"guids": func(n int, it *seqItem) { it.GUID = fmt.Sprintf("%s#%d", it.GUID, n) },
		"guids and links": func(n int, it *seqItem) {
			it.Link, _, _ = strings.Cut(it.Link, "?")
			it.Link += fmt.Sprintf("?session=%d", n)
			it.GUID = it.Link
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story(t, func(t *testing.T, s *sequence) {
				polls := costtest.Pick(4, 30) * 12 // every two hours, to be quick
				for n := range polls {
					s.each(func(_ int, it *seqItem) { rename(n, it) })
					time.Sleep(2*time.Hour - seqEvery)
					s.polls(1)
				}
				if creates, deletes := len(s.got["Create"]), len(s.got["Delete"]); creates != 3 || deletes != 0 {
					t.Errorf("%d Create, %d Delete", creates, deletes)
				}
				if updates := len(s.got["Update"]); updates > 3*4 {
					t.Errorf("%d Updates for posts that nobody edited", updates)
				}
				s.publish()
				s.days(1)
				if creates := len(s.got["Create"]); creates != 4 {
					t.Errorf("%d Create after the next post, held: %v", creates, s.held())
				}
			})
		})
	}
}

func TestThirtyPostsAtOnceWaitForTheOwner(t *testing.T) {
	t.Parallel()
	story(t, func(t *testing.T, s *sequence) {
		s.edit(func(site *blogSite) {
			for i := range 30 {
				site.Items = slices.Insert(site.Items, 0, s.post(500+i, time.Now().Add(-time.Duration(i)*time.Minute)))
			}
		})
		s.polls(3)
		s.expect(3, 0, 0)
		held, err := feeds.HeldPosts(t.Context(), s.DB, s.blog.ID, 100)
		if err != nil || len(held) != 30 || !strings.Contains(held[0].HeldWhy, "30 new posts came at once") {
			t.Fatalf("%d posts are held, %v", len(held), err)
		}
		if notice, err := feeds.NoticeOf(t.Context(), s.DB, s.blog.ID); err != nil || !strings.Contains(notice.Why, "30 new posts") {
			t.Errorf("the owner is told %q, %v", notice.Why, err)
		}
		if _, err := publisher.Release(t.Context(), s.DB, held[0].ID, time.Now()); err != nil {
			t.Fatal(err)
		}
		for _, p := range held[1:] {
			if err := feeds.KeepQuiet(t.Context(), s.DB, p.ID); err != nil {
				t.Fatal(err)
			}
		}
		s.settle(time.Minute)
		s.expect(4, 0, 0)
		if notice, err := feeds.NoticeOf(t.Context(), s.DB, s.blog.ID); err != nil || notice.Why != "" {
			t.Errorf("all is decided, and the owner is told %q, %v", notice.Why, err)
		}
		s.publish()
		s.days(1)
		s.expect(5, 0, 0)
	})
}

// TestAnotherSiteInTheFeedsPlace plays what happens when a domain is sold, a host parks it, or a redirect leads elsewhere.
func TestAnotherSiteInTheFeedsPlace(t *testing.T) {
	t.Parallel()
	for name, foreign := range map[string]func(s *sequence) blogSite{
		"another site": func(s *sequence) blogSite { return s.casino(12, "https://casino.test", "Casino", "en") },
		"with three items": func(s *sequence) blogSite {
			return s.casino(3, "https://casino.test", "Casino", "en")
		},
		"under the blog's own name and host": func(s *sequence) blogSite { return s.casino(8, seqHome, "Tea & Time", "en") },
		"in another language":                func(s *sequence) blogSite { return s.casino(2, seqHome, "Tea & Time", "ru") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story(t, func(t *testing.T, s *sequence) {
				ours := s.site
				s.edit(func(site *blogSite) { *site = foreign(s) })
				s.days(1)
				s.edit(func(site *blogSite) { site.Items = append(site.Items, s.casino(1, site.Home, "", "").Items[0]) })
				s.days(2)
				s.expect(3, 0, 0)
				if n := len(s.held()); n < 2 {
					t.Errorf("%d posts are held", n)
				}
				if code, body := s.ask("/blogs/tea/outbox?page=true"); code != 200 || strings.Contains(body, "Jackpot") {
					t.Errorf("%d: a held post is in the outbox", code)
				}
				s.edit(func(site *blogSite) { *site = ours })
				s.days(1)
				s.publish()
				s.days(3)
				s.expect(4, 0, 0)
				if held := s.held(); len(held) != 0 {
					t.Errorf("still held, though the feed has taken it back: %v", held)
				}
			})
		})
	}
}

// casino is a site that nobody of ours has written.
func (s *sequence) casino(n int, home, title, language string) blogSite {
	site := blogSite{Title: title, Home: home, Language: language}
	for i := range n {
		it := s.post(9000+i+s.sent, time.Now().Add(-time.Duration(i)*time.Hour))
		it.Title, it.Link = fmt.Sprintf("Jackpot %d", i), fmt.Sprintf("%s/jackpot-%d-%d", home, i, time.Now().Unix())
		it.GUID = it.Link
		site.Items = append(site.Items, it)
	}
	return site
}

func TestDoubtfulPostWaitsAndMayBeTheOneItLooksLike(t *testing.T) {
	t.Parallel()
	story(t, func(t *testing.T, s *sequence) {
		was := s.site.Items[0]
		s.edit(func(site *blogSite) { // the same text under another title, guid, link and date
			it := &site.Items[0]
			it.Title, it.GUID, it.Link, it.Date = "A cup of something else", seqHome+"/else/", seqHome+"/else/", it.Date.Add(-24*time.Hour)
		})
		s.polls(1)
		s.expect(3, 0, 0)
		held, err := feeds.HeldPosts(t.Context(), s.DB, s.blog.ID, 10)
		if err != nil || len(held) != 1 || !strings.Contains(held[0].HeldWhy, was.Title) {
			t.Fatalf("held: %+v, %v", held, err)
		}
		s.days(3)
		s.expect(3, 0, 0) // nor a Delete of what it may be
		of, err := feeds.SamePost(t.Context(), s.DB, held[0].ID, time.Now())
		if err != nil || of.Title != was.Title {
			t.Fatalf("the same as %q: %v", of.Title, err)
		}
		s.settle(time.Minute)
		s.expect(3, 1, 0)
		s.days(2)
		s.publish()
		s.days(1)
		s.expect(4, 1, 0)
	})
}

func TestSlugChangesKeepTheId(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(it *seqItem){
		"guid stays":                func(it *seqItem) { it.Link = seqHome + "/new-slug/" },
		"guid follows":              func(it *seqItem) { it.Link = seqHome + "/new-slug/"; it.GUID = it.Link },
		"with another title":        func(it *seqItem) { it.Link = seqHome + "/new-slug/"; it.GUID, it.Title = it.Link, "A better title" },
		"guid follows, date is now": func(it *seqItem) { it.Link = seqHome + "/new-slug/"; it.GUID, it.Date = it.Link, time.Now() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story(t, func(t *testing.T, s *sequence) {
				s.edit(func(site *blogSite) { change(&site.Items[0]) })
				s.days(3)
				if creates, updates, deletes := len(s.got["Create"]), len(s.got["Update"]), len(s.got["Delete"]); creates != 3 || updates > 1 || deletes != 0 {
					t.Errorf("%d Create, %d Update, %d Delete, held %v", creates, updates, deletes, s.held())
				}
			})
		})
	}
}

func TestEarlyEditsJoinTheCreateAndLaterOnesComeOncePerHour(t *testing.T) {
	t.Parallel()
	story(t, func(t *testing.T, s *sequence) {
		s.publish()
		time.Sleep(time.Minute)
		s.App.Poller.Poll(t.Context(), s.blog.ID)
		s.edit(func(site *blogSite) { site.Items[0].Title = "Without the typo" })
		time.Sleep(time.Minute)
		s.polls(1)
		s.expect(4, 0, 0)
		for n := range 12 { // an edit every ten minutes for two hours
			s.edit(func(site *blogSite) { site.Items[0].Title = fmt.Sprintf("Edit %d", n) })
			s.polls(1)
		}
		time.Sleep(time.Hour)
		s.settle(time.Minute)
		if n := len(s.got["Update"]); n < 2 || n > 4 {
			t.Errorf("%d Updates for twelve edits in two hours, want one an hour and the last state", n)
		}
		p, err := feeds.PostByURL(t.Context(), s.DB, s.site.Items[0].Link)
		if err != nil || p.Title != "Edit 11" || !p.DueAt.IsZero() {
			t.Errorf("%q is due at %v, %v", p.Title, p.DueAt, err)
		}
	})
}

func TestManyEditsAtOnceGoOutOneAfterAnother(t *testing.T) {
	t.Parallel()
	story(t, func(t *testing.T, s *sequence) {
		for range 5 {
			s.publish()
			s.days(1)
		}
		s.expect(8, 0, 0)
		s.each(func(_ int, it *seqItem) { it.Body += "<p>Subscribe to my letter from the harbour.</p>" })
		time.Sleep(seqEvery)
		s.App.Poller.Poll(t.Context(), s.blog.ID)
		s.settle(30 * time.Second)
		if n := len(s.got["Update"]); n > 3 {
			t.Errorf("%d Updates at once", n)
		}
		s.settle(time.Hour)
		s.expect(8, 8, 0) // history is edited too, and nobody was told of it
	})
}
