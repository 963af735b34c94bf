package webpage

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"net/url"
	"time"

	"golang.org/x/net/html"

	"github.com/bloghorn/bloghorn/feeds/charset"
)

const (
	maxBody  = 2 << 20 // bytes of a page that are read
	maxNodes = 50_000  // of a page that has a text; long posts have some 5,000
)

// Facts are what a page says of itself. All are empty where it does not say, or nothing that can be
// used.
type Facts struct {
	Title       string    // plain text, at most 500 characters
	Description string    // plain text, at most 2,000 characters
	Canonical   string    // the page's own address, absolute
	ImageURL    string    // absolute
	ImageAlt    string    // plain text, at most 1,500 characters
	Language    string    // as it is written: "en-GB", "en_GB", or nonsense
	Author      string    // plain text, at most 200 characters; never an address
	PublishedAt time.Time // UTC
	ModifiedAt  time.Time // UTC

	Article    string   // the main text as raw HTML, at most 1 MiB: sanitise it
	Base       *url.URL // what relative addresses in it stand on
	Text       string   // the same as plain text, without what a page changes by itself
	TextDigest [sha256.Size]byte
}

// Read reads a page. contentType is the HTTP header's value, at is where the page came from, which
// relative addresses stand on; nil if unknown. It never fails: what cannot be read has no facts.
func Read(body []byte, contentType string, at *url.URL) (facts Facts) {
	defer func() {
		if recover() != nil { // a bug of a library's; there is nobody to tell but its authors
			facts = Facts{}
		}
	}()
	if at == nil {
		at = &url.URL{}
	}
	text := charset.Decode(body[:min(len(body), maxBody)], contentType)
	doc, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		return Facts{} // nested too deep
	}
	s := survey{base: at, meta: map[string]string{}}
	s.walk(doc, place{})
	facts = s.facts()
	facts.Base = s.base
	if s.nodes <= maxNodes {
		facts.readText(doc, at)
	}
	return facts
}

// facts are what the survey has found, the best source first.
func (s *survey) facts() Facts {
	ld := s.linked()
	return Facts{
		Title:       line(cmp.Or(s.meta["og:title"], s.heading, s.title), 500),
		Description: line(cmp.Or(s.meta["og:description"], s.meta["description"]), 2000),
		Canonical:   absolute(s.base, cmp.Or(s.canonical, s.meta["og:url"])),
		ImageURL:    absolute(s.base, cmp.Or(s.meta["og:image:secure_url"], s.meta["og:image"], s.meta["og:image:url"], s.meta["twitter:image"])),
		ImageAlt:    line(cmp.Or(s.meta["og:image:alt"], s.meta["twitter:image:alt"]), 1500),
		Language:    line(cmp.Or(s.language, s.meta["og:locale"]), 35),
		Author:      cmp.Or(name(s.meta["author"]), name(s.meta["article:author"]), name(ld.author), name(s.author)),
		PublishedAt: firstTime(s.meta["article:published_time"], ld.published, s.published),
		ModifiedAt:  firstTime(s.meta["article:modified_time"], s.meta["og:updated_time"], ld.modified, s.updated),
	}
}
