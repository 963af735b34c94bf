package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/exit"
)

// longText is enough to know a post by.
const longText = "<p>Leaf, kettle, steam and copper: in the morning the window over the garden river is grey as a stone, and amber smoke hangs over the paper. " +
	"A basket of silver stands there since winter, from the orchard, and nobody has asked for it. So I wait for four minutes, and pour.</p>"

// publishMany publishes n posts in one moment, so that no poll comes between them.
func (f *sampleFeed) publishMany(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range n {
		slug, now := fmt.Sprintf("cup-%d", i), f.now().UTC().Format(time.RFC1123Z)
		f.items = slices.Insert(f.items, 0, sampleItem{GUID: slug, Link: f.URL + "/" + slug, Title: fmt.Sprintf("Cup number %d", i), Content: slug, Date: now})
	}
}

// rename lets the newest post appear under another title, guid, address and date.
func (f *sampleFeed) rename(slug, title string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	it := &f.items[0]
	it.GUID, it.Link, it.Title = slug, f.URL+"/"+slug, title
	it.Date = time.Now().Add(-24 * time.Hour).UTC().Format(time.RFC1123Z)
}

// held waits until n posts are held, and returns their ids and what the command says.
func (r *running) held(n int) (ids []string, said string) {
	r.t.Helper()
	eventually(r.t, fmt.Sprintf("%d held posts", n), func() bool {
		ids = nil
		if _, said = r.command("feed", "held", "tea"); n == 0 {
			return strings.Contains(said, "No post is held.")
		}
		for line := range strings.Lines(said) {
			if fields := strings.Fields(line); len(fields) > 6 && len(fields[0]) == 26 {
				ids = append(ids, fields[0])
			}
		}
		return len(ids) == n
	})
	return ids, said
}

// expects runs a command and fails unless it ends with the code and says the words.
func (r *running) expects(code int, want string, words ...string) {
	r.t.Helper()
	if got, said := r.command(words...); got != code || !strings.Contains(said, want) {
		r.t.Errorf("%v: exit %d, want %d and %q: %s", words, got, code, want, said)
	}
}

func TestHeldPostsAreToldAndDecided(t *testing.T) {
	t.Parallel()
	databasetest.EachURL(t, func(t *testing.T, databaseURL string) {
		farm := newFarm(t, 2, 1)
		us := startWith(t, databaseURL, farm, nil)
		farm.allFollow(us.blog.ActorID())
		us.held(0)
		us.feed.publishMany(13)
		ids, said := us.held(13)
		for _, want := range []string{"Many more new posts at once than usual (13 posts)", "Until you decide, nobody sees them.", "bloghorn post release ID"} {
			if strings.Count(said, want) != 1 {
				t.Errorf("feed held says %s, without %q or twice", said, want)
			}
		}
		if strings.Count(said, "13 new posts came at once") != 1 || !strings.Contains(said, "flood  Cup number 0 ") {
			t.Errorf("feed held says %s", said)
		}
		us.expects(exit.OK, "13 held for you (bloghorn feed held)", "feed", "show")
		us.expects(exit.OK, "And 11 more: --limit 13", "feed", "held", "--limit", "2")
		us.expects(exit.NotFound, "coffee", "feed", "held", "coffee")

		us.expects(exit.OK, "Announced: Cup number", "post", "release", ids[0])
		eventually(t, "the Create at both servers", func() bool { return farm.arrived("Create") == 2 })
		us.expects(exit.NotFound, "is not held; it is announced already", "post", "release", ids[0])
		us.expects(exit.OK, "Kept quietly: Cup number", "post", "history", ids[1], ids[2])
		us.expects(exit.NotFound, "public already, and nobody is told", "post", "history", ids[1])
		us.expects(exit.NotFound, "Nothing was changed", "post", "history", ids[3], "nobody")
		us.expects(exit.Usage, "which posts?", "post", "release")
		us.expects(exit.Usage, "unexpected argument tea", "post", "history", ids[3], "--all", "tea")
		ids, _ = us.held(10)

		us.expects(exit.Refused, "is held already, so nobody can see it", "post", "delete", ids[0], "--yes")
		us.expects(exit.OK, "Kept quietly: 10 posts of @tea@", "post", "history", "--all", "tea")
		us.expects(exit.OK, "No post of @tea@", "post", "release", "--all", "tea")
		us.held(0)
		if n := farm.arrived("Create"); n != 2 {
			t.Errorf("the followers' servers got %d Creates", n)
		}
	})
}

func TestAllHeldPostsAreAnnouncedOneAfterAnotherAndManyAskedBack(t *testing.T) {
	t.Parallel()
	farm := newFarm(t, 1, 1)
	us := startWith(t, "sqlite:"+t.TempDir()+"/b.db", farm, nil)
	farm.allFollow(us.blog.ActorID())
	us.feed.publishMany(40)
	us.held(40)
	us.expects(exit.Refused, "30 of 40 held posts would go to 1 follower, one every 10 min. That cannot be called back. Nothing was changed", "post", "release", "--all", "tea")
	us.held(40)
	us.expects(exit.OK, "30 posts go to 1 follower, the last one at ", "post", "release", "--all", "tea", "--yes")
	us.held(10)
	us.expects(exit.OK, "10 posts go to 1 follower", "post", "release", "--all", "tea")
	eventually(t, "the first of them", func() bool { return farm.arrived("Create") == 1 })
	if _, said := us.command("post", "list", "--state", "waiting"); strings.Count(said, "\n") != 39 {
		t.Errorf("waiting: %s", said)
	}
}

func TestHeldPostMayBeTheOneItLooksLike(t *testing.T) {
	t.Parallel()
	databasetest.EachURL(t, func(t *testing.T, databaseURL string) {
		farm := newFarm(t, 1, 1)
		us := startWith(t, databaseURL, farm, nil)
		farm.allFollow(us.blog.ActorID())
		id := us.postID(us.feed.publish("tea", "On tea", longText))
		id = id[strings.LastIndexByte(id, '/')+1:]
		eventually(t, "the Create", func() bool { return farm.arrived("Create") == 1 })
		us.feed.rename("cup", "A cup of something else")
		ids, said := us.held(1)
		if !strings.Contains(said, "Perhaps a post that you published before (1 post)") || !strings.Contains(said, "may be "+id+" On tea") {
			t.Errorf("feed held says %s", said)
		}
		us.expects(exit.NotFound, "not held for being like another post; it is announced already", "post", "same", id)
		us.expects(exit.OK, "is the post "+id+" from now on", "post", "same", ids[0])
		us.held(0)
		eventually(t, "the Update", func() bool { return farm.arrived("Update") == 1 })
		us.expects(exit.NotFound, "post list", "post", "same", ids[0])
		us.expects(exit.OK, "A cup of something else", "post", "show", id)
		if _, said := us.command("feed", "show"); strings.Contains(said, "Notice") {
			t.Errorf("all is decided, and feed show says %s", said)
		}
	})
}

func TestPostIsDeletedWhenItsOwnerSaysSoTwice(t *testing.T) {
	t.Parallel()
	databasetest.EachURL(t, func(t *testing.T, databaseURL string) {
		farm := newFarm(t, 2, 1)
		us := startWith(t, databaseURL, farm, nil)
		farm.allFollow(us.blog.ActorID())
		page := us.feed.publish("tea", "On tea", longText)
		article := us.postID(page)
		eventually(t, "the Create", func() bool { return farm.arrived("Create") == 2 })
		us.expects(exit.Refused, "of 2 followers and whoever else got it", "post", "delete", page)
		if status, _, _ := fetch(t, article, activityJSON); status != 200 || farm.arrived("Delete") != 0 {
			t.Errorf("before --yes the post answers %d", status)
		}
		us.expects(exit.OK, "Deleted: On tea", "post", "delete", page, "--yes")
		eventually(t, "the Delete at both servers", func() bool { return farm.arrived("Delete") == 2 })
		if status, _, _ := fetch(t, article, activityJSON); status != 410 {
			t.Errorf("the deleted post answers %d", status)
		}
		us.expects(exit.Refused, "removed already", "post", "delete", article, "--yes")
		us.expects(exit.NotFound, "post list", "post", "delete", "nobody", "--yes")
	})
}

func TestPlanSaysWhatAPollWouldDoAndDoesNothing(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	o.mustType("blog", "add", o.feed.URL, "--handle", "tea")
	before := o.mustType("post", "list")
	if said := o.mustType("plan"); !strings.Contains(said, "1 post in the feed of @tea@127.0.0.1") || !strings.Contains(said, "nothing would happen to 1.") {
		t.Errorf("nothing is new: %s", said)
	}
	o.feed.publish("tea", "On tea\x1b[31m\u202e", longText)
	o.feed.edit("old", "<p>It was edited.</p>")
	said := o.mustType("plan", "tea")
	for _, want := range []string{"announce now", "On tea\ufffd[31m  ", "store quietly  A post from before", "nothing would happen to 0."} {
		if !strings.Contains(said, want) {
			t.Errorf("plan says %q, without %q", said, want)
		}
	}
	if strings.ContainsAny(said, "\x1b\u202e") {
		t.Errorf("plan writes to the terminal: %q", said)
	}
	o.feed.publishMany(5)
	said = o.mustType("plan")
	if strings.Count(said, "hold for you") != 6 || strings.Count(said, "6 new posts came at once") != 1 || !strings.Contains(said, "6 posts would wait for you, unseen") {
		t.Errorf("plan says %s", said)
	}
	if after := o.mustType("post", "list"); after != before {
		t.Errorf("plan has changed the posts to %s", after)
	}
	if said := o.mustType("feed", "refresh"); !strings.Contains(said, "6 new, 1 edited. Waiting for you, of the new ones: 6. See: bloghorn feed held.") {
		t.Errorf("feed refresh says %s", said)
	}
	if said := o.mustType("plan", "--all"); strings.Count(said, "nothing  ") != 7 || !strings.Contains(said, "Posts wait for you already: 6 new posts") {
		t.Errorf("plan says %s", said)
	}
	if code, said := o.types("plan", "coffee"); code != exit.NotFound {
		t.Errorf("an unknown blog: exit %d %s", code, said)
	}
}

// What a flood has held is let out as a person publishes, not as the machine did.
func TestHeldPostsAreReleasedOneAfterAnotherOldestFirst(t *testing.T) {
	t.Parallel()
	databasetest.EachURL(t, func(t *testing.T, databaseURL string) {
		farm := newFarm(t, 1, 1)
		us := startWith(t, databaseURL, farm, nil)
		farm.allFollow(us.blog.ActorID())
		us.feed.mu.Lock()
		for n := range 6 {
			name := fmt.Sprintf("Post %d", n)
			link := us.feed.URL + "/" + strconv.Itoa(n)
			date := time.Now().Add(-time.Duration(n) * time.Hour).Format(time.RFC1123Z)
			us.feed.items = append(us.feed.items, sampleItem{GUID: link, Link: link, Title: name, Content: "Leaf of " + name, Date: date})
		}
		us.feed.mu.Unlock()
		held := ""
		eventually(t, "the posts to be held", func() bool {
			_, held = us.command("feed", "held", "tea")
			return strings.Contains(held, "(6 posts)")
		})
		if code, said := us.command("post", "release", "--all", "tea"); code != exit.OK || !strings.Contains(said, "6 posts go to 1 follower, the last one at ") {
			t.Fatalf("exit %d %s", code, said)
		}
		eventually(t, "the first Create", func() bool { return farm.arrived("Create") == 1 })
		if _, list := us.command("post", "list", "--state", "waiting"); strings.Count(list, "\n") != 5 || strings.Contains(list, "Post 5") {
			t.Errorf("the oldest is out, and waiting are\n%s", list)
		}
		if code, said := us.command("post", "release", "--all", "tea"); code != exit.OK || !strings.Contains(said, "No post of") {
			t.Errorf("again: exit %d %s", code, said)
		}
	})
}

func TestQueueIsCalledOff(t *testing.T) {
	t.Parallel()
	databasetest.EachURL(t, func(t *testing.T, databaseURL string) {
		farm := newFarm(t, 1, 1)
		us := startWith(t, databaseURL, farm, nil)
		farm.allFollow(us.blog.ActorID())
		us.feed.publishMany(8)
		us.held(8)
		us.expects(exit.OK, "8 posts go to 1 follower", "post", "release", "--all", "tea")
		eventually(t, "the first of them", func() bool { return farm.arrived("Create") == 1 })
		_, said := us.command("post", "list", "--state", "waiting")
		waiting := strings.Fields(said)
		if strings.Count(said, "\n") != 7 {
			t.Fatalf("waiting: %s", said)
		}
		us.expects(exit.OK, "Kept quietly: Cup number", "post", "history", waiting[0])
		us.expects(exit.NotFound, "public already, and nobody is told", "post", "history", waiting[0])
		us.expects(exit.Usage, "unexpected argument tea", "post", "history", waiting[0], "--waiting", "tea")
		us.expects(exit.OK, "Called off: 6 posts of @tea@", "post", "history", "--waiting", "tea")
		us.expects(exit.OK, "waits to be announced; nothing was changed", "post", "history", "--waiting", "tea")
		us.expects(exit.OK, "history", "post", "show", waiting[0])
		if _, said := us.command("post", "list", "--state", "announced"); strings.Count(said, "\n") != 1 {
			t.Errorf("announced: %s", said)
		}
	})
}
