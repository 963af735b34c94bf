package parser

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/bloghorn/bloghorn/feeds/charset"
)

// ErrNotFeed is wrapped by every error of Parse. What it adds says what came instead, for the owner
// of the blog.
var ErrNotFeed = errors.New("this is not a feed Bloghorn can read")

// Parse reads a feed of any kind. contentType is the HTTP header's value, "" if unknown; feedURL is
// where the body came from, which relative addresses stand on.
func Parse(body []byte, contentType, feedURL string) (*Feed, error) {
	at, _ := url.Parse(feedURL)
	f, err := parseText(charset.Decode(body, contentType), at)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotFeed, err)
	}
	return f, nil
}

func parseText(text []byte, at *url.URL) (f *Feed, err error) {
	defer Survive(&err)
	text = bytes.TrimSpace(text)
	switch {
	case len(text) == 0:
		return nil, errors.New("the answer is empty")
	case isHTML(text):
		return nil, ErrHTML
	case text[0] == '{' || text[0] == '[':
		return parseJSON(text, at)
	case text[0] != '<' && !bytes.Contains(text[:min(len(text), 4096)], []byte("<rss")):
		return nil, fmt.Errorf("it is neither XML nor JSON; it begins with %q", Cut(string(text[:min(len(text), 200)]), 40))
	}
	seen, err := inspect(text, at)
	if err != nil {
		return nil, explain(err)
	}
	return parseXML(seen, at)
}

var ErrHTML = errors.New("it is a web page (HTML)")

func isHTML(text []byte) bool {
	start := strings.ToLower(string(text[:min(len(text), 200)]))
	return strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html")
}

// explain turns an error of the pre-check into words for people who do not know XML by heart.
func explain(err error) error {
	var root *rootError
	switch {
	case errors.As(err, &root) && strings.EqualFold(root.name, "html"):
		return ErrHTML
	case strings.Contains(err.Error(), "unexpected EOF"):
		return fmt.Errorf("it is cut off before its end (%w)", err)
	}
	return err
}

// Survive turns a panic into an error: no feed may stop the others, whatever bug of ours or of a
// library it finds.
func Survive(err *error) {
	if failure := recover(); failure != nil {
		*err = fmt.Errorf("reading it failed inside Bloghorn, which is a bug worth reporting: %v", failure)
	}
}
