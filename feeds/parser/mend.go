package parser

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// maxMends is how many places are mended. What has more of them is no feed.
const maxMends = 1000

// mend returns XML without what makes a parser give up although a reader knows what is meant: "<"
// that begins no tag, as in "3 < 5" and "<3", "]]>" that ends no CDATA section, as plugins leave
// that put one into another, and comments, which may not hold "--" and do.
func mend(doc []byte) []byte {
	var out []byte // nil as long as nothing was mended
	kept, left := 0, maxMends
	replace := func(from, to int, by string) {
		out = append(append(out, doc[kept:from]...), by...)
		kept = to
		left--
	}
	for at := 0; at < len(doc) && left > 0; {
		rest := doc[at:]
		next := bytes.IndexAny(rest, "<]")
		if next < 0 {
			break
		}
		at, rest = at+next, rest[next:]
		length := 1
		switch {
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			length = through(rest, "]]>")
		case bytes.HasPrefix(rest, []byte("<!--")):
			length = len("<!--") + through(rest[len("<!--"):], "-->")
			if length < len(rest) && bytes.Contains(rest[len("<!--"):length-len("-->")], []byte("--")) {
				replace(at, at+length, "")
			}
		case bytes.HasPrefix(rest, []byte("]]>")):
			length = len("]]>")
			replace(at, at+length, "]]&gt;")
		case rest[0] == '<' && !beginsTag(rest[1:]):
			replace(at, at+1, "&lt;")
		}
		at += length
	}
	if out == nil {
		return doc
	}
	return append(out, doc[kept:]...)
}

// through is how long text is to the end of what ends with end; all of it where nothing does.
func through(text []byte, end string) int {
	if at := bytes.Index(text, []byte(end)); at >= 0 {
		return at + len(end)
	}
	return len(text)
}

func beginsTag(text []byte) bool {
	if len(text) == 0 {
		return true // it is cut off, and the parser says so
	}
	c := text[0] | 0x20
	return c >= 'a' && c <= 'z' || text[0] >= utf8.RuneSelf || strings.IndexByte("/!?_:", text[0]) >= 0
}
