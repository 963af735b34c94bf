package widget

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	maxURL       = 2048             // bytes of an address asked for
	rememberPost = 30 * time.Second // how long a page's address is believed to be that of the same post
)

// asked is what a reader asked for, with the post found.
type asked struct {
	found   time.Time    // when it was read which posts are at the address
	copies  []feeds.Copy // of the page in the blogs of this server
	post    feeds.Post   // the first of them, which a reader answers
	blog    feeds.Blog
	url     string // of the post; as asked where it has none
	name    string // blog=, as asked
	cursor  thread.Cursor
	heading string      // "1" to "6" or "none"
	answers bool        // one reply shall be answered
	reply   database.ID // which; 0 if there is none of that name
}

// where names a page and, where the address is not enough, its blog.
type where struct{ url, blog string }

// place is a found page.
type place struct {
	copies []feeds.Copy
	at     time.Time // when it was read, by the clock of the handlers
	read   time.Time // the same by that of this process, which feeds.UnchangedSince goes by
}

// ask reads the parameters and finds the post. Unknown parameters are ignored, as a page's tracking
// code may add some.
func (h *Handlers) ask(ctx context.Context, values url.Values) (asked, error) {
	a := asked{url: strings.TrimSpace(values.Get("url")), name: values.Get("blog"), heading: "2", answers: values.Get("reply") != ""}
	a.reply, _ = database.ParseID(values.Get("reply"))
	if level := values.Get("heading"); level == "none" || len(level) == 1 && level >= "1" && level <= "6" {
		a.heading = level
	}
	switch {
	case a.url == "":
		return a, fmt.Errorf("%w: name the page in ?url=, for instance ?url=https://blog.example/a-post", web.ErrInvalid)
	case len(a.url) > maxURL:
		return a, fmt.Errorf("%w: an address has at most %d bytes here", web.ErrInvalid, maxURL)
	}
	var err error
	if a.cursor, err = thread.ParseCursor(values.Get("cursor")); err != nil {
		return a, err
	}
	found, err := h.find(ctx, where{a.url, a.name})
	if errors.Is(err, database.ErrNotFound) {
		return a, fmt.Errorf("%w: no post is known at %s. Comments open when the blog's feed has been read with the post in it; "+
			"if it is there already, compare the address with the link in the feed", web.ErrNotFound, a.url)
	}
	if err != nil {
		return a, err
	}
	a.found = found.read
	a.copies, a.post, a.blog = found.copies, found.copies[0].Post, found.copies[0].Blog
	a.url = cmp.Or(a.post.URL, a.url) // one spelling for all, or every one of them would be rendered and kept
	return a, nil
}

// find looks a page up, in memory first.
func (h *Handlers) find(ctx context.Context, page where) (place, error) {
	h.open()
	if known, ok := h.places.get(page); ok && h.now().Sub(known.at) < rememberPost {
		return known, nil
	}
	read := time.Now()
	copies, err := feeds.FindCopies(ctx, h.DB, page.url, page.blog)
	if err != nil {
		return place{}, err
	}
	found := place{copies, h.now(), read}
	size := len(page.url) + len(page.blog)
	for i, c := range copies {
		copies[i].Post.Content = feeds.Post{}.Content // never shown here, and a thousand of them are a lot of memory
		size += 1<<10 + len(c.Post.URL) + len(c.Post.Title) + len(c.Post.Teaser) + len(c.Blog.Title) + len(c.Blog.Summary)
	}
	h.places.put(page, found, size)
	return found, nil
}

func (h *Handlers) now() time.Time {
	if h.Now == nil {
		return time.Now()
	}
	return h.Now()
}

func postsOf(copies []feeds.Copy) []string {
	ids := make([]string, len(copies))
	for i, c := range copies {
		ids[i] = c.Post.ID
	}
	return ids
}

// handles are those of the blogs that have the page: answers begin with one of them.
func (a asked) handles() []string {
	all := make([]string, len(a.copies))
	for i, c := range a.copies {
		all[i] = c.Blog.Handle()
	}
	return all
}

// threadURL is the address of a thread's own page. A further parameter, "" for none, and its value
// lead to the form for one reply or to a later page.
func (a asked) threadURL(parameter, value string) string {
	query := url.Values{"url": {a.url}}
	if a.name != "" {
		query.Set("blog", a.name)
	}
	if parameter != "" {
		query.Set(parameter, value)
	}
	return a.blog.BaseURL + "/thread?" + query.Encode()
}
