package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/exit"
)

// typesPreview runs the command in an empty folder and says what it left there and among the temporary files.
func typesPreview(t *testing.T, words ...string) (code int, stdout, stderr string, left, temporary []string) {
	t.Helper()
	folder, temp := t.TempDir(), t.TempDir()
	t.Chdir(folder)
	t.Setenv("TMPDIR", temp)
	var out, messages bytes.Buffer
	code = run(t.Context(), append([]string{"preview"}, words...), &out, &messages)
	return code, out.String(), messages.String(), filesIn(t, folder), filesIn(t, temp)
}

func filesIn(t *testing.T, folder string) (paths []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		paths = append(paths, filepath.Join(folder, e.Name()))
	}
	return paths
}

func TestPreviewNeedsNothingAndLeavesNothing(t *testing.T) {
	feed := newSampleFeed(t)
	feed.publish("tea", "On tea", "<p>Four minutes.</p>")
	code, stdout, stderr, left, temporary := typesPreview(t, feed.URL, "--feed-allow-private", feed.host())
	if code != exit.OK || len(left)+len(temporary) > 0 {
		t.Fatalf("exit %d, left %v %v\n%s", code, left, temporary, stderr)
	}
	for _, want := range []string{"Found    RSS 2.0 with 2 posts: " + feed.URL, "Post 1 of 2 · On tea", "Post 2 of 2 · A post from before", "Mastodon", "GoToSocial", "Lemmy",
		`"type": "Create"`, "neither ETag nor Last-Modified"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("stdout lacks %q:\n%s", want, stdout)
		}
	}
	if !strings.Contains(stderr, "bloghorn blog add "+feed.URL+" --handle blog") {
		t.Errorf("stderr does not say what to type next: %s", stderr)
	}
	if strings.Index(stdout, "neither ETag") < strings.Index(stdout, "Lemmy") {
		t.Error("advice comes before the posts")
	}
}

// What preview prints as JSON is what blog add and serve would send.
func TestPreviewAsJSONIsWhatWillBeSent(t *testing.T) {
	feed := newSampleFeed(t)
	feed.publish("tea", "On tea", "<p>Four minutes.</p>")
	code, stdout, stderr, left, _ := typesPreview(t, feed.URL, "--json", "-n", "1", "--handle", "tea", "--public-url", "http://127.0.0.1:9", "--feed-allow-private", feed.host())
	if code != exit.OK || stderr != "" || len(left) > 0 {
		t.Fatalf("exit %d %s, left %v", code, stderr, left)
	}
	var got struct {
		Feed    struct{ URL, Title string }
		Account string
		Entries []struct {
			Post   struct{ Title, URL, Content string }
			Create struct {
				ID, Type, Actor string
				Object          struct{ ID, Type, Name string }
			}
		}
		Warnings []struct{ ID, Seen, Why, Fix string }
	}
	if err := json.Unmarshal([]byte(stdout), &got); err != nil {
		t.Fatalf("%v\n%s", err, stdout)
	}
	if got.Feed.URL != feed.URL || got.Feed.Title != "Tea & Time" || got.Account != "@tea@127.0.0.1:9" || len(got.Entries) != 1 || len(got.Warnings) == 0 {
		t.Fatalf("%+v", got)
	}
	e := got.Entries[0]
	if e.Post.Title != "On tea" || e.Create.Type != "Create" || e.Create.Actor != "http://127.0.0.1:9/blogs/tea" || e.Create.ID != e.Create.Object.ID+"/create" ||
		e.Create.Object.Type != "Article" || e.Create.Object.Name != "On tea" {
		t.Errorf("%+v", e)
	}
}

func TestPreviewAsPageIsForItsOwnerAlone(t *testing.T) {
	feed := newSampleFeed(t)
	code, stdout, stderr, left, temporary := typesPreview(t, feed.URL, "--open", "--feed-allow-private", feed.host())
	if code != exit.OK || len(left) > 0 || len(temporary) != 1 || strings.TrimSpace(stdout) != temporary[0] {
		t.Fatalf("exit %d %s%s, left %v %v", code, stdout, stderr, left, temporary)
	}
	info, err := os.Stat(temporary[0])
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	page, err := os.ReadFile(temporary[0])
	if err != nil || !strings.Contains(string(page), "<h1><bdi>Tea &amp; Time</bdi> on the fediverse</h1>") || !strings.Contains(string(page), activitypub.Public) {
		t.Errorf("%v\n%s", err, page)
	}
}

func TestPreviewSaysWhatIsWrong(t *testing.T) {
	feed := newSampleFeed(t)
	for name, c := range map[string]struct {
		want  int
		says  string
		words []string
	}{
		"nobody there":    {exit.Network, "E102", []string{"http://127.0.0.1:1/", "--feed-allow-private", "127.0.0.1:1"}},
		"private address": {exit.Network, "feed.allow_private", []string{feed.URL}},
		"too few":         {exit.Usage, "1 to 50", []string{feed.URL, "-n", "0"}},
		"too many":        {exit.Usage, "1 to 50", []string{feed.URL, "-n", "51"}},
		"no handle":       {exit.Usage, "cannot be a handle", []string{feed.URL, "--handle", "Ä"}},
		"two forms":       {exit.Usage, "--json", []string{feed.URL, "--open", "--json"}},
		"bad settings":    {exit.Config, "is not an address", []string{feed.URL, "--public-url", "ftp://x"}},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr, left, temporary := typesPreview(t, c.words...)
			if code != c.want || !strings.Contains(stderr, c.says) || stdout != "" || len(left)+len(temporary) > 0 {
				t.Errorf("exit %d, want %d and %q; stdout %q, left %v %v\n%s", code, c.want, c.says, stdout, left, temporary, stderr)
			}
		})
	}
}

func TestAccountIsAssumedAtTheBlogWherePublicURLIsThisComputer(t *testing.T) {
	for name, c := range map[string]struct{ public, site, host, base, acct string }{
		"not configured":      {"http://127.0.0.1:8484", "https://tea.example/", "", "https://tea.example/fedi", "blog@tea.example"},
		"a handle of its own": {"http://127.0.0.1:8484", "https://www.tea.example/", "tea.example", "https://www.tea.example/fedi", "blog@tea.example"},
		"configured":          {"https://fedi.example/x", "https://tea.example/", "", "https://fedi.example/x", "blog@fedi.example"},
		"both on this one":    {"http://127.0.0.1:8484", "http://localhost:1313/", "", "http://127.0.0.1:8484", "blog@127.0.0.1:8484"},
		"no site":             {"http://127.0.0.1:8484", "", "", "http://127.0.0.1:8484", "blog@127.0.0.1:8484"},
	} {
		b, err := previewCommand{Entries: 1, Handle: "blog"}.blog(c.public)
		if err != nil {
			t.Fatal(err)
		}
		b.HandleHost = c.host
		if b = assumed(b, c.site); b.BaseURL != c.base || b.Acct() != c.acct || b.Origin != c.base+"/blogs/blog" {
			t.Errorf("%s: %s, %s, %s", name, b.BaseURL, b.Acct(), b.Origin)
		}
	}
}
