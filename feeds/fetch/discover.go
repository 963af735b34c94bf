package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds/charset"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

// maxRequests is how many addresses discovery asks for in all.
const maxRequests = 8

// commonPaths are where engines put feeds that their pages do not link to.
var commonPaths = []string{"feed", "feed.xml", "rss.xml", "atom.xml", "index.xml", "feed.json"}

// Found is a feed that Discover found, read and ready for Add.
type Found struct {
	FeedURL, SiteURL   string
	Title, Description string
	Language, ImageURL string
	Format             string // "RSS 2.0", "Atom 1.0", "JSON Feed 1.1"
	Items              int
	Newest             time.Time // of the newest dated post; zero where none is dated
	NewestTitle        string
	Ignored            []string // feeds of the page that were left alone, with the reason: "https://blog.example/comments/feed (comments)"
	Guessed            bool     // no page names it: it was found at a usual place

	Feed   *parser.Feed
	Answer Answer
}

// Discover finds the feed that rawURL is or leads to: a feed, or the address of a site, with or
// without https://. It creates nothing, and asks for 8 addresses at most. Its errors are sentences
// for the owner.
func Discover(ctx context.Context, client *safehttp.Client, rawURL string) (Found, error) {
	if strings.TrimSpace(rawURL) == "" {
		return Found{}, &Failure{cause: safehttp.ErrScheme, words: "E111 No address was given. The address of a blog or a feed is written as https://blog.example/feed.xml."}
	}
	s := search{client: client, left: maxRequests}
	start := withScheme(rawURL)
	a, err := s.ask(ctx, start)
	if err != nil {
		return Found{}, err
	}
	if err = a.Parse(start); err == nil {
		return found(start, a, page{}), nil
	}
	p := readPage(charset.Decode(a.Body, a.ContentType), a.URL)
	p.feedsInHeader(a.header, a.URL)
	if !errors.Is(err, parser.ErrHTML) && len(p.feeds) == 0 {
		return Found{}, err
	}
	return s.fromPage(ctx, start, a, p)
}

// oneSlash is how an address begins of which a slash was forgotten. Browsers understand it.
var oneSlash = regexp.MustCompile(`^(?i)(https?:)/?\b`)

// withScheme takes addresses as people write them. An address of this machine is rarely served with
// TLS.
func withScheme(rawURL string) string {
	rawURL = strings.TrimSpace(rawURL)
	for _, prefix := range []string{"feed://", "feed:"} {
		rawURL = strings.TrimPrefix(rawURL, prefix)
	}
	rawURL = oneSlash.ReplaceAllString(rawURL, "$1//")
	if strings.Contains(rawURL, "://") {
		return parser.AddressOr(rawURL)
	}
	u, err := url.Parse("https://" + rawURL)
	if err != nil {
		return rawURL
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil || u.Hostname() == "localhost" {
		u.Scheme = "http"
	}
	return parser.AddressOr(u.String())
}

// search is one discovery under way.
type search struct {
	client *safehttp.Client
	left   int // requests
}

var errEnough = errors.New("enough addresses were asked")

func (s *search) ask(ctx context.Context, address string) (Answer, error) {
	if s.left == 0 {
		return Answer{}, errEnough
	}
	s.left--
	return Feed(ctx, s.client, address, Validators{})
}

// fromPage tries what the page links to, then what is common.
func (s *search) fromPage(ctx context.Context, start string, a Answer, p page) (Found, error) {
	var first error
	for i, address := range append(p.feeds, guesses(a.URL)...) {
		f, err := s.try(ctx, address, p)
		if err == nil {
			f.Guessed = i >= len(p.feeds)
			return f, nil
		}
		if ctx.Err() != nil {
			return Found{}, err
		}
		if first == nil && len(p.feeds) > 0 {
			first = err
		}
	}
	if first != nil {
		return Found{}, fmt.Errorf("E107 The page %s names a feed, but it cannot be read: %w", Brief(start), first)
	}
	return Found{}, &Failure{words: fmt.Sprintf("E108 No feed was found at %s: the page names none, and there is none at /%s. "+
		"Bloghorn reads posts from a feed only. Give the feed's own address, or turn feeds on in your blog's settings.",
		Brief(start), strings.Join(commonPaths, ", /"))}
}

func (s *search) try(ctx context.Context, address string, p page) (Found, error) {
	a, err := s.ask(ctx, address)
	if err != nil {
		return Found{}, err
	}
	if err := a.Parse(address); err != nil {
		return Found{}, err
	}
	return found(address, a, p), nil
}

// guesses are the common places below the page, or beside it if it is a file.
func guesses(u *url.URL) (addresses []string) {
	folder := *u
	folder.RawQuery, folder.RawPath = "", ""
	if !strings.HasSuffix(folder.Path, "/") && path.Ext(folder.Path) == "" {
		folder.Path += "/"
	}
	for _, name := range commonPaths {
		addresses = append(addresses, parser.Join(&folder, name).String())
	}
	return addresses
}

// found is a feed with the gaps filled from the page that led to it.
func found(address string, a Answer, p page) Found {
	feed := a.Feed
	f := Found{
		FeedURL:     address,
		SiteURL:     feed.SiteURL,
		Title:       feed.Title,
		Description: feed.Description,
		Language:    feed.Language,
		ImageURL:    feed.ImageURL,
		Format:      feed.Format,
		Items:       feed.Len(),
		Ignored:     p.ignored,
		Feed:        feed,
		Answer:      a,
	}
	f.Answer.Body = nil
	if a.MovedTo != "" {
		f.FeedURL = a.MovedTo
	}
	for _, it := range feed.Items {
		if it.PublishedAt.After(f.Newest) {
			f.Newest, f.NewestTitle = it.PublishedAt, it.Title
		}
	}
	f.fillFrom(p, a.URL)
	return f
}

// feedsInHeader offers to p what a page's Link header names.
func (p *page) feedsInHeader(header http.Header, base *url.URL) {
	for _, l := range parser.LinksIn(strings.Join(header.Values("Link"), ",")) {
		p.offer(l.Rel, l.Kind, l.Title, parser.Address(base, l.Href))
	}
}
