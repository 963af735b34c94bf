package cli

import (
	"bytes"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/exit"
)

// TestKindsOfCommandsThatMakeNothing: a mistyped path becomes no second installation, and the answer says where was looked.
func TestKindsOfCommandsThatMakeNothing(t *testing.T) {
	t.Parallel()
	for _, args := range []string{
		"blog list", "blog show", "blog edit --title X", "post list", "reply list", "reply approve dirrxtyqaaaaa", "follower list", "key list", "key rotate",
		"block list", "block add spam.example", "feed refresh", "feed held", "plan", "delivery ledger", "admin link", "received list", "report list",
		"blog join !tea@lemmy.example", "post backfill",
	} {
		folder := t.TempDir()
		for name, flags := range map[string][]string{
			"a folder that is not there": {"--data-dir", filepath.Join(folder, "nowhere")},
			"an empty folder":            {"--data-dir", folder},
			"a database somewhere else":  {"--data-dir", folder, "--database-url", "sqlite:" + filepath.Join(folder, "nowhere.db")},
		} {
			var out bytes.Buffer
			code := run(t.Context(), append(strings.Fields(args), append(flags, "--config", emptyConfig(t))...), &out, &out)
			if said := out.String(); code != exit.Database || !strings.Contains(said, "there is no Bloghorn here") ||
				!strings.Contains(said, folder) || !strings.Contains(said, "Nothing was made") {
				t.Errorf("%s, %s: exit %d, %s", args, name, code, said)
			}
		}
		if made, _ := os.ReadDir(folder); len(made) > 0 {
			t.Errorf("%s made %s", args, made[0].Name())
		}
	}
}

// TestKindsOfBlogsThatAreNotAdded: where no blog comes of it, there is no database and no key either.
func TestKindsOfBlogsThatAreNotAdded(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	ctx := app.Outside{Transport: fediversetest.New(t)}.Within(t.Context())
	for args, want := range map[string]int{
		"https://tea.test":                           exit.Network,
		"http://127.0.0.1:1":                         exit.Network,
		"https://tea.test --handle !":                exit.Usage,
		"https://tea.test --url ftp://tea.test":      exit.Usage,
		"https://tea.test --include colour:green":    exit.Usage,
		"https://tea.test --database-url nonsense:x": exit.Network,
	} {
		var out bytes.Buffer
		words := append([]string{"blog", "add"}, strings.Fields(args)...)
		code := run(ctx, append(words, "--data-dir", filepath.Join(folder, "data"), "--config", emptyConfig(t)), &out, &out)
		if said := out.String(); code != want || !strings.Contains(said, " was created.") {
			t.Errorf("%s: exit %d, %s", args, code, said)
		}
	}
	if made, _ := os.ReadDir(folder); len(made) > 0 {
		t.Errorf("it made %s", made[0].Name())
	}
}

// TestKindsOfPlacesThatBelongToAConfiguration: the paths of a file are beside it, whatever folder a command is typed in.
func TestKindsOfPlacesThatBelongToAConfiguration(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"":                            {"HERE/data/secret.key", "sqlite:HERE/data/bloghorn.db"},
		"data_dir = \"state\"\n":      {"HERE/state/secret.key", "sqlite:HERE/state/bloghorn.db"},
		"data_dir = \"/var/lib/b\"\n": {"/var/lib/b/secret.key", "sqlite:/var/lib/b/bloghorn.db"},
		"secret_key_file = \"../k\"\n[database]\nurl = \"sqlite:b.db\"\n": {"HERE/../k", "sqlite:HERE/b.db"},
		"[database]\nurl = \"mysql://u:p@db/b\"\n":                        {"HERE/data/secret.key", "mysql://u:p@db/b"},
	} {
		file := configFile(t, text)
		s, err := parse(t, "blog", "list", "--config", file)
		here := filepath.Dir(file)
		if err == nil {
			err = s.Check()
		}
		for i, got := range []string{s.SecretKeyFile, s.Database.URL} {
			if wanted := strings.Replace(want[i], "HERE/..", filepath.Dir(here), 1); err != nil || got != strings.Replace(wanted, "HERE", here, 1) {
				t.Errorf("%q: %q, want %q (%v)", text, got, want[i], err)
			}
		}
	}
	s, err := parse(t, "blog", "list", "--config", configFile(t, "data_dir = \"state\"\n"), "--data-dir", "mine")
	if err != nil || s.DataDir != "mine" {
		t.Errorf("a flag is where it is typed: %q, %v", s.DataDir, err)
	}
}

// TestKindsOfTroubleWithRights: what may not be read is not called missing.
func TestKindsOfTroubleWithRights(t *testing.T) {
	t.Parallel()
	s := config.Settings{Database: config.Database{URL: "mysql://bloghorn:secret@db.test:3306/tea?ssl-mode=REQUIRED"}, ConfigFile: "/etc/b.toml"}
	denied := &fs.PathError{Op: "stat", Path: "/var/lib/b/secret.key", Err: fs.ErrPermission}
	for _, c := range []struct {
		err  error
		says []string
	}{
		{s.Denied(denied), []string{"may not look at the data", "permission denied", "mysql://db.test:3306/tea,", "/etc/b.toml"}},
		{s.NothingHere(errors.New("it is empty")), []string{"there is no Bloghorn here: it is empty", "mysql://db.test:3306/tea,"}},
		{config.DatabaseError(&fs.PathError{Op: "open", Path: "b.db", Err: fs.ErrPermission}), []string{"permission denied"}},
	} {
		for _, says := range c.says {
			if !strings.Contains(c.err.Error(), says) || strings.Contains(c.err.Error(), "secret@") {
				t.Errorf("%v, without %q", c.err, says)
			}
		}
	}
}

// TestKindsOfSplitDomains: a handle on another host is called an account once that host passes the question on.
func TestKindsOfSplitDomains(t *testing.T) {
	t.Parallel()
	c := newChecked(t)
	for i, answer := range []struct {
		what   http.HandlerFunc
		handle string
		says   string
	}{
		{http.NotFound, "one@one.test", "is stored, and nobody finds @one@one.test yet"},
		{func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, teaBase+r.URL.Path+"?"+r.URL.RawQuery, http.StatusFound)
		}, "two@two.test", "has an account now: " + teaBase + "/blogs/two, found as @two@two.test"},
		{func(w http.ResponseWriter, _ *http.Request) {
			w.Write([]byte(`{"links": [{"rel": "self", "type": "application/activity+json", "href": "https://three.test/author/three"}]}`))
		}, "three@three.test", "is another account, https://three.test/author/three"},
		{func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<h1>Blog</h1>")) }, "four@four.test",
			"https://four.test/.well-known/webfinger?resource=acct%3Afour%40four.test\nwhich has to redirect, with its query, to\n  " +
				teaBase + "/.well-known/webfinger?resource=acct%3Afour%40four.test"},
		{nil, "five", "has an account now: " + teaBase + "/blogs/five"},
	} {
		if _, host, split := strings.Cut(answer.handle, "@"); split {
			c.f.Handle("https://"+host+"/.well-known/webfinger", answer.what)
		}
		code, said := c.say("blog", "add", teaHome+"/feed.xml", "--handle", answer.handle)
		if code != exit.OK || !strings.Contains(said, answer.says) || strings.Contains(said, "account now") != strings.Contains(answer.says, "account now") {
			t.Errorf("%d: exit %d, %s", i, code, said)
		}
	}
}
