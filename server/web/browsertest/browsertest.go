package browsertest

import (
	"context"
	"os"
	"os/exec"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/testenv"
)

const howToGetOne = "no browser to test with: install Chromium (Debian: apt-get install chromium), " +
	"or put one called chromium or google-chrome on PATH"

// Open starts a browser for the test and returns the chromedp context of its empty tab. It ends with the test, at the latest when nobody waits any longer.
func Open(t testing.TB) context.Context {
	t.Helper()
	// Chromium leaves sockets in the folder for temporary files. Their paths must stay short.
	folder, err := os.MkdirTemp("", "browser-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) }) // as far as a browser that is just ending lets us
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(find(t)), chromedp.WindowSize(900, 900), chromedp.Env("TMPDIR="+folder))
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium's sandbox refuses to run as root, as in a container
	}
	ctx, cancel := context.WithTimeout(t.Context(), costtest.Patience)
	t.Cleanup(cancel)
	ctx, stop := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(closeTab)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	return ctx
}

func find(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "/usr/bin/chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	testenv.Missing(t, howToGetOne)
	return ""
}
