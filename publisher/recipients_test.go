package publisher_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// followBlog makes people followers of any blog.
func (w *world) followBlog(b feeds.Blog, people ...*fediversetest.Person) {
	w.t.Helper()
	first := w.blog
	w.blog = b
	w.follow(people...)
	w.blog = first
}

// second is another blog of the same feed.
func (w *world) second() feeds.Blog {
	w.t.Helper()
	return w.addBlog(feeds.NewBlog{BaseURL: base, FromPublicURL: true, Username: "all", HandleHost: "blog.example"})
}

// announceBoth polls both blogs and announces what they found, the first blog's before the second's.
func (w *world) announceBoth(second feeds.Blog) {
	w.t.Helper()
	w.announceAll()
	w.pass(time.Second)
	w.must(w.poller.Poll(w.t.Context(), second.ID))
	w.announceAll()
}

// inboxesOf are where the activities of one kind and blog went.
func (w *world) inboxesOf(kind string, b feeds.Blog) (inboxes []string) {
	for _, s := range w.sent(kind) {
		if s.Ref("actor") == b.ActorID() {
			inboxes = append(inboxes, s.Inboxes...)
		}
	}
	return inboxes
}

// wantInboxes expects where the activities of one kind and blog went.
func (w *world) wantInboxes(kind string, b feeds.Blog, want ...string) {
	w.t.Helper()
	if got := w.inboxesOf(kind, b); !slices.Equal(got, want) {
		w.t.Errorf("%s of %s went to %v, want %v", kind, b.Username, got, want)
	}
}

func TestPageReachesReadersOfTwoBlogsOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		all := w.second()
		both := w.fedi.Person("both", "a.example", fediversetest.NoSharedInbox)
		one := w.fedi.Person("one", "b.example", fediversetest.NoSharedInbox)
		other := w.fedi.Person("other", "c.example", fediversetest.NoSharedInbox)
		w.follow(both, one)
		w.followBlog(all, both, other)
		w.write(item{Path: "page", Title: "Page"})
		w.announceBoth(all)
		w.write(item{Path: "page", Title: "Page, edited", At: start})
		w.announceBoth(all)
		for _, kind := range []string{"Create", "Update"} {
			w.wantInboxes(kind, w.blog, both.InboxURL(), one.InboxURL())
			w.wantInboxes(kind, all, other.InboxURL())
		}
		w.exec(`UPDATE posts SET removed_at = ?, due_at = ? WHERE blog_id = ?`, 1, 1, all.ID)
		w.announceAll()
		w.wantInboxes("Delete", all, both.InboxURL(), other.InboxURL())
	})
}

// announceTogether begins the transactions of all due posts in the same moment, as processes of their own may.
func (w *world) announceTogether() {
	w.t.Helper()
	due, err := feeds.DuePosts(w.t.Context(), w.db, w.clock(), 10)
	w.must(err)
	ctx, stop := context.WithCancel(w.t.Context())
	begin := make(chan struct{})
	var running sync.WaitGroup
	for _, p := range due {
		w.exec(`UPDATE posts SET due_at = CASE WHEN id = ? THEN 1 ELSE ? END WHERE due_at > 0`, p.ID, database.Millis(w.clock().Add(time.Hour)))
		ready, isReady := context.WithCancel(ctx)
		a := &publisher.Announcer{DB: w.db, Log: quiet, Now: w.clock}
		a.Engagement = func(context.Context, string) (int, int, []string, error) {
			isReady()
			<-begin
			return 0, 0, nil, nil
		}
		running.Go(func() { a.Run(ctx) })
		<-ready.Done()
	}
	close(begin)
	w.fedi.WaitFor("all to be announced", func() bool {
		left, err := feeds.DuePosts(w.t.Context(), w.db, w.clock().Add(2*time.Hour), 1)
		return err == nil && len(left) == 0
	})
	stop()
	running.Wait()
}

func TestProcessesThatAnnounceAPageForTwoBlogsAtOnceReachReadersOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		const pages = 20
		w := newWorld(t, db)
		all := w.second()
		both := w.fedi.Person("both", "a.example", fediversetest.NoSharedInbox)
		w.follow(both)
		w.followBlog(all, both)
		for n := range pages {
			w.write(item{Path: fmt.Sprint("page", n), Title: fmt.Sprint("Page ", n)})
			w.must(w.poller.Poll(t.Context(), all.ID))
			w.announceTogether()
		}
		if got := len(w.inboxesOf("Create", w.blog)) + len(w.inboxesOf("Create", all)); got != pages {
			t.Errorf("%d Creates for %d pages", got, pages)
		}
	})
}

func TestSharedInboxIsLeftOutOnlyWhereAllItsReadersHaveThePage(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		all := w.second()
		fine, mixed := []*fediversetest.Person{}, []*fediversetest.Person{}
		for _, name := range []string{"a", "b"} {
			fine = append(fine, w.fedi.Person(name, "fine.example"))
			mixed = append(mixed, w.fedi.Person(name, "mixed.example"))
		}
		w.follow(fine...)
		w.follow(mixed[0])
		w.followBlog(all, append(fine, mixed...)...)
		w.write(item{Path: "page", Title: "Page"})
		w.announceBoth(all)
		w.wantInboxes("Create", all, "https://mixed.example/inbox")
	})
}

func TestWhoFollowedTheOtherBlogTooLateGetsThePage(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		all := w.second()
		late := w.fedi.Person("late", "a.example")
		w.followBlog(all, late)
		w.write(item{Path: "page", Title: "Page"})
		w.announceAll()
		w.pass(time.Minute)
		w.follow(late)
		w.must(w.poller.Poll(t.Context(), all.ID))
		w.announceAll()
		w.wantInboxes("Create", all, late.SharedInbox)
	})
}

// A page that has moved has two addresses at both blogs, and is one page still.
func TestPageWithTwoAddressesReachesReadersOfTwoBlogsOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		all := w.second()
		both := w.fedi.Person("both", "a.example")
		w.follow(both)
		w.followBlog(all, both)
		w.write(item{Path: "page", Title: "Page"})
		w.announceBoth(all)
		w.exec(`
INSERT INTO post_aliases (page_key, post_id, blog_id, created_at)
SELECT ?, id, blog_id, 1
FROM posts`, pageurl.Key(site+"moved"))
		w.write(item{Path: "page", Title: "Page, edited", At: start})
		w.announceBoth(all)
		for _, kind := range []string{"Create", "Update"} {
			if got := slices.Concat(w.inboxesOf(kind, w.blog), w.inboxesOf(kind, all)); !slices.Equal(got, []string{both.SharedInbox}) {
				t.Errorf("%s: %v", kind, got)
			}
		}
	})
}

// Where every post links to the same page, the page says nothing.
func TestPostsAtOneAddressAreNotTakenForOne(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		all := w.second()
		both := w.fedi.Person("both", "a.example")
		w.follow(both)
		w.followBlog(all, both)
		w.write(item{Path: "news#1", Title: "First"})
		w.announceBoth(all)
		w.write(item{Path: "news#2", Title: "Second"})
		w.announceBoth(all)
		if a, b := w.inboxesOf("Create", w.blog), w.inboxesOf("Create", all); len(a) != 2 || len(b) != 1 {
			t.Errorf("%d and %d Creates, want 2 and, of the second post alone, 1", len(a), len(b))
		}
	})
}

func TestTwoProcessesLoseNoReader(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		all := w.second()
		both := w.fedi.Person("both", "a.example")
		w.follow(both)
		w.followBlog(all, both)
		w.write(item{Path: "page", Title: "Page"})
		w.must(w.poller.Poll(t.Context(), all.ID))
		w.announceAll(w.announcer, &publisher.Announcer{DB: db, Log: quiet, Now: w.clock})
		creates := w.sent("Create")
		if len(creates) == 0 || len(creates) > 2 {
			t.Errorf("%d Creates reach the reader of both", len(creates))
		}
		for _, c := range creates {
			if !activitypub.SameHost(c.Inboxes[0], both.SharedInbox) {
				t.Errorf("%v", c.Inboxes)
			}
		}
	})
}
