package pages

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"runtime"
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/feeds/schedule"
	"github.com/bloghorn/bloghorn/feeds/webpage"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

const maxPage = 2 << 20 // bytes, inflated

// errRobots says that the site does not want robots to read the page.
var errRobots = errors.New("robots.txt does not allow it, or could not be read")

// Asker asks for the pages of posts, politely. Its fields must not change once ask was called.
type Asker struct {
	Client *safehttp.Client
	Now    func() time.Time

	once    sync.Once
	reading chan struct{} // as many pages are read at once as there are cores
	robots  *robots
}

// Ask asks a page of the site whose home page is home. An error says why there is no answer; the
// sighting is then that of none.
//
// A body that is cut off or too long is no answer either: half a text would be taken for an edit.
func (a *Asker) Ask(ctx context.Context, home, page string, known fetch.Validators, timeout time.Duration) (Sighting, error) {
	a.once.Do(func() {
		a.reading = make(chan struct{}, runtime.GOMAXPROCS(0))
		a.robots = &robots{client: a.Client, now: a.Now}
	})
	if !a.robots.allow(ctx, page) {
		return Sighting{}, errRobots
	}
	header := http.Header{"Accept": {"text/html, application/xhtml+xml;q=0.9"}}
	known.AddTo(header)
	res, err := a.Client.Do(ctx, safehttp.Request{URL: page, Header: header, MaxBytes: maxPage, Timeout: timeout})
	if err != nil {
		return Sighting{}, err
	}
	s := Sighting{
		Status:    res.Status,
		Unchanged: res.Status == http.StatusNotModified,
		Elsewhere: LeftSite(home, page, res.URL.String()),
		seen:      fetch.ValidatorsOf(res.Header),
	}
	if res.Status == http.StatusTooManyRequests || res.Status == http.StatusServiceUnavailable {
		s.Wait = schedule.RetryAfter(res.Header.Get("Retry-After"), a.Now())
	}
	if res.Status == http.StatusOK && !s.Elsewhere && isPage(res.Header.Get("Content-Type")) {
		a.reading <- struct{}{}
		defer func() { <-a.reading }()
		s.Facts = webpage.Read(res.Body, res.Header.Get("Content-Type"), res.URL)
	}
	return s, nil
}

// LeftSite says that redirects led to another site, or to the home page, where many servers send
// whoever asks for what is gone.
func LeftSite(home, asked, answered string) bool {
	at := pageurl.Normalise(answered)
	if at == pageurl.Normalise(asked) {
		return false
	}
	return pageurl.Host(answered) != pageurl.Host(asked) || at == pageurl.Normalise(home) || at == pageurl.Host(answered)
}

// isPage: a server that does not name a type may still mean HTML.
func isPage(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return contentType == "" || err == nil && (kind == "text/html" || kind == "application/xhtml+xml")
}
