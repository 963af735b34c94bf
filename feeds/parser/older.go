package parser

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/bloghorn/bloghorn/feeds/charset"
)

// OlderPage is the address of the page of older posts that a feed names, "" where it names none:
// prev-archive or next of Atom and RSS (RFC 5005 §3 and §4), next_url of JSON Feed, and for
// WordPress, which names nothing, the next value of its parameter paged.
func OlderPage(body []byte, contentType string, at *url.URL) (older string, err error) {
	defer Survive(&err)
	text := bytes.TrimSpace(charset.Decode(body, contentType))
	if len(text) > 0 && text[0] == '{' {
		var feed struct {
			NextURL JSONText `json:"next_url"`
		}
		err := json.Unmarshal(text, &feed)
		return Address(at, string(feed.NextURL)), err
	}
	seen, err := inspect(text, at)
	if err != nil {
		return "", err
	}
	links, err := walkLinks(seen.doc)
	switch {
	case err != nil:
		return "", err
	case links.archive != "":
		return Address(seen.base, links.archive), nil
	case links.next != "":
		return Address(seen.base, links.next), nil
	case strings.Contains(strings.ToLower(links.generator), "wordpress"):
		return nextPaged(at), nil
	}
	return "", nil
}

// feedLinks are what a feed says of itself, outside of its items.
type feedLinks struct{ archive, next, generator string }

// walkLinks reads a document that inspect has let through, so its depth and length are bounded.
func walkLinks(doc []byte) (found feedLinks, err error) {
	d := xml.NewDecoder(bytes.NewReader(doc))
	d.Strict = false
	d.CharsetReader = func(_ string, utf8 io.Reader) (io.Reader, error) { return utf8, nil }
	var path []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return found, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			path = append(path, strings.ToLower(t.Name.Local))
			if ofFeed(path) && path[len(path)-1] == "link" {
				found.link(t.Attr)
			}
		case xml.EndElement:
			path = path[:max(len(path)-1, 0)]
		case xml.CharData:
			if ofFeed(path) && path[len(path)-1] == "generator" {
				found.generator = Cut(found.generator+string(t), MaxTitle)
			}
		}
	}
}

// ofFeed says that an element describes the feed: it stands in feed, or in channel.
func ofFeed(path []string) bool {
	return len(path) == 2 && path[0] == "feed" || len(path) == 3 && path[1] == "channel"
}

func (f *feedLinks) link(attributes []xml.Attr) {
	switch l := linkOf(attributes); {
	case HasRelation(l.rel, "prev-archive"):
		f.archive = l.href
	case HasRelation(l.rel, "next"):
		f.next = l.href
	}
}

// nextPaged is the next page of a feed of WordPress; its first is the feed itself.
func nextPaged(at *url.URL) string {
	next, query := *at, at.Query()
	n, err := strconv.Atoi(query.Get("paged"))
	if err != nil || n < 1 {
		n = 1
	}
	query.Set("paged", strconv.Itoa(n+1))
	next.RawQuery = query.Encode()
	return next.String()
}
