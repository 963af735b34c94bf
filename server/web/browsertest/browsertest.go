package browsertest

import (
	"context"
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/testenv"
)

const howToGetOne = "no browser to test with: install Chromium (Debian: apt-get install chromium), " +
	"or put one called chromium or google-chrome on PATH"

const windowSize = 900 // pixels, both ways; Look changes it

// Open returns the chromedp context of an empty tab that shares no cookies, storage or cache with
// other tests. It ends with the test, at the latest when nobody waits any longer.
func Open(t testing.TB) context.Context {
	t.Helper()
	browser, err := start(find(t))
	if err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	ctx, closeTab := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(closeTab)
	ctx, cancel := context.WithTimeout(ctx, costtest.Patience)
	t.Cleanup(cancel)
	Do(t, ctx, chromedp.EmulateViewport(windowSize, windowSize))
	return ctx
}

// browser is the one browser of this test process. To start one takes longer than most tests.
var browser struct {
	once sync.Once
	ctx  context.Context
	err  error
}

// start starts the browser at the first call. It ends with the process.
func start(path string) (context.Context, error) {
	browser.once.Do(func() {
		// Chromium leaves sockets in the folder for temporary files. Their paths must stay short.
		folder, err := os.MkdirTemp("", "browser-")
		if err != nil {
			browser.err = err
			return
		}
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.Env("TMPDIR="+folder))
		if os.Getuid() == 0 {
			options = append(options, chromedp.NoSandbox) // Chromium's sandbox refuses to run as root, as in a container
		}
		ctx, free := chromedp.NewExecAllocator(context.Background(), options...)
		var stop context.CancelFunc
		browser.ctx, stop = chromedp.NewContext(ctx)
		testenv.AtEnd(func() {
			stop()
			free()
			os.RemoveAll(folder)
		})
		browser.err = chromedp.Do(browser.ctx)
	})
	return browser.ctx, browser.err
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
