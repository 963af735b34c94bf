package feeds

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bloghorn/bloghorn/feeds/charset"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/feeds/schedule"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

const (
	maxFeed     = 10 << 20 // bytes, inflated
	maxETag     = 500
	maxModified = 100
)

// accept says what we can read, and that a page is better than nothing: discovery looks for links in it.
const accept = "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9, " +
	"application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, text/html;q=0.5, */*;q=0.1"

// validators let a server answer that nothing has changed, and us see that nothing has.
type validators struct {
	etag, lastModified string
	body               database.Digest
}

// answer is what a server said to a request for a feed.
type answer struct {
	body        []byte
	contentType string
	charset     string     // how the body is read, by name; "" where every encoding reads it alike
	url         *url.URL   // after redirects
	movedTo     string     // the feed's new address, "" unless every redirect was permanent
	seen        validators // of this answer
	header      http.Header
	feed        *parser.Feed // what the body says, once it was parsed
	leftOut     int          // items of the feed that the blog's rules do not choose
	unchanged   bool         // 304, or a body that is known
	notModified bool         // 304
}

// failure is why there is nothing to read: a sentence for the blog's owner.
type failure struct {
	words      string
	status     int    // 0 where there was no answer
	retryAfter string // the header of that name
	cause      error
}

func (f *failure) Error() string { return f.words }
func (f *failure) Unwrap() error { return f.cause }

// fetch asks for a feed, conditionally if it is known. Its errors are failures.
func fetch(ctx context.Context, client *safehttp.Client, address string, known validators) (answer, error) {
	header := http.Header{"Accept": {accept}}
	if known.etag != "" {
		header.Set("If-None-Match", known.etag)
	}
	if known.lastModified != "" {
		header.Set("If-Modified-Since", known.lastModified)
	}
	res, err := client.Do(ctx, safehttp.Request{URL: address, Header: header, MaxBytes: maxFeed})
	if err != nil {
		return answer{}, unreachable(address, err)
	}
	a := answer{body: res.Body, contentType: res.Header.Get("Content-Type"), url: res.URL, seen: known, header: res.Header}
	if res.Moved {
		a.movedTo = short(res.URL.String(), parser.MaxURL)
	}
	switch {
	case res.Status == http.StatusNotModified && (known.etag != "" || known.lastModified != ""):
		a.unchanged, a.notModified = true, true
	case res.Status == http.StatusOK:
		a.seen = validators{
			etag:         short(res.Header.Get("ETag"), maxETag),
			lastModified: short(res.Header.Get("Last-Modified"), maxModified),
			body:         database.Hash(a.contentType, string(res.Body)),
		}
		a.unchanged = a.seen.body == known.body
		if !a.unchanged {
			a.charset = charset.Used(a.body, a.contentType)
		}
	default:
		return answer{}, refused(address, res)
	}
	return a, nil
}

// short drops what no column holds. A validator that was cut would never match.
func short(value string, max int) string {
	if len(value) > max || !utf8.ValidString(value) { // MySQL takes no other text
		return ""
	}
	return value
}

// unreachable explains an error of the client.
func unreachable(address string, err error) error {
	about := fmt.Sprintf("E102 The address %s could not be reached (%v). Posts appear only once it answers. "+
		"Look whether it opens in a browser.", brief(address), err)
	var name *net.DNSError
	switch {
	case errors.Is(err, safehttp.ErrScheme):
		_, why, _ := strings.Cut(err.Error(), safehttp.ErrScheme.Error()+": ")
		about = fmt.Sprintf("E111 The address %s cannot be asked: %s. Look for a typing error. The address of a blog or a feed is "+
			"written as https://blog.example/feed.xml.", brief(address), why)
	case errors.As(err, &name) && name.IsNotFound:
		about = fmt.Sprintf("E102 No server has the name %q, so the address %s could not be reached: it is mistyped, or the domain is gone. "+
			"Posts appear only once it answers. Look whether it opens in a browser.", name.Name, brief(address))
	case errors.Is(err, safehttp.ErrAddress):
		about = fmt.Sprintf("E103 The address %s leads into a private network. Bloghorn does not go there, "+
			"so that no stranger can use it to look around. If the blog is yours, allow it: --feed-allow-private %s, "+
			"or feed.allow_private in bloghorn.toml for good.", brief(address), hostPort(address))
	case errors.Is(err, safehttp.ErrTooLarge):
		about = fmt.Sprintf("E104 The answer of %s is larger than %d MiB. Bloghorn reads no more of a feed. "+
			"Let the feed list fewer posts.", brief(address), maxFeed>>20)
	case errors.Is(err, safehttp.ErrEncoding):
		about = fmt.Sprintf("E110 The address %s answered, but packed in a way that nobody asked for (%v). Bloghorn asks for gzip or "+
			"nothing. Look at the compression settings of the server, and at the cache before it: it must heed Accept-Encoding.",
			brief(address), err)
	case errors.Is(err, context.DeadlineExceeded):
		about = fmt.Sprintf("E105 The address %s took too long to answer. Posts appear only once it does. "+
			"Look whether the server is overloaded.", brief(address))
	}
	return &failure{words: about, cause: err}
}

// hostPort is the host of an address with its port, as feed.allow_private has it.
func hostPort(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return "HOST:PORT"
	}
	return safehttp.HostPort(u)
}

// refused explains a status.
func refused(address string, res *safehttp.Response) error {
	why := "Posts appear only once it answers 200. Look at the server's log."
	switch {
	case res.Status == http.StatusUnauthorized, res.Status == http.StatusForbidden:
		why = `The blog's firewall may block unknown readers. Allow user agent "bloghorn".`
	case res.Status == http.StatusNotFound, res.Status == http.StatusGone:
		why = "Nothing is there: the address is mistyped, or the feed has moved or is gone. Look up its address on the blog."
	case res.Status == http.StatusTooManyRequests:
		why = "The server wants fewer requests. Bloghorn waits longer now; raise feed.poll_interval if this stays."
	case res.Status >= 500:
		why = "The blog's server is in trouble. Bloghorn tries again, less often each time."
	}
	status := strconv.Itoa(res.Status)
	if text := http.StatusText(res.Status); text != "" {
		status += " " + text
	}
	return &failure{
		words:      fmt.Sprintf("E101 The address %s answered %s. %s", brief(address), status, why),
		status:     res.Status,
		retryAfter: res.Header.Get("Retry-After"),
	}
}

// brief is an address for a message: the query of a private feed is its password.
func brief(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "that was given"
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}

// hubAfter is the hub after an answer. Links in headers win over those in the feed (WebSub §4); a
// feed that was not read again has the hub it had, unless the headers name another.
func hubAfter(a answer, h parser.Hub) parser.Hub {
	if a.feed != nil {
		h = a.feed.Hub
	}
	inHeader := parser.HubInHeader(a.header, a.url)
	return parser.Hub{URL: cmp.Or(inHeader.URL, h.URL), Topic: cmp.Or(inHeader.Topic, h.Topic)}.Whole()
}

// wishesAfter is what is wished after an answer: a feed that was not read again wants what it wanted before.
func wishesAfter(a answer, w parser.PollHints, now time.Time) parser.PollHints {
	if a.feed != nil {
		w = a.feed.Wishes
	}
	w.CacheUntil = time.Time{}
	if fresh := schedule.FreshFor(a.header, now); fresh > 0 {
		w.CacheUntil = now.Add(fresh)
	}
	return w
}
