package feeds

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

const (
	maxDepth    = 200     // of elements; feeds with XHTML inside reach 30
	maxElements = 500_000 // an extension element costs gofeed some 300 bytes
	maxRead     = 10_000  // items a parser is shown
)

const xmlNamespace = "http://www.w3.org/XML/1998/namespace"

// rootError says that a document is XML, but no feed.
type rootError struct{ name string }

func (e *rootError) Error() string {
	return fmt.Sprintf("its root element is <%s>, and a feed's is <rss>, <feed> or <rdf:RDF>", cut(e.name, 50))
}

// errNoElement says that a document has no root to judge.
var errNoElement = errors.New("it holds no XML element")

var baseAttribute = regexp.MustCompile(`\sxml:base\s*=`)

// element is an open element of the walk.
type element struct {
	name, space, lang string
	base              *url.URL // nil where no xml:base is in scope
	at                int64    // where its start tag begins
}

// guard walks through a document before a parser may see it. It refuses what is nested too deep, too large or cut off, and ends at the
// root's end tag, so that whatever a plugin appends does no harm.
type guard struct {
	doc      []byte
	decoder  *xml.Decoder
	path     []element
	elements int
	item     int    // depth of the open item, 0 where none is
	now      hint   // of the open item
	start    int64  // where the root begins
	cut      int64  // where an item too many would begin
	ends     string // the end tags that are missing there
	out      outline
}

// inspect walks through doc, which must be UTF-8, and masks its xml:base attributes for gofeed, which resolves them wrongly.
func inspect(doc []byte, feedURL *url.URL) (outline, error) {
	d := xml.NewDecoder(bytes.NewReader(doc))
	d.Strict = false
	d.CharsetReader = func(_ string, utf8 io.Reader) (io.Reader, error) { return utf8, nil }
	g := &guard{doc: doc, decoder: d}
	g.out.base = feedURL
	for {
		done, err := g.step(feedURL)
		if err != nil {
			return g.out, err
		}
		if done {
			g.out.doc = g.document()
			return g.out, nil
		}
	}
}

// step reads one token; done is true at the end of the root.
func (g *guard) step(feedURL *url.URL) (done bool, err error) {
	at := g.decoder.InputOffset()
	token, err := g.decoder.Token()
	if errors.Is(err, io.EOF) {
		return false, errNoElement
	}
	if err != nil {
		return false, err
	}
	switch t := token.(type) {
	case xml.StartElement:
		if len(g.path) == 0 {
			g.start = at
		}
		return false, g.open(t, at, feedURL)
	case xml.EndElement:
		g.close()
		return len(g.path) == 0, nil
	}
	return false, nil
}

func (g *guard) open(t xml.StartElement, at int64, feedURL *url.URL) error {
	if g.elements++; g.elements > maxElements {
		return fmt.Errorf("it has more than %d elements", maxElements)
	}
	if len(g.path) == maxDepth {
		return fmt.Errorf("its elements are nested more than %d deep", maxDepth)
	}
	e := element{name: strings.ToLower(t.Name.Local), space: t.Name.Space, at: at}
	if len(g.path) > 0 {
		above := g.path[len(g.path)-1]
		e.lang, e.base = above.lang, above.base
	} else if e.name != "rss" && e.name != "rdf" && e.name != "feed" {
		return &rootError{t.Name.Local}
	}
	for _, a := range t.Attr {
		if a.Name.Space != xmlNamespace {
			continue
		}
		switch a.Name.Local {
		case "lang":
			e.lang = a.Value
		case "base":
			e.base = join(cmp.Or(e.base, feedURL), a.Value)
			g.mask(at)
		}
	}
	g.path = append(g.path, e)
	g.note(e, t.Attr)
	return nil
}

func (g *guard) close() {
	ended := len(g.path) == g.item
	g.path = g.path[:len(g.path)-1]
	if !ended {
		return
	}
	g.item = 0
	g.out.items = append(g.out.items, g.now)
	if len(g.out.items) == maxRead {
		g.cut, g.ends = g.decoder.InputOffset(), g.endTags()
	}
}

// mask renames xml:base in the start tag that begins at the offset to something of the same length that nobody knows.
func (g *guard) mask(at int64) {
	tag := g.doc[at:g.decoder.InputOffset()]
	if name := baseAttribute.FindIndex(tag); name != nil {
		copy(tag[name[0]+1:], "xml.base")
	}
}

// document is the root element. Items too many are left out, not refused: the newest come first in all but a few feeds.
func (g *guard) document() []byte {
	if len(g.out.items) <= maxRead {
		return g.doc[g.start:g.decoder.InputOffset()]
	}
	g.out.items = g.out.items[:maxRead]
	return append(bytes.Clone(g.doc[g.start:g.cut]), g.ends...)
}

// endTags ends all open elements, under the names, prefixes included, that their start tags have.
func (g *guard) endTags() string {
	var ends strings.Builder
	for _, e := range slices.Backward(g.path) {
		name := g.doc[e.at+1:]
		name = name[:bytes.IndexAny(name, " \t\r\n/>")]
		ends.WriteString("</" + string(name) + ">")
	}
	return ends.String()
}
