package cli

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/exit"
)

// operator is somebody who types commands against one data folder.
type operator struct {
	t     *testing.T
	feed  *sampleFeed
	flags []string
	base  string
}

func newOperator(t *testing.T) *operator {
	t.Helper()
	feed, door := newSampleFeed(t), ownPort(t)
	address := door.Addr().String()
	door.Close()
	return &operator{t: t, feed: feed, base: "http://" + address, flags: []string{
		"--listen", address, "--admin-listen", "127.0.0.1:0", "--data-dir", t.TempDir(), "--config", emptyConfig(t),
		"--feed-allow-private", feed.host(), "--feed-poll-interval", "100ms", "--feed-publish-delay", "0s",
	}}
}

// types runs a command to its end.
func (o *operator) types(words ...string) (code int, said string) {
	o.t.Helper()
	var out bytes.Buffer
	code = run(app.Outside{NewKey: fediversetest.NewKey}.Within(o.t.Context()), append(words, o.flags...), &out, &out)
	return code, out.String()
}

func TestServeSaysWhatToDoNextAndStopsWhenTold(t *testing.T) {
	o := newOperator(t)
	server := startProcess(t, o.base, append([]string{"serve"}, o.flags...)...)
	for path, want := range map[string]int{"/livez": 200, "/readyz": 200, "/nothing": 404, "/api/v1/comments?url=x": 404, "/actor": 200} {
		if status, _, body := fetch(t, o.base+path, activityJSON); status != want {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	if code, said := o.types("serve"); code != exit.Failed || !strings.Contains(said, "taken by another program") {
		t.Errorf("a second serve: exit %d %s", code, said)
	}
	if code, said := o.types("healthcheck"); code != exit.OK {
		t.Errorf("healthcheck: exit %d %s", code, said)
	}
	if err := server.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := server.command.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v\n%s", err, server.said)
	}
	said := server.said.String()
	if !strings.Contains(said, "bloghorn blog add https://your.blog") || !regexp.MustCompile(`http://127\.0\.0\.1:\d+/admin/ .*bloghorn admin link`).MatchString(said) {
		t.Errorf("it said %s", said)
	}
	if strings.Contains(said, "token=") { // this is no terminal, and may be a journal
		t.Errorf("it wrote a link that signs in: %s", said)
	}
	if code, said := o.types("healthcheck"); code != exit.Failed {
		t.Errorf("healthcheck of a stopped server: exit %d %s", code, said)
	}
}

func TestBlogAddCreatesNothingOnFailure(t *testing.T) {
	o := newOperator(t)
	html := newSampleFeed(t)
	html.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<html><title>No feed</title>")) })
	o.flags = append(o.flags, "--feed-allow-private", html.host())
	for _, address := range []string{html.URL, "http://127.0.0.1:1/", "http://192.168.0.1/feed", "ftp://blog.example/feed"} {
		if code, said := o.types("blog", "add", address); code != exit.Network || !strings.Contains(said, "No blog was created") {
			t.Errorf("%s: exit %d %s", address, code, said)
		}
	}
	if code, said := o.types("blog", "list"); code != exit.Database || !strings.Contains(said, "there is no Bloghorn here") {
		t.Errorf("blog list: exit %d %q", code, said)
	}
	if code, said := o.types("blog", "add", o.feed.URL, "--handle", "tea"); code != exit.OK || !strings.Contains(said, "@tea@127.0.0.1") {
		t.Fatalf("the right address: exit %d %s", code, said)
	}
	taken := listen(t)
	defer taken.Close()
	elsewhere := *o
	elsewhere.flags = append([]string{"--listen", taken.Addr().String()}, o.flags[2:]...)
	if code, said := elsewhere.types("serve"); code != exit.Failed || !strings.Contains(said, "taken by another program") || strings.Contains(said, "has moved") {
		t.Errorf("serve where something else is: exit %d %s", code, said)
	}
	if code, said := o.types("blog", "add", o.feed.URL, "--handle", "tea"); code != exit.Failed || !strings.Contains(said, "is taken") {
		t.Errorf("the same handle again: exit %d %s", code, said)
	}
	code, said := o.types("blog", "add", o.feed.URL, "--handle", "tea@third.example")
	if code != exit.Failed || !strings.Contains(said, "the name tea is taken here, by @tea@127.0.0.1") {
		t.Errorf("the same name with another host: exit %d %s", code, said)
	}
	if _, said := o.types("blog", "list"); strings.Count(said, "\n") != 1 || !strings.Contains(said, "0 followers") {
		t.Errorf("blog list says %q", said)
	}
}

func TestSecretKeyOfAnotherDatabaseStopsEveryCommand(t *testing.T) {
	o := newOperator(t)
	if code, said := o.types("blog", "add", o.feed.URL); code != exit.OK {
		t.Fatalf("blog add: exit %d %s", code, said)
	}
	path := filepath.Join(o.flags[5], "secret.key")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	if code, said := o.types("serve"); code != exit.Config || !strings.Contains(said, path) || !strings.Contains(said, "backup") {
		t.Errorf("without the key: exit %d %s", code, said)
	}
	t.Setenv("BLOGHORN_SECRET_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	for _, words := range [][]string{{"blog", "add", o.feed.URL, "--handle", "two"}, {"blog", "list"}, {"reply", "list"}, {"block", "add", "spam.example"}, {"admin", "link"}} {
		if code, said := o.types(words...); code != exit.Config || !strings.Contains(said, "sealed with another") {
			t.Errorf("%v with another key: exit %d %s", words, code, said)
		}
	}
}

func TestPublicURLIsFixedOnceSomebodyFollows(t *testing.T) {
	farm := newFarm(t, 1, 1)
	url := databasetest.SQLiteURL(t)
	o := newOperator(t)
	o.flags = append(o.flags, "--database-url", url, "--federation-allow-private", strings.Join(farm.addresses(), ","))
	if code, said := o.types("blog", "add", o.feed.URL, "--handle", "tea"); code != exit.OK {
		t.Fatalf("blog add: exit %d %s", code, said)
	}
	o.flags = append(o.flags, "--public-url", o.base+"/fedi")
	server := startProcess(t, o.base, append([]string{"serve"}, o.flags...)...)
	actor := o.base + "/fedi/blogs/tea"
	if id := document(t, actor)["id"]; id != actor {
		t.Errorf("nobody followed, so the blog moves; its id is %v", id)
	}
	page := o.feed.publish("tea", "On tea", "<p>Four minutes.</p>")
	eventually(t, "the new post under the new address", func() bool {
		status, _, _ := fetch(t, o.base+"/fedi/comments?url="+page, "*/*")
		return status == 200
	})
	if n := document(t, actor+"/outbox")["totalItems"]; n != 2.0 {
		t.Errorf("the outbox has %v posts, want the old and the new one", n)
	}
	farm.allFollow(actor)
	if said := server.said.String(); !strings.Contains(said, "a blog has moved") {
		t.Errorf("it moved in silence: %s", said)
	}
	server.kill()
	o.flags[len(o.flags)-1] = o.base + "/elsewhere"
	if code, said := o.types("serve"); code != exit.Refused || !strings.Contains(said, "Undo the change") {
		t.Errorf("after a follower: exit %d %s", code, said)
	}
}
