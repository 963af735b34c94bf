package fetch

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

// accept says what we can read, and that a page is better than nothing: discovery looks for links
// in it.
const accept = "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9, " +
	"application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, text/html;q=0.5, */*;q=0.1"

// Validators let a server answer that nothing has changed, and us see that nothing has.
type Validators struct {
	ETag, LastModified string
	Body               database.Digest
}

// ValidatorsOf are those of an answer with this header.
func ValidatorsOf(header http.Header) Validators {
	return Validators{ETag: short(header.Get("ETag"), maxETag), LastModified: short(header.Get("Last-Modified"), maxModified)}
}

// IsConditional reports whether a server can answer that nothing has changed.
func (v Validators) IsConditional() bool { return v.ETag != "" || v.LastModified != "" }

// AddTo makes a request conditional.
func (v Validators) AddTo(header http.Header) {
	if v.ETag != "" {
		header.Set("If-None-Match", v.ETag)
	}
	if v.LastModified != "" {
		header.Set("If-Modified-Since", v.LastModified)
	}
}

// Answer is what a server said to a request for a feed.
type Answer struct {
	Body        []byte
	ContentType string
	Charset     string     // how the body is read, by name; "" where every encoding reads it alike
	URL         *url.URL   // after redirects
	MovedTo     string     // the feed's new address, "" unless every redirect was permanent
	Seen        Validators // of this answer
	header      http.Header
	Feed        *parser.Feed // what the body says, once it was parsed
	Unchanged   bool         // 304, or a body that is known
	NotModified bool         // 304
}

// Failure is why there is nothing to read: a sentence for the blog's owner.
type Failure struct {
	words      string
	Status     int    // 0 where there was no answer
	RetryAfter string // the header of that name
	cause      error
}

func (f *Failure) Error() string { return f.words }
func (f *Failure) Unwrap() error { return f.cause }

// Feed asks for a feed, conditionally if it is known. Its errors are failures.
func Feed(ctx context.Context, client *safehttp.Client, address string, known Validators) (Answer, error) {
	header := http.Header{"Accept": {accept}}
	known.AddTo(header)
	res, err := client.Do(ctx, safehttp.Request{URL: address, Header: header, MaxBytes: maxFeed})
	if err != nil {
		return Answer{}, unreachable(address, err)
	}
	a := Answer{Body: res.Body, ContentType: res.Header.Get("Content-Type"), URL: res.URL, Seen: known, header: res.Header}
	if res.Moved {
		a.MovedTo = short(res.URL.String(), parser.MaxURL)
	}
	switch {
	case res.Status == http.StatusNotModified && known.IsConditional():
		a.Unchanged, a.NotModified = true, true
	case res.Status == http.StatusOK:
		a.Seen = ValidatorsOf(res.Header)
		a.Seen.Body = database.Hash(a.ContentType, string(res.Body))
		a.Unchanged = a.Seen.Body == known.Body
		if !a.Unchanged {
			a.Charset = charset.Used(a.Body, a.ContentType)
		}
	default:
		return Answer{}, refused(address, res)
	}
	return a, nil
}

// Parse reads the body as the feed at that address. Its error is a Failure.
func (a *Answer) Parse(address string) (err error) {
	if a.Feed, err = parser.Parse(a.Body, a.ContentType, a.URL.String()); err != nil {
		return &Failure{cause: err, words: fmt.Sprintf("E106 The answer of %s cannot be used: %v. Without a feed Bloghorn finds no posts. "+
			"Open the address in a browser, and check it with a feed validator.", Brief(address), err)}
	}
	return nil
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
		"Look whether it opens in a browser.", Brief(address), err)
	var name *net.DNSError
	switch {
	case errors.Is(err, safehttp.ErrScheme):
		_, why, _ := strings.Cut(err.Error(), safehttp.ErrScheme.Error()+": ")
		about = fmt.Sprintf("E111 The address %s cannot be asked: %s. Look for a typing error. The address of a blog or a feed is "+
			"written as https://blog.example/feed.xml.", Brief(address), why)
	case errors.As(err, &name) && name.IsNotFound:
		about = fmt.Sprintf("E102 No server has the name %q, so the address %s could not be reached: it is mistyped, or the domain is gone. "+
			"Posts appear only once it answers. Look whether it opens in a browser.", name.Name, Brief(address))
	case errors.Is(err, safehttp.ErrAddress):
		about = fmt.Sprintf("E103 The address %s leads into a private network. Bloghorn does not go there, "+
			"so that no stranger can use it to look around. If the blog is yours, allow it: --feed-allow-private %s, "+
			"or feed.allow_private in bloghorn.toml for good.", Brief(address), hostPort(address))
	case errors.Is(err, safehttp.ErrTooLarge):
		about = fmt.Sprintf("E104 The answer of %s is larger than %d MiB. Bloghorn reads no more of a feed. "+
			"Let the feed list fewer posts.", Brief(address), maxFeed>>20)
	case errors.Is(err, safehttp.ErrEncoding):
		about = fmt.Sprintf("E110 The address %s answered, but packed in a way that nobody asked for (%v). Bloghorn asks for gzip or "+
			"nothing. Look at the compression settings of the server, and at the cache before it: it must heed Accept-Encoding.",
			Brief(address), err)
	case errors.Is(err, context.DeadlineExceeded):
		about = fmt.Sprintf("E105 The address %s took too long to answer. Posts appear only once it does. "+
			"Look whether the server is overloaded.", Brief(address))
	}
	return &Failure{words: about, cause: err}
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
	return &Failure{
		words:      fmt.Sprintf("E101 The address %s answered %s. %s", Brief(address), status, why),
		Status:     res.Status,
		RetryAfter: res.Header.Get("Retry-After"),
	}
}

// Brief is an address for a message: the query of a private feed is its password.
func Brief(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "that was given"
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}

// Hub is the hub after an answer. Links in headers win over those in the feed (WebSub §4); a
// feed that was not read again has the hub it had, unless the headers name another.
func (a Answer) Hub(h parser.Hub) parser.Hub {
	if a.Feed != nil {
		h = a.Feed.Hub
	}
	inHeader := parser.HubInHeader(a.header, a.URL)
	return parser.Hub{URL: cmp.Or(inHeader.URL, h.URL), Topic: cmp.Or(inHeader.Topic, h.Topic)}.Whole()
}

// Hints are what is wished after an answer: a feed that was not read again wants what it wanted
// before.
func (a Answer) Hints(w parser.PollHints, now time.Time) parser.PollHints {
	if a.Feed != nil {
		w = a.Feed.Wishes
	}
	w.CacheUntil = time.Time{}
	if fresh := schedule.FreshFor(a.header, now); fresh > 0 {
		w.CacheUntil = now.Add(fresh)
	}
	return w
}
