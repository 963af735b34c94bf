package admin_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestBlogSaysWhenItsFeedIsReadAndWhy(t *testing.T) {
	db := databasetest.Open(t)
	f := newFixture(t, db)
	b := newBrowser(t, db).signIn()
	b.sees("answered 503", "with success 5 Jan 2026, 08:00 UTC", "because the last 2 polls failed", "(in ")
	f.bring(item{"cup", "One cup", "Warm."})
	b.sees("because it had something new within a day", "none named by the feed", "RSS 2.0", "Read the feed now")
}

func TestFeedIsReadWhenItsOwnerWantsIt(t *testing.T) {
	db := databasetest.Open(t)
	f := newFixture(t, db)
	f.bring(item{"cup", "One cup", "Warm."})
	b := newBrowser(t, db).signIn()
	location, page := b.submit("/admin/blogs/" + f.blog.ID.String() + "/read")
	if location != "/admin/?done=reading#b-"+f.blog.ID.String() || !strings.Contains(page, "is read in this moment") || b.woken != 1 {
		t.Errorf("woken %d times, %s %s", b.woken, location, page)
	}
	b.sees("<dd>now, because a hub, a hook or you asked for it</dd>")
	if poll, err := feeds.PollOf(t.Context(), db, f.blog.ID); err != nil || poll.NextAt.After(start) {
		t.Errorf("next %s, %v", poll.NextAt, err)
	}
	if location, _ := b.submit("/admin/blogs/" + database.ID(5<<40).String() + "/read"); location != "/admin/?done=no-blog" {
		t.Errorf("an unknown blog: %s", location)
	}
}

func TestStoppedFeedStartsAgain(t *testing.T) {
	db := databasetest.Open(t)
	f := newFixture(t, db)
	f.feedIsGone.Store(true)
	for day := range 2 {
		p := f.poller()
		p.Now = func() time.Time { return start.Add(time.Duration(day) * 25 * time.Hour) }
		if err := p.Poll(t.Context(), f.blog.ID); err == nil {
			t.Fatal("a feed that is gone was read")
		}
	}
	b := newBrowser(t, db)
	b.now = start.Add(26 * time.Hour)
	b.signIn()
	b.sees("The feed is not read any more since 6 Jan 2026, 09:00 UTC", "not at all, because it is gone", "Start again: read the feed now")
	b.submit("/admin/blogs/" + f.blog.ID.String() + "/read")
	b.sees("<dd>now, because")
	poll, err := feeds.PollOf(t.Context(), db, f.blog.ID)
	if err != nil || !poll.StoppedAt.IsZero() || poll.Gone != 0 || poll.NextAt.After(b.now) {
		t.Errorf("%+v, %v", poll, err)
	}
	if page := b.get("/admin/").Body.String(); strings.Contains(page, "not read any more") {
		t.Errorf("page: %s", page)
	}
}
