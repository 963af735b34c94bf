package safehtml

import (
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// Cut is the first max characters of text at most, cut between characters as people see them: an
// accent stays on its letter, a family and a flag stay whole (UAX #29). max counts code points, as
// databases and other servers do.
func Cut(text string, max int) string {
	at := 0
	for range max {
		if at == len(text) {
			return text
		}
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return text[:boundary(text, at)]
}

// boundary is the last place up to at where text may be cut. It is at itself where nothing but one
// character stands before it: what piles a thousand accents on a letter does not make a text empty.
func boundary(text string, at int) int {
	if at == len(text) {
		return at
	}
	start := at - 1
	for start > 0 && text[start] >= utf8.RuneSelf { // a character begins at every ASCII letter
		start--
	}
	start = max(start, 0)
	end := start
	for each := graphemes.FromString(text[start:]); each.Next() && start+each.End() <= at; {
		end = start + each.End()
	}
	if end == 0 {
		return at
	}
	return end
}
