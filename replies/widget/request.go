package widget

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	maxURL       = 2048             // bytes of an address asked for
	rememberPost = 30 * time.Second // how long a page's address is believed to be that of the same post
)

// asked is what a reader asked for, with the post found.
type asked struct {
	post    feeds.Post
	blog    feeds.Blog
	url     string // of the post; as asked where it has none
	name    string // blog=, as asked
	heading string // "1" to "6" or "none"
	reply   string // the reply that shall be answered
}

// where names a page and, where the address is not enough, its blog.
type where struct{ url, blog string }

// place is a found page.
type place struct {
	post feeds.Post
	blog feeds.Blog
	at   time.Time
}

// ask reads the parameters and finds the post. Unknown parameters are ignored, as a page's tracking code may add some.
func (h *Handlers) ask(w http.ResponseWriter, r *http.Request, values url.Values) (asked, error) {
	a := asked{url: strings.TrimSpace(values.Get("url")), name: values.Get("blog"), heading: "2", reply: values.Get("reply")}
	if level := values.Get("heading"); level == "none" || len(level) == 1 && level >= "1" && level <= "6" {
		a.heading = level
	}
	switch {
	case a.url == "":
		return a, fmt.Errorf("%w: name the page in ?url=, for instance ?url=https://blog.example/a-post", web.ErrInvalid)
	case len(a.url) > maxURL:
		return a, fmt.Errorf("%w: an address has at most %d bytes here", web.ErrInvalid, maxURL)
	}
	found, err := h.find(r.Context(), where{a.url, a.name})
	if web.Status(err) == http.StatusNotFound {
		w.Header().Set("Cache-Control", notFoundCache)
	}
	if errors.Is(err, database.ErrNotFound) {
		return a, fmt.Errorf("%w: no post is known at %s. Comments open when the blog's feed has been read with the post in it; "+
			"if it is there already, compare the address with the link in the feed", web.ErrNotFound, a.url)
	}
	a.post, a.blog = found.post, found.blog
	a.url = orElse(a.post.URL, a.url) // one spelling for all, or every one of them would be rendered and kept
	return a, err
}

// find looks a page up, in memory first.
func (h *Handlers) find(ctx context.Context, page where) (place, error) {
	if known, ok := h.places.get(page); ok && h.now().Sub(known.at) < rememberPost {
		return known, nil
	}
	post, blog, err := feeds.FindPost(ctx, h.DB, page.url, page.blog)
	if err != nil {
		return place{}, err
	}
	found := place{post, blog, h.now()}
	found.post.Content = feeds.Post{}.Content // never shown here, and a thousand of them are a lot of memory
	h.places.put(page, found, len(page.url)+len(post.Title)+len(post.Teaser))
	return found, nil
}

func (h *Handlers) now() time.Time {
	if h.Now == nil {
		return time.Now()
	}
	return h.Now()
}

// threadURL is the address of a thread's own page, or that for answering one reply.
func (a asked) threadURL(reply string) string {
	query := url.Values{"url": {a.url}}
	if a.name != "" {
		query.Set("blog", a.name)
	}
	if reply != "" {
		query.Set("reply", reply)
	}
	return a.blog.BaseURL + "/thread?" + query.Encode()
}
