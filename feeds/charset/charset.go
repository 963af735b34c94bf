package charset

import (
	"bytes"
	"mime"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// xmlDeclaration is where an XML document names its encoding. Declarations are ASCII in every
// encoding that has no byte order mark.
var xmlDeclaration = regexp.MustCompile(`^\s*<\?xml\s[^>]*?(?:encoding\s*=\s*["']([A-Za-z0-9._-]+)["'][^>]*?)?\?>`)

// metaCharset is where a page does so, within its first 1,024 bytes (HTML §4.2.5.4).
var metaCharset = regexp.MustCompile(`(?i)<meta\s[^>]*?charset\s*=\s*["']?\s*([a-z0-9._-]+)`)

// Decode returns a body as UTF-8, without the XML declaration and as TidyMarkup leaves it: a
// control character in a comment field is no reason to lose a feed.
//
// contentType is the HTTP header's value, "" if unknown. A byte order mark decides, then what the
// bytes are: text beyond ASCII that is UTF-8 for the most part is UTF-8, whatever servers and
// templates claim, and a byte that does not fit is U+FFFD. No other encoding in use looks like that
// by chance, and a post whose last character was cut in two must not change how all the others
// read. Then comes the HTTP header, then the declaration (RFC 7303 §3, or a page's <meta>), except
// that iso-8859-1 in the header is mostly a server's default that nobody chose. What nobody
// labelled is Windows-1252, as it is to browsers.
func Decode(body []byte, contentType string) []byte {
	text := toUTF8(body, contentType)
	if at := xmlDeclaration.FindIndex(text); at != nil {
		text = text[at[1]:]
	}
	switch isMarkup := len(text) > 0 && text[0] != '{' && text[0] != '['; {
	case isTidy(text) && (!isMarkup || !bytes.Contains(text, []byte("&#"))):
		return text
	case isMarkup:
		return []byte(TidyMarkup(string(text)))
	}
	return []byte(Tidy(string(text)))
}

// toUTF8 is always a copy: the caller's own stays as it is.
func toUTF8(body []byte, contentType string) []byte {
	if from, ok := marked(body); ok {
		return transcode(body, from)
	}
	if from := labelled(body, contentType); from != nil {
		return transcode(body, from)
	}
	if utf8.Valid(body) {
		return bytes.Clone(body)
	}
	return bytes.ToValidUTF8(body, []byte(string(utf8.RuneError)))
}

// marked recognises byte order marks, and UTF-16 without one by the zero byte beside the first "<"
// or "{".
func marked(body []byte) (encoding.Encoding, bool) {
	if len(body) < 2 {
		return nil, false
	}
	switch first, second := body[0], body[1]; {
	case bytes.HasPrefix(body, []byte("\xef\xbb\xbf")):
		return unicode.UTF8BOM, true
	case first == 0xff && second == 0xfe, second == 0 && (first == '<' || first == '{'):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), true
	case first == 0xfe && second == 0xff, first == 0 && (second == '<' || second == '{'):
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM), true
	}
	return nil, false
}

// labelled is the encoding the body has by its labels, nil for UTF-8.
func labelled(body []byte, contentType string) encoding.Encoding {
	if isMostlyUTF8(body) {
		return nil
	}
	_, parameters, _ := mime.ParseMediaType(contentType)
	labels := []string{parameters["charset"], declaredEncoding(body)}
	if strings.EqualFold(labels[0], "iso-8859-1") {
		slices.Reverse(labels)
	}
	unlabelled := true
	for _, label := range labels {
		from, err := htmlindex.Get(label)
		if err == nil && from != unicode.UTF8 {
			return from
		}
		unlabelled = unlabelled && err != nil
	}
	if unlabelled && !isASCII(body) {
		return charmap.Windows1252 // what browsers take unlabelled pages for
	}
	return nil
}

// isMostlyUTF8 is true where more of the bytes beyond ASCII belong to characters of UTF-8 than not.
func isMostlyUTF8(body []byte) bool {
	good, bad := 0, 0
	for at := 0; at < len(body); {
		if body[at] < utf8.RuneSelf {
			at++
			continue
		}
		r, size := utf8.DecodeRune(body[at:])
		if r == utf8.RuneError && size == 1 {
			bad++
		} else {
			good += size
		}
		at += size
	}
	return good > bad
}

func declaredEncoding(body []byte) string {
	start := body[:min(len(body), 1024)]
	if found := xmlDeclaration.FindSubmatch(start); found != nil {
		return string(found[1])
	}
	if found := metaCharset.FindSubmatch(start); found != nil {
		return string(found[1])
	}
	return ""
}

// transcode never fails: what cannot be decoded becomes U+FFFD.
func transcode(body []byte, from encoding.Encoding) []byte {
	text, err := from.NewDecoder().Bytes(body)
	if err != nil {
		text = bytes.Clone(body)
	}
	if utf8.Valid(text) { // as what decoders make mostly is
		return text
	}
	return bytes.ToValidUTF8(text, []byte(string(utf8.RuneError)))
}

func isASCII(text []byte) bool {
	for _, c := range text {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
