package feeds_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

const wordpressHead = `<!DOCTYPE html><html lang="en-GB"><head><title>Tea &amp; more</title>
<link rel="apple-touch-icon" href="/icon.png"><link rel="stylesheet" type="text/css" href="/x.css">
<link rel="alternate" type="application/json" href="https://tea.example/wp-json/wp/v2/pages/1">
<link rel="alternate" hreflang="de" href="https://tea.example/de/">
<link rel="alternate" type="application/rss+xml" title="Tea &raquo; Comments Feed" href="https://tea.example/comments/feed/">
<link rel="alternate" type="application/rss+xml" title="Tea &raquo; Feed" href="/feed/">
<link rel="alternate" type="application/atom+xml" href="/atom"></head><body>`

func TestFeedIsDiscovered(t *testing.T) {
	feed := page{body: rss(post(2), post(1))}
	html := page{body: wordpressHead, header: map[string]string{"Content-Type": "text/html; charset=utf-8"}}
	bare := page{body: "<!doctype html><title>Bare</title>"}
	for name, c := range map[string]struct {
		pages map[string]page
		from  string
		want  string
		asked int
	}{
		"the feed itself": {map[string]page{feedURL: feed}, feedURL, feedURL, 1},
		"without scheme":  {map[string]page{feedURL: feed}, "tea.example/feed.xml", feedURL, 1},
		"feed: scheme":    {map[string]page{feedURL: feed}, "feed://tea.example/feed.xml", feedURL, 1},
		"this machine": {
			map[string]page{"http://127.0.0.1:8486/feed": feed},
			"127.0.0.1:8486/feed", "http://127.0.0.1:8486/feed", 1,
		},
		"linked by the page": {
			map[string]page{"https://tea.example": html, "https://tea.example/feed/": feed},
			" tea.example ", "https://tea.example/feed/", 2,
		},
		"a slash too few": {
			map[string]page{"https://tea.example": html, "https://tea.example/feed/": feed},
			"https:/tea.example", "https://tea.example/feed/", 2,
		},
		"second link works": {
			map[string]page{"https://tea.example": html, "https://tea.example/atom": feed},
			"https://tea.example", "https://tea.example/atom", 3,
		},
		"common path": {
			map[string]page{"https://tea.example/": bare, "https://tea.example/index.xml": feed},
			"https://tea.example/", "https://tea.example/index.xml", 6,
		},
		"below a folder": {
			map[string]page{"https://a.example/~tea": bare, "https://a.example/~tea/feed.xml": feed},
			"https://a.example/~tea", "https://a.example/~tea/feed.xml", 3,
		},
		"beside a file": {
			map[string]page{"https://a.example/t/index.html": bare, "https://a.example/t/feed": feed},
			"https://a.example/t/index.html", "https://a.example/t/feed", 2,
		},
		"moved for ever": {
			map[string]page{feedURL: {status: 301, header: map[string]string{"Location": "/new"}}, "https://tea.example/new": feed},
			feedURL, "https://tea.example/new", 2,
		},
		"elsewhere for a while": {
			map[string]page{feedURL: {status: 302, header: map[string]string{"Location": "/new"}}, "https://tea.example/new": feed},
			feedURL, feedURL, 2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := &network{pages: c.pages}
			found, err := fetch.Discover(t.Context(), n.client(), c.from)
			if err != nil || found.FeedURL != c.want {
				t.Fatalf("%q, %v", found.FeedURL, err)
			}
			if len(n.asked()) != c.asked {
				t.Errorf("asked %v", n.asked())
			}
			if found.Format != "RSS 2.0" || found.Title != "Tea" || found.Items != 2 || found.SiteURL != "https://tea.example/" ||
				found.NewestTitle != "Cup 2" {
				t.Errorf("%+v", found)
			}
		})
	}
}

func TestPageFillsWhatTheFeedDoesNotSay(t *testing.T) {
	n := &network{}
	n.set("https://tea.example/", page{body: wordpressHead})
	n.set("https://tea.example/feed/", page{body: `<rss version="2.0"><channel></channel></rss>`})
	found, err := fetch.Discover(t.Context(), n.client(), "https://tea.example/")
	if err != nil {
		t.Fatal(err)
	}
	if found.Title != "Tea & more" || found.Language != "en-GB" || found.ImageURL != "https://tea.example/icon.png" ||
		found.SiteURL != "https://tea.example/" || found.Items != 0 {
		t.Errorf("%+v", found)
	}
	if len(found.Ignored) != 1 || !strings.Contains(found.Ignored[0], "comments") {
		t.Errorf("ignored %v", found.Ignored)
	}
}

func TestDiscoveryThatFailsSaysWhyAndStops(t *testing.T) {
	bare := page{body: "<!doctype html><title>Bare</title>"}
	many := page{body: "<!doctype html>"}
	for i := range 40 {
		many.body += fmt.Sprintf(`<link rel=alternate type=application/rss+xml href=/%d>`, i)
	}
	for name, c := range map[string]struct {
		page page
		says string
	}{
		"no feed":          {bare, "E108 No feed was found"},
		"only broken ones": {many, "E107 The page https://tea.example/ names a feed, but it cannot be read: E101"},
		"not there":        {page{status: 404}, "E101 The address https://tea.example/ answered 404 Not Found. Nothing is there: the address is mistyped"},
		"a picture":        {page{body: "\x89PNG\r\n"}, "E106"},
		"other JSON":       {page{body: "{}"}, "no JSON Feed"},
	} {
		n := &network{}
		n.set("https://tea.example/", c.page)
		_, err := fetch.Discover(t.Context(), n.client(), "https://tea.example/")
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
		if len(n.asked()) > 8 {
			t.Errorf("%s: %d requests", name, len(n.asked()))
		}
	}
	for mistyped, says := range map[string]string{
		"ftp://tea.example": `the scheme is "ftp"`, "https://tea example": `invalid character " " in host name`, "http://": "it names no host",
	} {
		_, err := fetch.Discover(t.Context(), (&network{}).client(), mistyped)
		if err == nil || !strings.HasPrefix(err.Error(), "E111 The address ") || !strings.Contains(err.Error(), " cannot be asked: "+says+". Look for a typing error.") {
			t.Errorf("%s: %v", mistyped, err)
		}
	}
	if _, err := fetch.Discover(t.Context(), (&network{}).client(), " "); err == nil || !strings.HasPrefix(err.Error(), "E111 No address was given.") {
		t.Errorf("no address: %v", err)
	}
	for _, nonsense := range []string{"", "::", "http://", "ftp://tea.example", "file:///etc/passwd", "https://user:pass@tea.example/"} {
		if _, err := fetch.Discover(t.Context(), (&network{}).client(), nonsense); err == nil || strings.Contains(err.Error(), "pass@") {
			t.Errorf("%q: %v", nonsense, err)
		}
	}
}

func TestBlogIsAddedWholeOrNotAtAll(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		net := &network{}
		net.set(feedURL, page{body: rss(post(2), post(1))})
		found, err := fetch.Discover(t.Context(), net.client(), feedURL)
		if err != nil {
			t.Fatal(err)
		}
		keyless := errors.New("no key could be made")
		fail := func(context.Context, *database.Tx, feeds.Blog) error { return keyless }
		n := feeds.NewBlog{Found: found, BaseURL: "https://fedi.example"}
		if _, err := feeds.Add(t.Context(), db, n, start, fail); !errors.Is(err, keyless) {
			t.Errorf("%v", err)
		}
		if blogs, err := feeds.ListBlogs(t.Context(), db, 0, 10); err != nil || len(blogs) != 0 {
			t.Errorf("%v, %v", blogs, err)
		}
		for _, bad := range []feeds.NewBlog{
			{Found: found, BaseURL: "fedi.example"},
			{Found: found, BaseURL: "https://fedi.example/?x"},
			{Found: found, BaseURL: "https://fedi.example", Username: "a b"},
			{Found: found, BaseURL: "https://fedi.example", HandleHost: "a/b"},
			{BaseURL: "https://fedi.example"},
		} {
			if _, err := feeds.Add(t.Context(), db, bad, start, nil); !errors.Is(err, web.ErrInvalid) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		b, err := feeds.Add(t.Context(), db, feeds.NewBlog{Found: found, BaseURL: "http://localhost:8484/fedi/"}, start, nil)
		if err != nil || b.ActorID() != "http://localhost:8484/fedi/blogs/blog" || b.Acct() != "blog@localhost:8484" {
			t.Errorf("%+v, %v", b, err)
		}
		if n, err := feeds.CountPosts(t.Context(), db, b.ID); err != nil || n != 2 {
			t.Errorf("%d posts, %v", n, err)
		}
	})
}

func TestPostsArePagedNewestFirst(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		var entries []entry
		for i := range 25 {
			entries = append(entries, post(i).with(func(e *entry) { e.date = start.AddDate(0, 0, -i/3) })) // some at the same instant
		}
		w := newWorld(t, db, entries...)
		seen := map[string]bool{}
		var before *feeds.Post
		for range 4 {
			page, err := feeds.NewestPosts(t.Context(), db, w.blog.ID, before, 7)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range page {
				if before != nil && p.PublishedAt.After(before.PublishedAt) || seen[p.ID] {
					t.Errorf("%s is out of order", p.Title)
				}
				seen[p.ID], before = true, &p
			}
		}
		if n, err := feeds.CountAllPosts(t.Context(), db); len(seen) != 25 || n != 25 || err != nil {
			t.Errorf("%d of %d posts, %v", len(seen), n, err)
		}
	})
}
