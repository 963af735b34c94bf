package cli

import (
	"bufio"
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/web/browsertest"
)

func TestDemoTalksToItselfAndLeavesNothingBehind(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var out bytes.Buffer
	if code := run(app.Outside{NewKey: fediversetest.NewKey}.Within(t.Context()), []string{"demo", "--once"}, &out, &out); code != exit.OK {
		t.Fatalf("exit %d\n%s", code, out.String())
	}
	said := regexp.MustCompile(`(?m)^OK (\d+)/(\d+) exchanges$`).FindStringSubmatch(out.String())
	if said == nil || said[1] != said[2] {
		t.Fatalf("it says %s", out.String())
	}
	if n, err := strconv.Atoi(said[1]); err != nil || n < 10 {
		t.Errorf("only %s exchanges", said[1])
	}
	if left, err := filepath.Glob(filepath.Join(os.TempDir(), "*")); err != nil || len(left) > 0 {
		t.Errorf("it left %v behind (%v)", left, err)
	}
}

func TestDemoListensWhereItIsToldOrSaysWhyNot(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	taken := listen(t)
	defer taken.Close()
	config := filepath.Join(t.TempDir(), config.DefaultFile)
	if err := os.WriteFile(config, []byte("unknown = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		code  int
		want  string
		words []string
	}{
		{exit.Usage, "--listen \"0.0.0.0:9000\" is not an address of this computer", []string{"--listen", "0.0.0.0:9000"}},
		{exit.Usage, "--listen \"192.0.2.4:80\" is not an address of this computer", []string{"--listen", "192.0.2.4:80"}},
		{exit.Usage, "--admin-listen \":9000\" is not an address of this computer", []string{"--admin-listen", ":9000"}},
		{exit.Failed, taken.Addr().String() + " is taken", []string{"--listen", taken.Addr().String()}},
		{exit.Failed, "--admin-listen", []string{"--listen", "127.0.0.1:0", "--admin-listen", taken.Addr().String()}},
		{exit.Usage, "does not take --public-url", []string{"--public-url", "https://blog.example"}},
		{exit.Usage, "does not take --config", []string{"--config", config}}, // which it does not read either
		{exit.OK, " exchanges", []string{"--once", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"}},
	} {
		var out bytes.Buffer
		if code := run(app.Outside{NewKey: fediversetest.NewKey}.Within(t.Context()), append([]string{"demo"}, c.words...), &out, &out); code != c.code || !strings.Contains(out.String(), c.want) {
			t.Errorf("demo %v: exit %d, %s", c.words, code, out.String())
		}
	}
}

func TestDemoShowsItsAddressesAndCleansUpAtCtrlC(t *testing.T) {
	folder := t.TempDir()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	demo := exec.CommandContext(t.Context(), binary, "demo")
	demo.Env = append(os.Environ(), asProgram+"=1", "TMPDIR="+folder)
	out, err := demo.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	var pages []string
	for lines := bufio.NewScanner(out); len(pages) < 3 && lines.Scan(); {
		pages = append(pages, regexp.MustCompile(`http://127\.0\.0\.1:\d+/\S*`).FindAllString(lines.Text(), -1)...)
	}
	if len(pages) != 3 {
		t.Fatalf("it shows %v", pages)
	}
	for _, page := range pages[:2] {
		if status, _, body := fetch(t, page, "text/html"); status != 200 || !strings.Contains(body, "</html>") {
			t.Errorf("%s: %d %.200s", page, status, body)
		}
	}
	var link string
	for range 2 { // the admin pages open as often as one likes
		status, header, _ := fetch(t, pages[2], "text/html")
		if last := link; status != 303 || header.Get("Location") == last {
			t.Errorf("%s: %d %s", pages[2], status, last)
		}
		link = header.Get("Location")
	}
	for _, want := range []int{303, 401} {
		if status, _, body := fetch(t, link, "text/html"); status != want || want == 401 && !strings.Contains(body, `href="`+pages[2]+`"`) {
			t.Errorf("the admin link: %d, want %d: %s", status, want, body)
		}
	}
	if err := demo.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := demo.Wait(); err != nil {
		t.Errorf("after Ctrl-C: %v", err)
	}
	if left, err := filepath.Glob(filepath.Join(folder, "*")); err != nil || len(left) > 0 {
		t.Errorf("it left %v behind (%v)", left, err)
	}
}

func TestDemoTakesTheNextFreePorts(t *testing.T) {
	var first []net.Listener
	base := 20_000 // below the ports that the system gives to others
	for ; first == nil && base < 30_000; base += 250 {
		if l, err := listenLoopback(base); err == nil {
			first = append(first, l)
			break
		}
	}
	doors, err := openDoors(base, base+1, base+2, base+3)
	if err != nil {
		t.Fatal(err)
	}
	var ports []int
	for _, door := range append(doors, first...) {
		ports = append(ports, door.Addr().(*net.TCPAddr).Port)
		door.Close()
	}
	slices.Sort(ports)
	if len(slices.Compact(ports)) != 5 || ports[4] > base+200 {
		t.Errorf("ports %v", ports)
	}
}

// startDemo runs the demo as the command does, and returns its addresses.
func startDemo(t *testing.T) *stage {
	t.Helper()
	in := &invocation{ctx: app.Outside{NewKey: fediversetest.NewKey}.Within(t.Context()), stdout: t.Output(), stderr: t.Output()}
	s, err := newStage(in, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the demo ends with %v", err)
		}
		s.close()
	})
	if err := s.begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.reader.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

const threadText = `document.querySelector("bloghorn-comments").shadowRoot.textContent`

// TestDemoPagesInABrowser uses the three pages as a person would: she reads the blog, answers in the reader, and sees
// her reply under the post without a reload; the admin page opens by its link.
func TestDemoPagesInABrowser(t *testing.T) {
	s := startDemo(t)
	blog := browsertest.Open(t)
	seen := browsertest.Watch(t, blog)
	browsertest.Do(t, blog, chromedp.Navigate(s.options.BlogURL+"/the-ferry-that-waits/"))
	browsertest.Until(t, blog, `document.querySelector("bloghorn-comments").dataset.state === "loaded"`)
	browsertest.Picture(t, blog, "demo-blog")

	reader, closeTab := chromedp.NewContext(blog)
	defer closeTab()
	browsertest.Do(t, reader, chromedp.Navigate(s.options.ReaderURL+"/?as=bo"))
	browsertest.Picture(t, reader, "demo-reader")
	browsertest.Get[bool](t, reader, `(() => {
		const form = document.querySelector("article.post form.write");
		form.elements.text.value = "The bread was still warm.";
		form.requestSubmit();
		return true;
	})()`)
	browsertest.Until(t, blog, threadText+`.includes("The bread was still warm.")`)
	_, _, script := fetch(t, s.options.BlogURL+"/static/blog.js", "*/*")
	want(t, "the page asks once a second for what is new", strings.Contains(script, "const everyMillis = 1000;"), true)
	seen.Quiet(t, s.options.BlogURL, s.options.Bloghorn)

	browsertest.Do(t, reader, chromedp.Navigate(s.app.LinksFrom))
	browsertest.Until(t, reader, `document.querySelector("h1") !== null && location.pathname === "/admin/" && location.search === ""`)
	browsertest.Picture(t, reader, "demo-admin")
}
