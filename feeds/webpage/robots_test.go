package webpage_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds/webpage"
	"github.com/bloghorn/bloghorn/server/costtest"
)

func TestRobotsAreReadAsTheRFCHasThem(t *testing.T) {
	for _, c := range []struct {
		name, robots, path string
		want               bool
	}{
		{"empty", "", "/a", true},
		{"everyone is out", "User-agent: *\nDisallow: /", "/a", false},
		{"an empty rule is none", "User-agent: *\nDisallow:", "/a", true},
		{"others are out", "User-agent: GPTBot\nDisallow: /", "/a", true},
		{"our own group counts alone", "User-agent: *\nDisallow: /\n\nUser-agent: Bloghorn\nDisallow: /private", "/a", true},
		{"with a version", "User-agent: BLOGHORN/1.0\nDisallow: /", "/a", false},
		{"the start of our name is not our name", "User-agent: blog\nDisallow: /", "/a", true},
		{"several agents share a group", "User-agent: other\nUser-agent: bloghorn\nDisallow: /a\nDisallow: /b", "/b", false},
		{"two groups of ours are one", "User-agent: bloghorn\nDisallow: /a\nUser-agent: x\nDisallow: /\n" +
			"User-agent: bloghorn\nDisallow: /b", "/b", false},
		{"the longest rule decides", "User-agent: *\nDisallow: /\nAllow: /blog/", "/blog/a", true},
		{"of two equal ones the kind one", "User-agent: *\nDisallow: /a\nAllow: /a", "/a", true},
		{"a star", "User-agent: *\nDisallow: /*/draft", "/2026/draft-1", false},
		{"an end", "User-agent: *\nDisallow: /*.php$", "/x.php?a=1", true},
		{"an end that is there", "User-agent: *\nDisallow: /*.php$", "/a.php.php", false},
		{"a star at the end", "User-agent: *\nDisallow: /a*", "/abc", false},
		{"query", "User-agent: *\nDisallow: /*?replytocom=", "/a?replytocom=3", false},
		{"comments, carriage returns, mark", "\xef\xbb\xbfuser-agent : * # all\r\nDISALLOW : /a # no\r\n", "/a", false},
		{"rules before any agent", "Disallow: /\nUser-agent: *\nDisallow: /b", "/a", true},
		{"a page in its place", "<!doctype html><title>User-agent: *</title>", "/a", true},
		{"more rules than we keep", "User-agent: *\n" + strings.Repeat("Disallow: /x\n", 2001), "/a", false},
	} {
		if got := webpage.ReadRobots([]byte(c.robots), "bloghorn").Allow(c.path); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if webpage.NoRobots.Allow("/") || !(webpage.Robots{}).Allow("/") {
		t.Error("nothing is allowed where nothing is known, and everything where there is nothing to know")
	}
}

// Each agent of a group times each of its rules would be gigabytes.
func TestHostileRobotsTakeBoundedTime(t *testing.T) {
	var agents strings.Builder
	for i := range 15_000 {
		fmt.Fprintf(&agents, "User-agent: a%d\n", i)
	}
	costtest.Within(t, 2*time.Second, "reading them all", func() {
		for _, robots := range []string{
			agents.String() + "User-agent: *\n" + strings.Repeat("Disallow: *a\n", 1999), strings.Repeat("*", 600<<10),
			strings.Repeat("User-agent: *\n", 40_000),
			"User-agent: *\nDisallow: /" + strings.Repeat("*a", 200_000) + "$",
		} {
			webpage.ReadRobots([]byte(robots), "bloghorn").Allow("/" + strings.Repeat("a", 4000) + "b")
		}
	})
}
