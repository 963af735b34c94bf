package cli

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
)

// weatherSite is one blog of the simulated world: what its author did, and how its engine tells it today.
type weatherSite struct {
	n      int
	host   string // of the pages, today
	blog   feeds.Blog
	random *rand.Rand
	rhythm weatherRhythm
	moods  []string // what happens to it, one after another
	past   []string // what has happened, with its day
	next   time.Time
	change time.Time // when the next mood begins

	posts  []*weatherPost // newest first, deleted ones too
	window int            // items of the feed

	// How it is told.
	title, scheme, guids, footer string
	mood                         string
	until                        time.Time         // the mood's end
	moved                        bool              // the old host redirects
	renamed                      map[string]string // slugs that lead to others
	changes                      int               // of all posts at once
	stale                        []byte            // what a forgetful cache may still serve

	asked []time.Time // when its feed was asked
	quiet time.Time   // Retry-After
	hooks int         // calls of its deploy hook
	rude  []string    // requests that came too early
}

// weatherPost is the world's own record of a post.
type weatherPost struct {
	site        *weatherSite
	n, revision int
	slug, title string
	words       []string
	author      string
	date        time.Time
	isHistory   bool
	servedAt    time.Time // when the feed first told of it
	editedAt    time.Time
	editServed  time.Time // when the feed first told of the last edit
	edits       int
	removed     bool // from the feed
	removedAt   time.Time
	page        int // status of its page
	backAt      time.Time
}

// weatherRhythm is how a blog publishes.
type weatherRhythm struct {
	name             string
	every, more      time.Duration // between two times, and up to so much more
	most             int           // posts at a time
	words            int
	window           int
	untitled, author bool
	undated          bool
}

var weatherRhythms = []weatherRhythm{
	{name: "daily", every: 20 * time.Hour, more: 8 * time.Hour, most: 1, words: 80, window: 10},
	{name: "weekly", every: 6 * 24 * time.Hour, more: 48 * time.Hour, most: 1, words: 120, window: 20},
	{name: "bursts", every: 60 * time.Hour, more: 30 * time.Hour, most: 3, words: 60, window: 15},
	{name: "dormant", every: 18 * 24 * time.Hour, more: 9 * 24 * time.Hour, most: 1, words: 60, window: 10},
	{name: "notes", every: 5 * time.Hour, more: 8 * time.Hour, most: 1, words: 18, window: 20, untitled: true},
	{name: "many authors", every: 14 * time.Hour, more: 10 * time.Hour, most: 2, words: 70, window: 12, author: true},
	{name: "undated", every: 24 * time.Hour, more: 24 * time.Hour, most: 1, words: 60, window: 10, undated: true},
	{name: "one item", every: 48 * time.Hour, more: 24 * time.Hour, most: 1, words: 60, window: 1},
}

var weatherWords = strings.Fields(`leaf kettle steam copper morning window letter garden river stone amber smoke paper basket silver winter
	orchard bread salt candle thread meadow lantern harbour pepper violin barrel feather marble saddle thimble walnut ladder button anchor
	blanket cellar dragon engine forest guitar hammer island jacket kitten lemon mirror needle oyster pencil quarry ribbon shovel tunnel`)

// mark finds the post in whatever is told of it.
func (p *weatherPost) mark() string { return fmt.Sprintf("zq%dx%dz", p.site.n, p.n) }

func (p *weatherPost) version() string { return fmt.Sprintf("%s rev%dk", p.mark(), p.revision) }

func (p *weatherPost) url() string { return p.site.scheme + p.site.host + "/" + p.slug + "/" }

func (p *weatherPost) body() string {
	return fmt.Sprintf("<p>%s %s</p>%s", p.version(), strings.Join(p.words, " "), p.site.footer)
}

// write adds a post.
func (s *weatherSite) write(at time.Time) *weatherPost {
	p := &weatherPost{site: s, n: len(s.posts), slug: fmt.Sprintf("post-%d", len(s.posts)), date: at, page: http.StatusOK}
	for range s.rhythm.words/2 + s.random.IntN(s.rhythm.words) {
		p.words = append(p.words, weatherWords[s.random.IntN(len(weatherWords))])
	}
	if !s.rhythm.untitled {
		p.title = fmt.Sprintf("The %s and the %s", weatherWords[s.random.IntN(len(weatherWords))], p.words[0])
	}
	if s.rhythm.author {
		p.author = []string{"Ada", "Bo", "Cleo"}[s.random.IntN(3)]
	}
	if s.mood == "clock skew" {
		p.date = at.Add(time.Duration(s.random.IntN(10*60)-5*60) * time.Minute)
	}
	s.posts = append([]*weatherPost{p}, s.posts...)
	return p
}

// edit changes a post as authors do.
func (p *weatherPost) edit(now time.Time) {
	p.revision++
	p.edits++
	p.editedAt, p.editServed = now, time.Time{}
	p.words[p.site.random.IntN(len(p.words))] = weatherWords[p.site.random.IntN(len(weatherWords))]
}

// listed are the posts of the feed.
func (s *weatherSite) listed() (all []*weatherPost) {
	for _, p := range s.posts {
		if !p.removed && len(all) < s.window {
			all = append(all, p)
		}
	}
	return all
}

// feed is what the engine makes of it now, and what is in it.
func (s *weatherSite) feed() (text string, items []*weatherPost) {
	items = s.listed()
	switch s.mood {
	case "order flips":
		s.random.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	case "truncated":
		items = items[:min(len(items), 3)]
	case "emptied":
		items = nil
	}
	switch s.n % 3 {
	case 0:
		return s.rss(items), items
	case 1:
		return s.atom(items), items
	}
	return s.json(items), items
}

// told is a post as today's feed has it.
func (s *weatherSite) told(p *weatherPost) (guid, link, body string) {
	link, body = p.url(), p.body()
	switch s.mood {
	case "view counters":
		body += fmt.Sprintf("<p>%d views, %d comments</p>", 10+s.random.IntN(5000), s.random.IntN(9))
	case "nonces":
		body = fmt.Sprintf(`<div class="post %d">%s<script nonce="%[1]d"></script><img src="https://pixel.test/%[1]d.gif" width="1" height="1"></div>`, s.random.Int(), body)
	case "tracking":
		link += fmt.Sprintf("?utm_source=feed%d&utm_medium=rss", s.random.IntN(1000))
	}
	guid = fmt.Sprintf("%s%d-%d", s.guids, s.n, p.n)
	if s.guids == "" {
		guid = p.url()
	}
	return guid, link, body
}

func (s *weatherSite) rss(items []*weatherPost) string {
	var out strings.Builder
	fmt.Fprintf(&out, `<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>%s</title><link>%s%s/</link><language>en</language>`, s.title, s.scheme, s.host)
	for _, p := range items {
		guid, link, body := s.told(p)
		fmt.Fprintf(&out, `<item><guid>%s</guid><link>%s</link><title>%s</title>`, escapeXML(guid), escapeXML(link), p.title)
		if !s.rhythm.undated {
			fmt.Fprintf(&out, "<pubDate>%s</pubDate>", p.date.UTC().Format(time.RFC1123Z))
		}
		fmt.Fprintf(&out, `<dc:creator>%s</dc:creator><description>%s</description></item>`, p.author, escapeXML(body))
	}
	return out.String() + "</channel></rss>"
}

func (s *weatherSite) atom(items []*weatherPost) string {
	var out strings.Builder
	fmt.Fprintf(&out, `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>%s</title><link href="%s%s/"/>`, s.title, s.scheme, s.host)
	for _, p := range items {
		guid, link, body := s.told(p)
		fmt.Fprintf(&out, `<entry><id>%s</id><link href="%s"/><title>%s</title>`, escapeXML(guid), escapeXML(link), p.title)
		if !s.rhythm.undated {
			fmt.Fprintf(&out, "<published>%s</published>", p.date.UTC().Format(time.RFC3339))
		}
		fmt.Fprintf(&out, `<author><name>%s</name></author><content type="html">%s</content></entry>`, p.author, escapeXML(body))
	}
	return out.String() + "</feed>"
}

func (s *weatherSite) json(items []*weatherPost) string {
	all := []map[string]any{}
	for _, p := range items {
		guid, link, body := s.told(p)
		one := map[string]any{"id": guid, "url": link, "title": p.title, "content_html": body, "authors": []any{map[string]any{"name": p.author}}}
		if !s.rhythm.undated {
			one["date_published"] = p.date.UTC().Format(time.RFC3339)
		}
		all = append(all, one)
	}
	text, _ := json.Marshal(map[string]any{
		"version": "https://jsonfeed.org/version/1.1", "title": s.title, "home_page_url": s.scheme + s.host + "/", "language": "en", "items": all,
	})
	return string(text)
}
