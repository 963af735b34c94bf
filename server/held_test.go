package main

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What a flood has held is let out as a person publishes, not as the machine did.
func TestHeldPostsAreReleasedOneAfterAnotherOldestFirst(t *testing.T) {
	eachEngine(t, func(t *testing.T, databaseURL string) {
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
			return strings.Contains(held, "6 held.")
		})
		code, said := us.command("post", "release", "--all", "tea")
		if code != exitOK || !strings.Contains(said, "6 posts are released, one every ten minutes") {
			t.Fatalf("exit %d %s", code, said)
		}
		eventually(t, "the first Create", func() bool { return farm.arrived("Create") == 1 })
		if _, list := us.command("post", "list", "--state", "waiting"); strings.Count(list, "\n") != 5 || strings.Contains(list, "Post 5") {
			t.Errorf("the oldest is out, and waiting are\n%s", list)
		}
		if code, said := us.command("post", "release", "--all", "tea"); code != exitOK || !strings.Contains(said, "0 posts") {
			t.Errorf("again: exit %d %s", code, said)
		}
	})
}
