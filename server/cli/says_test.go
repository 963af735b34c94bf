package cli

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/web"
)

// types runs a command alone, with a database that has tables and nothing in them.
func types(t *testing.T, databaseURL string, args ...string) (code int, said string) {
	t.Helper()
	var out bytes.Buffer
	code = run(app.Outside{NewKey: fediversetest.NewKey}.Within(t.Context()), append(args, "--database-url", databaseURL, "--data-dir", t.TempDir(), "--config", emptyConfig(t)), &out, &out)
	return code, out.String()
}

// TestKindsOfHelp: help is a word and a flag, begins with what was asked, and has the settings in one line.
func TestKindsOfHelp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args        string
		first, says string
	}{
		{"", "Usage: bloghorn <command>", "blog add"},
		{"help", "Usage: bloghorn <command>", "bloghorn help settings"},
		{"help blog edit", "Usage: bloghorn blog edit [<name>]", "--excerpt-length"},
		{"blog edit --help", "Usage: bloghorn blog edit [<name>]", "bloghorn help settings"},
		{"help reply show", "Usage: bloghorn reply show <id>", "bloghorn reply show dirrxtyqaaaaa"},
		{"help settings", "Each setting can be a flag", "BLOGHORN_FEED_POLL_INTERVAL  feed.poll_interval"},
		{"version", "bloghorn " + app.Version, ""},
		{"--version", "bloghorn " + app.Version, ""},
	} {
		var out bytes.Buffer
		code := run(t.Context(), strings.Fields(c.args), &out, &out)
		said := out.String()
		if code != exit.OK || !strings.HasPrefix(said, c.first) || !strings.Contains(said, c.says) {
			t.Errorf("%q: exit %d, %s", c.args, code, said)
		}
		if c.args != "help settings" && strings.Contains(said, "--ops-log-level") {
			t.Errorf("%q lists the settings", c.args)
		}
	}
}

// TestKindsOfEmptyLists: nothing is said to be nothing, on stderr, and a list of none is no list.
func TestKindsOfEmptyLists(t *testing.T) {
	t.Parallel()
	url := databasetest.SQLiteURL(t)
	for args, want := range map[string]string{
		"blog list": "There is no blog on this server yet", "post list": "There is no post yet.", "post list --state removed": "No post is removed.",
		"reply list --status pending": "No reply is held.", "received list --state waiting": "The journal has nothing", // the old words
		"post list --state history": "No post is in the history.", "reply list": "No reply is held.", "received list": "The journal has nothing",
		"block list": "Nobody is blocked.", "quote list": "Nobody has asked", "report list": "No report waits", "reply log": "Nothing was decided",
		"delivery list": "No delivery is there: nothing was sent", "delivery list --state pending": "No delivery is pending.",
		"delivery list --host https://Pasture.test/": "No delivery to pasture.test is there", "delivery list --host pasture.test --state gone": "No delivery to pasture.test is gone.", "feed held": "No post is held.", "follower list": "there is no blog on this server yet",
	} {
		if _, said := types(t, url, strings.Fields(args)...); !strings.Contains(said, want) {
			t.Errorf("%s: %q, want %q", args, said, want)
		}
	}
	for _, args := range []string{"preview -n -1 https://tea.test", "preview https://tea.test --entries -1"} {
		if code, said := types(t, url, strings.Fields(args)...); code != exit.Usage || !strings.Contains(said, "-n is -1. It is how many posts are shown") {
			t.Errorf("%s: exit %d, %q", args, code, said)
		}
	}
	for _, args := range []string{"reply list --limit 0", "post list --limit=-1", "reply list --limit -1", "delivery list --limit 0", "received list --limit none"} {
		if code, said := types(t, url, strings.Fields(args)...); code != exit.Usage || !strings.Contains(said, "is not a number from 1 on") {
			t.Errorf("%s: exit %d, %q", args, code, said)
		}
	}
}

// TestKindsOfMistypedCommands: the answer says what is wrong, and nothing that is not so.
func TestKindsOfMistypedCommands(t *testing.T) {
	t.Parallel()
	url := databasetest.SQLiteURL(t)
	for args, want := range map[string]struct {
		code int
		says string
	}{
		"blog":                              {exit.Usage, `something is missing behind bloghorn blog: one of "add", "list"`},
		"blog add":                          {exit.Usage, `something is missing behind bloghorn blog add: "<url>"`},
		"post list --state nonsense":        {exit.Usage, `--state must be one of "announced",`},
		"delivery pause @eve@spam.test":     {exit.Usage, `"@eve@spam.test" is not the name of a server; nothing was changed.`},
		"delivery pause typo.test":          {exit.OK, "Nothing was sent to typo.test in the last 90 days; look for a typing error. It is paused all the same."},
		"delivery retry a-b --host a.test":  {exit.Usage, "an id names one delivery, and --host all of a server."},
		"reply approve dirrxtyqaaaaa":       {exit.NotFound, "there is no reply dirrxtyqaaaaa, or its author deleted it; done: 0 of 1."},
		"reply edit dirrxtyqaaaaa x":        {exit.NotFound, "there is no answer dirrxtyqaaaaa, or it was deleted. Nothing was changed; done: 0 of 1. See: bloghorn reply list"},
		"reply answer dirrxtyqaaaaa x":      {exit.NotFound, "there is no reply dirrxtyqaaaaa, or its author deleted it. Nothing was said. See:"},
		"delivery resume Bücher.test":       {exit.NotFound, "xn--bcher-kva.test is not paused; nothing was changed."},
		"delivery retry --host spam.test":   {exit.NotFound, "nothing for spam.test could be tried again or sooner."},
		"delivery drop --host a.test --yes": {exit.NotFound, "nothing waits for a.test, so nothing was given up."},
		"report list --closed":              {exit.OK, "No report was closed yet."},
		"report send dirrxtyqaaaaa --why=":  {exit.Usage, "--why is empty"},
		"reply hide dirrxtyqaaaaa":          {exit.NotFound, "done: 0 of 1."},
		"received show 0189018901890":       {exit.NotFound, "there is no row of the journal 0189018901890. See:"},
		"quote revoke 0189018901890":        {exit.NotFound, "there is no quote 0189018901890."},
		"feed hook remove 18":               {exit.Usage, `"18" is not the id of a hook, which has 13 letters and digits. See: bloghorn feed hook list. Nothing was changed`},
		"report close 0189018901890":        {exit.NotFound, "there is no report or reply 0189018901890."},
		"reply answer 0189018901890 x":      {exit.NotFound, `id or address "0189018901890". Nothing was said. See: bloghorn reply list --status shown, bloghorn post list`},
		"reply hide 0189018901890":          {exit.NotFound, "there is no reply 0189018901890. See: bloghorn reply list. Nothing was changed"},
	} {
		if code, said := types(t, url, strings.Fields(args)...); code != want.code || !strings.Contains(said, want.says) {
			t.Errorf("%s: exit %d, %q, want %d and %q", args, code, said, want.code, want.says)
		}
	}
}

// TestKindsOfTwiceTyped: nobody has made too many requests who types a command twice.
func TestKindsOfTwiceTyped(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]string{
		fmt.Errorf("edit: %w: it says that already", web.ErrTooMany): "edit: it says that already",
		fmt.Errorf("edit: %w: it is somebody's", web.ErrRefused):     "edit: refused: it is somebody's",
		errors.New("HTTP 429: too many requests: wait"):              "HTTP 429: too many requests: wait",
	} {
		if got := said(err); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestKindsOfPlansWithRules(t *testing.T) {
	t.Parallel()
	b := feeds.Blog{Username: "tea", HandleHost: "blog.example"}
	for _, c := range []struct {
		taken, leftOut int
		want           string
	}{{3, 0, ""}, {0, 0, ""}, {0, 44, ", 0 chosen by its rules (see: bloghorn blog show tea@blog.example)"}, {3, 41, ", 3 chosen by its rules or known already"}} {
		if got := chosenWords(b, feeds.DryRun{Posts: make([]feeds.Intent, c.taken), LeftOut: c.leftOut}); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

// TestLinkSaysWhetherTheServerRuns: the link is printed either way, for it works once the server runs.
func TestLinkSaysWhetherTheServerRuns(t *testing.T) {
	t.Parallel()
	url := databasetest.SQLiteURL(t)
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	for address, runs := range map[string]bool{strings.TrimPrefix(server.URL, "http://"): true, "127.0.0.1:1": false} {
		code, said := types(t, url, "admin", "link", "--admin-listen", address)
		if code != exit.OK || !strings.Contains(said, "http://"+address+"/admin/?token=") || strings.Contains(said, "Nothing answers at "+address) == runs {
			t.Errorf("exit %d: %s", code, said)
		}
	}
}

// TestKindsOfFixedSettings: what the file sets of a blog is not changed beside it.
func TestKindsOfFixedSettings(t *testing.T) {
	t.Parallel()
	entries, err := config.ParseBlogs("b.toml", "[[blogs]]\nhandle = \"tea\"\nhashtags = \"none\"\n\n[[blogs]]\nhandle = \"milk@cow.example\"\ntitle = \"Milk\"\nmax_age = \"3d\"\n")
	if err != nil {
		t.Fatal(err)
	}
	s := config.Settings{Blogs: entries}
	for _, c := range []struct {
		user, host string
		changes    config.Changes
		want       string
	}{
		{"tea", "blog.example", config.Changes{"hashtags": "tea"}, "hashtags is set by b.toml (line 3)"},
		{"tea", "blog.example", config.Changes{"title": "T", "hashtags": "none"}, "b.toml (line 3)"},
		{"tea", "blog.example", config.Changes{"title": "T"}, ""},
		{"milk", "cow.example", config.Changes{"title": ""}, "title is set by b.toml (line 7)"},
		{"milk", "cow.example", config.Changes{"max_age": "default"}, "b.toml (line 8)"},
		{"milk", "other.example", config.Changes{"title": "M"}, ""},
		{"coffee", "blog.example", config.Changes{"hashtags": "tea"}, ""},
	} {
		err := s.RefuseFixed(c.user, [2]string{c.host, "fedi.example"}, c.changes)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s %v: %v, want %q", c.user, c.changes, err, c.want)
		}
		var e *exit.Error
		if c.want != "" && (!errors.As(err, &e) || e.Code != exit.Refused) {
			t.Errorf("%s: %v", c.user, err)
		}
	}
}

// TestKindsOfCommandsWithSeveralBlogs: what is of one blog alone needs no other name; where the blog has
// to be named, the answer says which there are.
func TestKindsOfCommandsWithSeveralBlogs(t *testing.T) {
	t.Parallel()
	c := newChecked(t)
	two, _, err := addBlog(t.Context(), c.App, blogAddCommand{Address: teaHome + "/feed.xml", Handle: "two@tea.test"})
	if err != nil {
		t.Fatal(err)
	}
	if _, said := c.say("feed", "hook", "add", "two"); !strings.Contains(said, "Bearer") {
		t.Fatal(said)
	}
	_, hook := c.say("feed", "hook", "list", "two")
	id := strings.Fields(hook)[0]
	const both = "tea@tea.test, two@tea.test"
	steps := func(all ...[3]any) {
		t.Helper()
		for _, step := range all {
			if code, said := c.say(strings.Fields(step[0].(string))...); code != step[1] || !strings.Contains(said, step[2].(string)) {
				t.Errorf("%s: exit %d, %q, want %d and %q", step[0], code, said, step[1], step[2])
			}
		}
	}
	steps([][3]any{
		{"feed show", exit.Usage, "say which one: " + both},
		{"feed show tee", exit.NotFound, `no blog is called "tee". Those here: ` + both},
		{"post list tee", exit.NotFound, "Those here: " + both},
		{"follower accept", exit.Usage, "say which one: " + both},
		{"follower accept @ada@pasture.test", exit.OK, "Accepted again: 1 follower."},
		{"follower remove @eve@spam.test", exit.NotFound, "none has @eve@spam.test. Nothing was changed. The blogs are: " + both},
		{"blog leave !tea@lemmy.test", exit.NotFound, "none has !tea@lemmy.test"},
		{"blog unadopt @ada@pasture.test", exit.NotFound, "none has @ada@pasture.test"},
		{"blog alias @ada@pasture.test", exit.Usage, "say before @ada@pasture.test which one is meant: " + both},
		{"feed hook remove " + id + " tea", exit.NotFound, "@tea@tea.test has no hook " + id},
		{"feed hook remove " + id, exit.OK, "is removed"},
		{"feed hook remove " + id, exit.NotFound, "no blog here has the hook " + id},
	}...)
	c.ada.Follow(two.ActorID())
	c.ada.Await("Accept", 3)
	steps([][3]any{
		{"follower remove @ada@pasture.test", exit.Usage, "several blogs have @ada@pasture.test; say before it which one is meant: " + both},
		{"follower remove two @ada@pasture.test", exit.OK, "follows @two@tea.test no more"},
		{"follower remove @ada@pasture.test", exit.OK, "follows @tea@tea.test no more"},
	}...)
}

// TestKindsOfCommandsWithOneBlog: nobody has to say which where there is only one, and what a command says is so.
func TestKindsOfCommandsWithOneBlog(t *testing.T) {
	t.Parallel()
	c := newChecked(t)
	for _, step := range []struct {
		args string
		code int
		said string
	}{
		{"blog list", 0, "1 follower  "},
		{"blog show", 0, "@tea@tea.test"},
		{"blog html", 0, "fediverse:creator"},
		{"blog edit --title Cups", 0, "title: Cups"},
		{"blog edit --title Cups", 0, "It is so already; nothing was changed."},
		{"blog edit --excerpt-length 0", exit.Usage, "set post_summary to none"},
		{"blog edit --excerpt-length default", 0, "It is so already"},
		{"key list", 0, "requests"},
		{"follower list", 0, "@ada@pasture.test"},
		{"follower accept", 0, "Accepted again: 1 follower."},
		{"follower accept @ada@pasture.test", 0, "Accepted again: 1 follower."},
		{"follower accept tea @eve@spam.test", exit.NotFound, "nobody called @eve@spam.test follows tea@tea.test"},
		{"follower remove @eve@spam.test", exit.NotFound, "nobody called @eve@spam.test follows tea@tea.test"},
		{"follower remove tea @ADA@pasture.test", 0, "follows @tea@tea.test no more"},
		{"follower list", 0, "Nobody follows this blog yet."},
		{"blog leave", exit.NotFound, "posts into no community"},
		{"blog leave !tea@lemmy.test", exit.NotFound, "posts into no community"},
		{"blog adopt tea", exit.Usage, "only the blog was named"},
		{"blog unadopt @ada@pasture.test", exit.NotFound, "has adopted no account @ada@pasture.test"},
		{"post release --all", 0, "No post of @tea@tea.test is held"},
		{"post history --all tea", 0, "No post of @tea@tea.test is held"},
		{"post history --waiting", 0, "No post of @tea@tea.test waits"},
		{"post release", exit.Usage, "which posts?"},
	} {
		if code, said := c.say(strings.Fields(step.args)...); code != step.code || !strings.Contains(said, step.said) {
			t.Errorf("%s: exit %d, %q, want %d and %q", step.args, code, said, step.code, step.said)
		}
	}
	reject := c.ada.Await("Reject", 1)[0]
	if follow, _ := reject.Object("object"); follow.Ref("actor") != c.ada.ID || follow.Ref("object") != teaBlog || reject.Ref("actor") != teaBlog {
		t.Errorf("told %v", reject)
	}
}
