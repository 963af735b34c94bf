package cli

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/app"
)

// TestKindsOfPeopleInTheDemo: its own people may answer from its own comments, one of them waits
// for the owner, and nothing is promised that nobody does.
func TestKindsOfPeopleInTheDemo(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	s, err := newStage(&invocation{ctx: app.Outside{NewKey: fediversetest.NewKey}.Within(ctx), stderr: io.Discard}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.serve(ctx) }()
	defer func() {
		stop()
		<-done
		s.close()
	}()
	if err := s.begin(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.reader.Seed(ctx); err != nil {
		t.Fatal(err)
	}
	held, err := moderation.List(ctx, s.app.DB, thread.Held, 0, 0, 10)
	if err != nil || len(held) != 1 || held[0].Author.URI != s.reader.Stranger() {
		t.Fatalf("held: %+v, %v", held, err)
	}
	blog, err := feeds.BlogByID(ctx, s.app.DB, held[0].BlogID)
	if err != nil {
		t.Fatal(err)
	}
	page := held[0].PostURL
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	reader := strings.TrimPrefix(s.options.ReaderURL, "http://")
	for account, want := range map[string]string{
		"@ada@" + reader:          s.options.ReaderURL + "/authorize_interaction?uri=",
		"bo@" + reader:            s.options.ReaderURL + "/authorize_interaction?uri=",
		" http://" + reader + "/": s.options.ReaderURL + "/authorize_interaction?uri=",
		"@you@pasture.example":    "https://pasture.example/authorize_interaction?uri=",
		"@eve@127.0.0.1:1":        "",
		"@eve@localhost":          "",
	} {
		request, err := http.NewRequestWithContext(ctx, "POST", s.options.Bloghorn+"/thread", strings.NewReader(url.Values{"url": {page}, "account": {account}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Sec-Fetch-Site", "same-origin")
		answer, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		to := answer.Header.Get("Location")
		if want == "" && to != "" || !strings.HasPrefix(to, want) {
			t.Errorf("%s is led to %q (%d)", account, to, answer.StatusCode)
		}
		if csp := answer.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "form-action 'self' "+s.options.ReaderURL+" https:") {
			t.Errorf("the form may not lead there: %s", csp)
		}
	}
	for object, want := range map[string]int{ids.PostID(blog, held[0].PostID): http.StatusSeeOther, held[0].ObjectURI: http.StatusSeeOther, "https://evil.example/": http.StatusNotFound} {
		request, _ := http.NewRequestWithContext(ctx, "GET", s.options.ReaderURL+"/authorize_interaction?uri="+url.QueryEscape(object), nil)
		answer, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if to := answer.Header.Get("Location"); answer.StatusCode != want || want == http.StatusSeeOther && !strings.HasPrefix(to, "/#p-") {
			t.Errorf("%s: %d %q", object, answer.StatusCode, to)
		}
	}
	if _, _, timeline := fetch(t, s.options.ReaderURL+"/?as=ada", "text/html"); strings.Contains(timeline, "eyes") || !strings.Contains(timeline, "Bloghorn shows it to nobody") {
		t.Error("the reader promises that the owner reads what nobody is shown")
	}
	if err := moderation.Approve(ctx, s.app.DB, held[0].ID, "test", "", s.app.Now()); err != nil {
		t.Error(err)
	}
}
