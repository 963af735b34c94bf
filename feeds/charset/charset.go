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

// xmlDeclaration is where an XML document names its encoding. Declarations are ASCII in every encoding that has no byte order mark.
var xmlDeclaration = regexp.MustCompile(`^\s*<\?xml\s[^>]*?(?:encoding\s*=\s*["']([A-Za-z0-9._-]+)["'][^>]*?)?\?>`)

// metaCharset is where a page does so, within its first 1,024 bytes (HTML §4.2.5.4).
var metaCharset = regexp.MustCompile(`(?i)<meta\s[^>]*?charset\s*=\s*["']?\s*([a-z0-9._-]+)`)

// Decode turns a body into UTF-8, drops the XML declaration, and with it control characters that XML forbids and feeds contain.
//
// contentType is the HTTP header's value, "" if unknown. A byte order mark decides, then what the bytes are: text that happens to be valid
// UTF-8 with characters beyond ASCII is UTF-8, whatever servers and templates claim. Then comes the HTTP header, then the declaration (RFC
// 7303 §3, or a page's <meta>), except that iso-8859-1 in the header is mostly a server's default that nobody chose.
func Decode(body []byte, contentType string) []byte {
	text := toUTF8(body, contentType)
	if at := xmlDeclaration.FindIndex(text); at != nil {
		text = text[at[1]:]
	}
	return withoutControls(text)
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

// marked recognises byte order marks, and UTF-16 without one by the zero byte beside the first "<" or "{".
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
	valid := utf8.Valid(body)
	if valid && !isASCII(body) {
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
	if unlabelled && !valid {
		return charmap.Windows1252 // what browsers take unlabelled pages for
	}
	return nil
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

// withoutControls drops in place the characters that XML 1.0 does not allow: "\x00" in a comment field is no reason to lose a feed.
func withoutControls(text []byte) []byte {
	kept := text[:0]
	for _, c := range text {
		if c >= 0x20 || c == '\t' || c == '\n' || c == '\r' {
			kept = append(kept, c)
		}
	}
	for _, noncharacter := range []string{"\uFFFE", "\uFFFF"} {
		if bytes.Contains(kept, []byte(noncharacter)) { // most have none, and need no copy
			kept = bytes.ReplaceAll(kept, []byte(noncharacter), nil)
		}
	}
	return kept
}

func isASCII(text []byte) bool {
	for _, c := range text {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
