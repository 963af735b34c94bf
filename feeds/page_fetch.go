package feeds

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"time"

	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/feeds/schedule"
	"github.com/bloghorn/bloghorn/feeds/webpage"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

const (
	maxPage          = 2 << 20 // bytes, inflated
	pageCheckTimeout = 10 * time.Second
)

// errRobots says that the site does not want robots to read the page.
var errRobots = errors.New("robots.txt does not allow it, or could not be read")

// pageOf is the address of a post's page, "" where it is not one to look at: only pages on the blog's own site say anything about its
// posts, and a post of a link blog has somebody else's page.
func (l *PageChecker) pageOf(ctx context.Context, b Blog, p Post) (string, error) {
	host := pageurl.Host(p.URL)
	if host == "" || host == b.SiteHost {
		return siteless(b, p.URL), nil
	}
	poll, err := PollOf(ctx, l.DB, b.ID)
	if err != nil && !errors.Is(err, database.ErrNotFound) {
		return "", fmt.Errorf("read what is known of its feed: %w", err)
	}
	if host != poll.Known.LinkHost {
		return "", nil
	}
	return siteless(b, p.URL), nil
}

// siteless leaves out the site itself, which is the link of every item in some feeds.
func siteless(b Blog, page string) string {
	if pageurl.Normalise(page) == pageurl.Normalise(b.SiteURL) {
		return ""
	}
	return page
}

// ask asks a page. An error says why there is no answer; the sighting is then that of none.
//
// A body that is cut off or too long is no answer either: half a text would be taken for an edit.
func (l *PageChecker) ask(ctx context.Context, b Blog, page string, known fetch.Validators, timeout time.Duration) (sighting, error) {
	if !l.robots.allow(ctx, page) {
		return sighting{}, errRobots
	}
	header := http.Header{"Accept": {"text/html, application/xhtml+xml;q=0.9"}}
	known.AddTo(header)
	res, err := l.Client.Do(ctx, safehttp.Request{URL: page, Header: header, MaxBytes: maxPage, Timeout: timeout})
	if err != nil {
		return sighting{}, err
	}
	s := sighting{
		status:    res.Status,
		unchanged: res.Status == http.StatusNotModified,
		elsewhere: leftFor(b, page, res.URL.String()),
		seen:      fetch.ValidatorsOf(res.Header),
	}
	if res.Status == http.StatusTooManyRequests || res.Status == http.StatusServiceUnavailable {
		s.wait = schedule.RetryAfter(res.Header.Get("Retry-After"), l.Now())
	}
	if res.Status == http.StatusOK && !s.elsewhere && isPage(res.Header.Get("Content-Type")) {
		l.reading <- struct{}{}
		defer func() { <-l.reading }()
		s.facts = webpage.Read(res.Body, res.Header.Get("Content-Type"), res.URL)
	}
	return s, nil
}

// leftFor says that redirects led to another site, or to the blog's home page, where many servers send whoever asks for what is gone.
func leftFor(b Blog, asked, answered string) bool {
	at := pageurl.Normalise(answered)
	if at == pageurl.Normalise(asked) {
		return false
	}
	return pageurl.Host(answered) != pageurl.Host(asked) || at == pageurl.Normalise(b.SiteURL) || at == pageurl.Host(answered)
}

// isPage: a server that does not name a type may still mean HTML.
func isPage(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return contentType == "" || err == nil && (kind == "text/html" || kind == "application/xhtml+xml")
}
