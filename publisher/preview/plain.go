package preview

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"github.com/bloghorn/bloghorn/server/safehtml"
)

// columns is how many columns of a terminal text takes: two for wide characters (UAX #11), none for
// marks that sit on another.
func columns(text string) (n int) {
	for _, r := range text {
		n += columnsOf(r)
	}
	return n
}

func columnsOf(r rune) int {
	switch kind := width.LookupRune(r).Kind(); {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// wrap breaks text into lines of at most max columns, at spaces. A word that is too long is broken
// where the line ends, an address never: people copy it.
func wrap(text string, max int) (lines []string) {
	for paragraph := range strings.SplitSeq(text, "\n") {
		current := ""
		for word := range strings.FieldsSeq(paragraph) {
			switch {
			case current == "":
				current = word
			case columns(current)+1+columns(word) <= max:
				current += " " + word
			default:
				lines, current = append(lines, current), word
			}
			for columns(current) > max && !strings.Contains(current, "://") {
				head := fitting(current, max)
				lines, current = append(lines, head), current[len(head):]
			}
		}
		lines = append(lines, current)
	}
	return lines
}

// fitting is the beginning of a word that has room in max columns, at least one character.
func fitting(word string, max int) string {
	n := 0
	for i, r := range word {
		if n += columnsOf(r); n > max && i > 0 {
			return safehtml.Cut(word, utf8.RuneCountInString(word[:i]))
		}
	}
	return word
}

// shortened is text in at most max columns, with "…" where something is left out.
func shortened(text string, max int) string {
	if columns(text) <= max {
		return text
	}
	return strings.TrimRight(fitting(text, max-1), " ") + "…"
}
