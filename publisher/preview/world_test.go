package preview_test

import (
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/publisher/preview"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

var now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// host answers for one feed, as well-behaved servers do; a test makes it worse.
type host struct {
	address string
	header  map[string]string
	bodies  []string // one for each request, the last again and again
	asked   int
}

// goodHost is a host that does all right.
func goodHost(address, contentType, body string) *host {
	return &host{address: address, bodies: []string{body}, header: map[string]string{"Content-Type": contentType, "ETag": `"1"`}}
}

func (h *host) RoundTrip(r *http.Request) (*http.Response, error) {
	res := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Request: r}
	body := ""
	switch {
	case r.URL.String() != h.address:
		res.StatusCode = http.StatusNotFound
	case h.header["ETag"] != "" && r.Header.Get("If-None-Match") == h.header["ETag"]:
		res.StatusCode = http.StatusNotModified
	default:
		body = h.bodies[min(h.asked, len(h.bodies)-1)]
		h.asked++
	}
	for name, value := range maps.All(h.header) {
		res.Header.Set(name, value)
	}
	res.Body = io.NopCloser(strings.NewReader(body))
	return res, nil
}

// blog is who would publish.
var blog = feeds.Blog{
	Origin: "https://fedi.blog.example/blogs/blog", BaseURL: "https://fedi.blog.example", Username: "blog", HandleHost: "blog.example",
}

// look makes a preview of the host's feed.
func look(t testing.TB, h http.RoundTripper, address string, max int) preview.Preview {
	t.Helper()
	client := safehttp.New(safehttp.Options{UserAgent: "bloghorn/test", Transport: h})
	in, err := fetch.Inspect(t.Context(), client, address, 0)
	if err != nil {
		t.Fatal(err)
	}
	p, err := preview.Build(blog, in, max, now)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func textOf(t testing.TB, p preview.Preview, width int) string {
	t.Helper()
	var out strings.Builder
	if err := p.Text(&out, width); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func htmlOf(t testing.TB, p preview.Preview) string {
	t.Helper()
	var out strings.Builder
	if err := p.HTML(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// withPage is the host with a front page that names no feed.
type withPage struct{ *host }

// RoundTrip answers for the page.
func (w withPage) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.String() == "https://tea.example/" {
		body := io.NopCloser(strings.NewReader("<!doctype html><title>Tea</title>"))
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Request: r, Body: body}, nil
	}
	return w.host.RoundTrip(r)
}
