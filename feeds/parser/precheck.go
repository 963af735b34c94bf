package parser

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
	maxDepth      = 200     // of elements; feeds with XHTML inside reach 30
	maxElements   = 500_000 // what an item has after so many is cut off with it
	maxForeign    = 60_000  // of them from other namespaces; one costs gofeed some 300 bytes, and a podcast has 30 in an episode
	maxAttributes = 256     // of an element
	maxNames      = 8 << 20 // namespaces in scope, of all elements together: gofeed copies them for each, and feeds have 3 to 15
	maxPiece      = 4 << 20 // bytes of a tag, a text or a comment; a picture of some megabytes may stand in a text, as data
	maxRead       = 10_000  // items a parser is shown
)

const xmlNamespace = "http://www.w3.org/XML/1998/namespace"

// rootError says that a document is XML, but no feed.
type rootError struct{ name string }

func (e *rootError) Error() string {
	return fmt.Sprintf("its root element is <%s>, and a feed's is <rss>, <feed> or <rdf:RDF>", Cut(e.name, 50))
}

// errNoElement says that a document has no root to judge.
var errNoElement = errors.New("it holds no XML element")

var baseAttribute = regexp.MustCompile(`\sxml:base\s*=`)

// element is an open element of the walk.
type element struct {
	name, space, lang string
	base              *url.URL // nil where no xml:base is in scope
	at                int64    // where its start tag begins
	names             int      // namespaces in scope
}

// precheck walks through a document before a parser may see it. It refuses what is nested too deep,
// too large or cut off, and ends at the root's end tag, so that whatever a plugin appends does no
// harm. It ends as well behind the last item that is within the bounds, because the newest come
// first in all but a few feeds.
type precheck struct {
	doc      []byte
	reader   *pieces
	decoder  *xml.Decoder
	path     []element
	elements int
	foreign  int       // elements that are not of the root's namespace
	names    int       // namespaces in scope, summed over the elements
	item     int       // depth of the open item, 0 where none is
	now      itemMeta  // of the open item
	start    int64     // where the root begins
	cut      int64     // where the last item ended
	above    []element // what was open there
	out      feedMeta

	writer  *writer // of the construct that is open, nil outside of one
	written func()  // called at its end
}

// errBounds says that the walk has come to the bounds, and that there are items before them.
var errBounds = errors.New("that is enough")

// pieces is a document that ends with an error where one piece of it is too long. The decoder would
// keep all of it before anybody could say no.
type pieces struct {
	*bytes.Reader
	left int
}

func (p *pieces) ReadByte() (byte, error) {
	if p.left--; p.left < 0 {
		return 0, fmt.Errorf("one piece of it is longer than %d MiB", maxPiece>>20)
	}
	return p.Reader.ReadByte()
}

// inspect mends doc, which must be UTF-8, walks through it, and masks its xml:base attributes for
// gofeed, which resolves them wrongly.
func inspect(doc []byte, feedURL *url.URL) (feedMeta, error) {
	doc = mend(doc)
	in := &pieces{Reader: bytes.NewReader(doc)}
	d := xml.NewDecoder(in)
	d.Strict = false
	d.CharsetReader = func(_ string, utf8 io.Reader) (io.Reader, error) { return utf8, nil }
	g := &precheck{doc: doc, reader: in, decoder: d}
	g.out.base = feedURL
	for {
		switch done, err := g.step(feedURL); {
		case errors.Is(err, errBounds):
			g.out.doc = append(doc[g.start:g.cut], endTags(doc, g.above)...)
			return g.out, nil
		case err != nil:
			return g.out, err
		case done:
			g.out.doc = doc[g.start:g.decoder.InputOffset()]
			return g.out, nil
		}
	}
}

// step reads one token; done is true at the end of the root.
func (g *precheck) step(feedURL *url.URL) (done bool, err error) {
	at := g.decoder.InputOffset()
	g.reader.left = maxPiece
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
		if g.writer != nil {
			g.writer.start(t)
		}
		return false, g.open(t, at, feedURL)
	case xml.CharData:
		if g.writer != nil {
			g.writer.text(t)
		}
	case xml.EndElement:
		g.write()
		return len(g.path) == 1, g.close()
	}
	return false, nil
}

// write is called at the end of an element.
func (g *precheck) write() {
	switch {
	case g.writer == nil:
	case len(g.path) > g.writer.depth:
		g.writer.end()
	default:
		g.written()
		g.writer, g.written = nil, nil
	}
}

func (g *precheck) open(t xml.StartElement, at int64, feedURL *url.URL) error {
	if len(g.path) == maxDepth {
		return fmt.Errorf("its elements are nested more than %d deep", maxDepth)
	}
	e := element{name: strings.ToLower(t.Name.Local), space: t.Name.Space, at: at}
	if len(g.path) > 0 {
		above := g.path[len(g.path)-1]
		e.lang, e.base, e.names = above.lang, above.base, above.names
	} else if e.name != "rss" && e.name != "rdf" && e.name != "feed" {
		return &rootError{t.Name.Local}
	}
	for _, a := range t.Attr {
		switch {
		case a.Name.Space == "xmlns" || a.Name.Local == "xmlns":
			e.names++
		case a.Name.Space == xmlNamespace && a.Name.Local == "lang":
			e.lang = a.Value
		case a.Name.Space == xmlNamespace && a.Name.Local == "base":
			e.base = Join(cmp.Or(e.base, feedURL), a.Value)
			g.mask(at)
		}
	}
	if err := g.count(e, len(t.Attr)); err != nil {
		return err
	}
	g.path = append(g.path, e)
	g.note(e, t.Attr)
	return nil
}

// count bounds what the document is made of.
func (g *precheck) count(e element, attributes int) error {
	g.elements++
	g.names += e.names
	if len(g.path) > 0 && e.space != g.path[0].space {
		g.foreign++
	}
	switch isOver := g.elements > maxElements || g.foreign > maxForeign || g.names > maxNames; {
	case attributes > maxAttributes:
		return fmt.Errorf("an element of it has more than %d attributes", maxAttributes)
	case isOver && len(g.out.items) > 0:
		return errBounds
	case g.names > maxNames:
		return errors.New("it has too many namespaces")
	case g.foreign > maxForeign:
		return fmt.Errorf("it has more than %d foreign elements", maxForeign)
	case isOver:
		return fmt.Errorf("it has more than %d elements", maxElements)
	}
	return nil
}

func (g *precheck) close() error {
	ended := len(g.path) == g.item
	g.path = g.path[:len(g.path)-1]
	if !ended {
		return nil
	}
	g.item = 0
	g.out.items = append(g.out.items, g.now)
	g.cut, g.above = g.decoder.InputOffset(), append(g.above[:0], g.path...)
	if len(g.out.items) == maxRead {
		return errBounds
	}
	return nil
}

// mask renames xml:base in the start tag that begins at the offset to something of the same length
// that nobody knows.
func (g *precheck) mask(at int64) {
	tag := g.doc[at:g.decoder.InputOffset()]
	if name := baseAttribute.FindIndex(tag); name != nil {
		copy(tag[name[0]+1:], "xml.base")
	}
}

// endTags ends elements that are open, under the names, prefixes included, that their start tags
// have.
func endTags(doc []byte, open []element) string {
	var ends strings.Builder
	for _, e := range slices.Backward(open) {
		name := doc[e.at+1:]
		name = name[:bytes.IndexAny(name, " \t\r\n/>")]
		ends.WriteString("</" + string(name) + ">")
	}
	return ends.String()
}
