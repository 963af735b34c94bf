package fetch

import (
	"bytes"
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/feeds/parser"
)

// page is what discovery needs of a web page.
type page struct {
	URL                   string
	title, language, icon string
	feeds                 []string // addresses, in the page's order, each once
	ignored               []string
}

var feedTypes = []string{
	"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "application/xml", "text/xml",
}

// aboutComments matches titles of feeds that list what readers wrote.
var aboutComments = regexp.MustCompile(`(?i)\b(?:comments|kommentar\w*|commentaires|comentarios|comentários|commenti|reacties)\b`)

// readPage reads the head of a page; at is where it came from.
func readPage(text []byte, at *url.URL) page {
	p := page{URL: at.String()}
	base := at
	z := html.NewTokenizer(bytes.NewReader(text))
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		switch t := z.Token(); t.Data {
		case "html":
			p.language = parser.Language(parser.Attr(t, "lang"))
		case "base":
			base = parser.Join(at, parser.Attr(t, "href"))
		case "title":
			if p.title == "" && z.Next() == html.TextToken {
				p.title = parser.Line(z.Token().Data, parser.MaxTitle)
			}
		case "link":
			p.link(t, base)
		}
	}
	return p
}

func (p *page) link(t html.Token, base *url.URL) {
	rel, target := parser.Attr(t, "rel"), parser.Address(base, parser.Attr(t, "href"))
	switch {
	case target == "":
	case parser.HasRelation(rel, "apple-touch-icon"):
		p.icon = target
	case parser.HasRelation(rel, "icon"):
		p.icon = cmp.Or(p.icon, target)
	default:
		p.offer(rel, parser.Attr(t, "type"), parser.Attr(t, "title"), target)
	}
}

// offer takes a link if it leads to a feed of posts.
func (p *page) offer(rel, kind, title, target string) {
	kind, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(kind)), ";")
	switch {
	case target == "" || slices.Contains(p.feeds, target):
	case !parser.HasRelation(rel, "alternate") && !parser.HasRelation(rel, "feed"):
	case !slices.Contains(feedTypes, kind) && !isJSONFeed(kind, target):
	case isComments(target, title):
		p.ignored = append(p.ignored, target+" (comments)")
	case len(p.feeds) < maxRequests:
		p.feeds = append(p.feeds, target)
	}
}

// isJSONFeed: version 1.0 had the type application/json, which WordPress gives to links of its API.
func isJSONFeed(kind, target string) bool {
	return kind == "application/json" && strings.HasSuffix(target, "feed.json")
}

func isComments(target, title string) bool {
	return strings.Contains(target, "/comments/") || strings.Contains(target, "feed=comments") || aboutComments.MatchString(title)
}

// fillFrom fills what the feed does not say; at is the feed's own address.
func (f *Found) fillFrom(p page, at *url.URL) {
	f.SiteURL = cmp.Or(f.SiteURL, p.URL, parser.Join(at, "/").String())
	f.Title = cmp.Or(f.Title, p.title, pageurl.Host(f.SiteURL))
	f.Language = cmp.Or(f.Language, p.language)
	f.ImageURL = cmp.Or(f.ImageURL, p.icon)
}
