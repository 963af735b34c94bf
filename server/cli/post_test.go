package cli

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/exit"
)

func TestPostsAreListedShownPinnedAndShared(t *testing.T) {
	t.Parallel()
	databasetest.EachURL(t, func(t *testing.T, databaseURL string) {
		farm := newFarm(t, 2, 1)
		us := startWith(t, databaseURL, farm, nil)
		if code, said := us.command("post", "share", us.feed.URL+"/old"); code != exit.Failed || !strings.Contains(said, "nobody follows") {
			t.Errorf("without followers: exit %d %s", code, said)
		}
		farm.allFollow(us.blog.ActorID())
		page := us.feed.publish("tea", "On tea", "<p>Four minutes.</p>")
		article := us.postID(page)
		eventually(t, "the Create", func() bool { return farm.arrived("Create") == 2 })
		_, list := us.command("post", "list")
		lines := strings.Split(strings.TrimSpace(list), "\n")
		if len(lines) != 2 || !strings.Contains(lines[0], "announced  On tea") || !strings.Contains(lines[1], "history    A post from before") {
			t.Fatalf("post list says\n%s", list)
		}
		if _, said := us.command("post", "list", "tea", "--state", "history"); strings.Count(said, "\n") != 1 {
			t.Errorf("the history is %q", said)
		}
		old := strings.Fields(lines[1])[0]
		for _, name := range []string{strings.Fields(lines[0])[0], article, page} {
			if code, said := us.command("post", "show", name); code != exit.OK || !strings.Contains(said, article) || !strings.Contains(said, "announced") {
				t.Errorf("post show %s: exit %d %s", name, code, said)
			}
		}
		if code, said := us.command("post", "show", "nobody"); code != exit.NotFound || !strings.Contains(said, "post list") {
			t.Errorf("an unknown post: exit %d %s", code, said)
		}
		if code, said := us.command("post", "share", old); code != exit.OK || !strings.Contains(said, "Shared with 2 followers") {
			t.Errorf("post share: exit %d %s", code, said)
		}
		if code, said := us.command("post", "share", old); code != exit.Refused || !strings.Contains(said, "today") {
			t.Errorf("again: exit %d %s", code, said)
		}
		for _, words := range []string{"pin Pinned:", "pin already", "unpin Not", "unpin not"} {
			verb, want, _ := strings.Cut(words, " ")
			if code, said := us.command("post", verb, old); code != exit.OK || !strings.Contains(said, want) {
				t.Errorf("post %s: exit %d %s", verb, code, said)
			}
			pinned := document(t, us.blog.ActorID()+"/featured")["orderedItems"].([]any)
			if isPinned := len(pinned) == 1 && pinned[0] == us.base+"/posts/"+old; isPinned != (verb == "pin") {
				t.Errorf("after %s it lists %v", words, pinned)
			}
		}
		for _, kind := range []string{"Announce", "Add", "Remove"} {
			eventually(t, kind+" at both servers", func() bool { return farm.arrived(kind) == 2 })
		}
	})
}

func TestProfileOfAnEditReachesFollowers(t *testing.T) {
	t.Parallel()
	farm := newFarm(t, 2, 1)
	us := startWith(t, "sqlite:"+t.TempDir()+"/b.db", farm, nil)
	farm.allFollow(us.blog.ActorID())
	if code, said := us.command("blog", "edit", "tea", "--hashtags", "none"); code != exit.OK {
		t.Fatalf("exit %d %s", code, said)
	}
	if code, said := us.command("blog", "edit", "tea", "--title", "Slow tea"); code != exit.OK {
		t.Fatalf("exit %d %s", code, said)
	}
	eventually(t, "the Update at both servers", func() bool { return farm.arrived("Update") == 2 })
	if _, twice := farm.reached("Update"); twice != 0 {
		t.Error("a setting that the actor does not show was told")
	}
	if name := document(t, us.blog.ActorID())["name"]; name != "Slow tea" {
		t.Errorf("the actor is called %v", name)
	}
}

func TestBackfillIsQuietAndAsksBeforeItDelivers(t *testing.T) {
	t.Parallel()
	farm := newFarm(t, 1, 1)
	us := startWith(t, "sqlite:"+t.TempDir()+"/b.db", farm, nil)
	farm.allFollow(us.blog.ActorID())
	us.feed.mu.Lock()
	us.feed.older = 4
	us.feed.mu.Unlock()
	for _, want := range []string{"Pages read: 2. Older posts stored: 4.", "Pages read: 2. Older posts stored: 0."} {
		if code, said := us.command("post", "backfill", "--feed-allow-private", us.feed.host()); code != exit.OK || !strings.Contains(said, want) {
			t.Errorf("post backfill: exit %d %s", code, said)
		}
	}
	for _, c := range []struct {
		code  int
		want  string
		words []string
	}{
		{exit.Usage, "At most 30 posts", []string{"--last", "31", "--deliver"}},
		{exit.Usage, "not a day", []string{"--since", "yesterday"}},
		{exit.Refused, "2 posts would go to 1 follower, one every 10 min. That cannot be called back. Nothing is announced yet; add --yes", []string{"--last", "2", "--deliver"}},
		{exit.OK, "2 posts go to 1 follower,", []string{"tea", "--last", "2", "--deliver", "--yes"}},
		{exit.OK, "Nothing is left", []string{"tea", "--last", "2", "--deliver", "--yes"}},
	} {
		words := append([]string{"post", "backfill", "--feed-allow-private", us.feed.host()}, c.words...)
		if code, said := us.command(words...); code != c.code || !strings.Contains(said, c.want) {
			t.Errorf("%v: exit %d %s", c.words, code, said)
		}
	}
	eventually(t, "the first old post", func() bool { return farm.arrived("Create") == 1 })
	if _, said := us.command("post", "list", "--state", "waiting"); strings.Count(said, "\n") != 1 {
		t.Errorf("waiting: %s", said)
	}
}
