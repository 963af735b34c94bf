package demo

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/server/web"
)

// What the sample blog holds at most; its forms are open to whoever sits at this computer.
const (
	maxEntries = 100
	maxTitle   = 200       // characters
	maxHTML    = 64 * 1024 // bytes
)

// Entry is one post of the sample blog.
type Entry struct {
	Slug, Title, HTML     string
	PublishedAt, EditedAt time.Time // EditedAt is zero until the first edit
}

// Blog is the sample blog: pages, a feed, and two forms that change the feed. It knows nothing of
// the fediverse, as the blogs that Bloghorn is made for know nothing of it; the widget's script is
// all that they share.
type Blog struct {
	options Options
	handler http.Handler

	mu      sync.Mutex
	entries []Entry // newest first
	written int     // entries published since the start
}

// NewBlog makes the sample blog with its three posts. It serves its feed even before Options.Actor
// exists.
func NewBlog(o Options) *Blog {
	b := &Blog{options: o.withDefaults()}
	b.entries = firstEntries(b.options.Now())
	b.handler = b.routes()
	return b
}

// ServeHTTP serves the blog.
func (b *Blog) ServeHTTP(w http.ResponseWriter, r *http.Request) { b.handler.ServeHTTP(w, r) }

// FeedURL is where the feed is.
func (b *Blog) FeedURL() string { return b.options.BlogURL + "/feed.xml" }

// URL is the address of an entry's page.
func (b *Blog) URL(e Entry) string { return b.options.BlogURL + "/" + e.Slug + "/" }

// Entries are the posts, newest first.
func (b *Blog) Entries() []Entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Entry(nil), b.entries...)
}

// Publish adds a post; the feed has it at once.
func (b *Blog) Publish(title, html string) (Entry, error) {
	title, err := checkEntry(title, html)
	if err != nil {
		return Entry{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.entries) >= maxEntries {
		return Entry{}, fmt.Errorf("%w: the demo keeps %d posts; restart it to begin again", web.ErrTooMany, maxEntries)
	}
	e := Entry{Slug: b.freeSlug(title), Title: title, HTML: html, PublishedAt: b.options.Now()}
	b.entries = append([]Entry{e}, b.entries...)
	b.written++
	return e, nil
}

// Edit changes a post; the feed has it at once.
func (b *Blog) Edit(slug, title, html string) (Entry, error) {
	title, err := checkEntry(title, html)
	if err != nil {
		return Entry{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.entries {
		if e := &b.entries[i]; e.Slug == slug {
			e.Title, e.HTML, e.EditedAt = title, html, b.options.Now()
			return *e, nil
		}
	}
	return Entry{}, fmt.Errorf("%w: the blog has no post %q", web.ErrNotFound, slug)
}

func (b *Blog) entry(slug string) (Entry, error) {
	for _, e := range b.Entries() {
		if e.Slug == slug {
			return e, nil
		}
	}
	return Entry{}, fmt.Errorf("%w: the blog has no post %q", web.ErrNotFound, slug)
}

// draft is what the form proposes to publish next.
func (b *Blog) draft() Entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	return spareEntries[b.written%len(spareEntries)]
}

func checkEntry(title, html string) (string, error) {
	title = strings.Join(strings.Fields(title), " ")
	switch {
	case title == "" || strings.TrimSpace(html) == "":
		return "", fmt.Errorf("%w: a post needs a title and a text", web.ErrUnusable)
	case len([]rune(title)) > maxTitle || len(html) > maxHTML:
		return "", fmt.Errorf("%w: a title has at most %d characters, a text %d bytes", web.ErrUnusable, maxTitle, maxHTML)
	}
	return title, nil
}

// freeSlug makes the last part of a new address; the caller holds the lock.
func (b *Blog) freeSlug(title string) string {
	taken := map[string]bool{"static": true, "feed": true}
	for _, e := range b.entries {
		taken[e.Slug] = true
	}
	base := slugOf(title)
	slug := base
	for n := 2; taken[slug]; n++ {
		slug = base + "-" + strconv.Itoa(n)
	}
	return slug
}

// slugOf keeps the ASCII letters and digits of a title: "Fog, with biscuits" becomes
// "fog-with-biscuits".
func slugOf(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	slug := strings.Join(words, "-")
	if slug == "" {
		return "post"
	}
	return strings.Trim(slug[:min(len(slug), 60)], "-")
}
