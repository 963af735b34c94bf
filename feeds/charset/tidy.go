package charset

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// reference is a character by its number, as XML and HTML write it.
var reference = regexp.MustCompile(`&#(?:[xX][0-9A-Fa-f]+|[0-9]+);`)

// Tidy returns plain text without the characters that XML 1.0 forbids (§2.2): a parser of XML gives
// up at one, and nobody can see them. U+0080 to U+009F are what their bytes mean in Windows-1252:
// they come from text that somebody took for ISO-8859-1.
func Tidy(text string) string {
	if isTidy(text) {
		return text
	}
	return strings.Map(func(r rune) rune {
		if r = meant(r); isAllowed(r) {
			return r
		}
		return -1
	}, text)
}

// TidyMarkup does the same to XML or HTML, and to what is referred to by number: "&#x1F;" goes,
// "&#146;" is an apostrophe, as it is to browsers (HTML §13.2.5.80), and the halves of one
// character are that one.
func TidyMarkup(text string) string {
	if strings.Contains(text, "&#") {
		text = withoutBadReferences(text)
	}
	return Tidy(text)
}

// isTidy is true for most texts, which need no copy.
func isTidy[T string | []byte](text T) bool {
	for i := range len(text) {
		rest := text[i+1 : min(i+3, len(text))]
		switch c := text[i]; {
		case c < 0x20 && c != '\t' && c != '\n' && c != '\r',
			c == 0xC2 && len(rest) > 0 && rest[0] < 0xA0,                      // U+0080 to U+009F
			c == 0xEF && len(rest) == 2 && rest[0] == 0xBF && rest[1] >= 0xBE: // U+FFFE and U+FFFF
			return false
		}
	}
	return true
}

// withoutBadReferences leaves references to good characters as they are: "&#60;" is no "<" yet.
func withoutBadReferences(text string) string {
	var out strings.Builder
	var high rune // the first half of a character, if the last reference was one and nothing stands behind it
	kept := 0
	for _, at := range reference.FindAllStringIndex(text, -1) {
		if at[0] > kept {
			high = 0
		}
		r := numbered(text[at[0]+2 : at[1]-1])
		isBad := !isAllowed(r) || meant(r) != r
		if !isBad {
			continue
		}
		out.WriteString(text[kept:at[0]])
		kept = at[1]
		switch both := utf16.DecodeRune(high, r); {
		case both != utf8.RuneError:
			out.WriteRune(both)
		case isAllowed(meant(r)):
			out.WriteRune(meant(r))
		}
		high = r
	}
	out.WriteString(text[kept:])
	return out.String()
}

// numbered is the character of a reference's digits, -1 where there is none of that number.
func numbered(digits string) rune {
	base := 10
	if digits[0] == 'x' || digits[0] == 'X' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 31)
	if err != nil || n > utf8.MaxRune {
		return -1
	}
	return rune(n)
}

// meant is r, or what it means where it is a byte of Windows-1252 that somebody took for a
// character.
func meant(r rune) rune {
	if r < 0x80 || r > 0x9F {
		return r
	}
	if of := charmap.Windows1252.DecodeByte(byte(r)); of != utf8.RuneError {
		return of
	}
	return r // five of them mean nothing
}

// isAllowed is true for the characters of XML 1.0, except for the C1 controls: those that mean
// something are read as that.
func isAllowed(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r < 0x80 || r >= 0xA0 && r < 0xD800 || r >= 0xE000 && r <= 0xFFFD ||
		r >= 0x10000 && r <= utf8.MaxRune
}
