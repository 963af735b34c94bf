package webpage_test

import (
	"fmt"
	"strings"
	"testing"

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
	agents := func(n int) string {
		var b strings.Builder
		for i := range n / 15 {
			fmt.Fprintf(&b, "User-agent: a%d\n", i)
		}
		return b.String()
	}
	for name, robots := range map[string]func(n int) string{
		"agents times rules": func(n int) string {
			return agents(n/2) + "User-agent: *\n" + strings.Repeat("Disallow: *a\n", n/2/13)
		},
		"one line":     func(n int) string { return strings.Repeat("*", n) },
		"equal agents": func(n int) string { return strings.Repeat("User-agent: *\n", n/14) },
		"stars":        func(n int) string { return "User-agent: *\nDisallow: /" + strings.Repeat("*a", n/2) + "$" },
	} {
		costtest.Linear(t, name, 600<<10, func(n int) func() {
			robots := []byte(robots(n))
			return func() { webpage.ReadRobots(robots, "bloghorn").Allow("/" + strings.Repeat("a", 4000) + "b") }
		})
	}
}
