package browsertest

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Do runs steps and fails the test if one fails.
func Do(t testing.TB, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// Get is what a JavaScript expression is in the page; a promise is waited for.
func Get[T any](t testing.TB, ctx context.Context, expression string) T {
	t.Helper()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// Until waits for an expression to be true. It asks through the debugger, which no policy of the
// page stops.
func Until(t testing.TB, ctx context.Context, expression string) {
	t.Helper()
	for !Get[bool](t, ctx, "Boolean("+expression+")") {
		select {
		case <-ctx.Done():
			t.Fatalf("waited in vain for: %s", expression)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Seen is what a page did.
type Seen struct {
	mu       sync.Mutex
	messages []string // errors and warnings of the console
	requests []string // addresses
}

// Watch collects what the page writes into its console and asks for, from now on.
func Watch(t testing.TB, ctx context.Context) *Seen {
	s := &Seen{}
	messages, requests := chromedp.Console(ctx), chromedp.Events(ctx, network.RequestWillBeSent)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if text := m.String(); m.IsException() || strings.HasPrefix(text, "error") || strings.HasPrefix(text, "warn") {
				s.add(&s.messages, text+" "+m.URL)
			}
		}
	}()
	go func() {
		for r, err := range requests {
			if err != nil {
				return
			}
			s.add(&s.requests, r.Request.URL)
		}
	}()
	return s
}

func (s *Seen) add(to *[]string, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*to = append(*to, text)
}

// Requests are the addresses asked for so far.
func (s *Seen) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Quiet fails the test if the page complained in the console, or asked for anything outside these
// origins.
func (s *Seen) Quiet(t testing.TB, origins ...string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.messages {
		t.Errorf("the console says %s", m)
	}
	for _, address := range s.requests {
		if !slices.ContainsFunc(origins, func(origin string) bool { return strings.HasPrefix(address, origin+"/") }) {
			t.Errorf("the page asked for %s", address)
		}
	}
}

// Look sets the width of the window and the colour scheme, "light" or "dark".
func Look(t testing.TB, ctx context.Context, width int64, scheme string) {
	t.Helper()
	Do(t, ctx, chromedp.EmulateViewport(width, 900))
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
		t.Fatal(err)
	}
}

// Picture writes a screenshot of the whole page to NAME.png in the folder BLOGHORN_SCREENSHOTS;
// without one it does nothing.
func Picture(t testing.TB, ctx context.Context, name string) {
	t.Helper()
	folder := os.Getenv("BLOGHORN_SCREENSHOTS")
	if folder == "" {
		return
	}
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}
