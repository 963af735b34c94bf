package feeds

import (
	"hash/maphash"
	"strings"
	"unicode"
)

const (
	shingleWords = 3
	minWords     = 8     // of a text that can be compared in part
	maxWords     = 4_000 // of a text that are compared
)

var shingleSeed = maphash.MakeSeed()

// words are the words of a text in lower case, without punctuation. Characters of languages that write without spaces count as words.
func words(text string) []string {
	return strings.FieldsFunc(spaced(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}

func spaced(text string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		b.WriteRune(r)
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai) {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// shingles are a text as the set of its runs of three words.
type shingles struct {
	set   map[uint64]bool
	whole uint64 // of all its words, to know the same short text again
	words int
}

func shinglesOf(text string) shingles {
	all := words(text)
	all = all[:min(len(all), maxWords)]
	s := shingles{set: map[uint64]bool{}, words: len(all), whole: maphash.String(shingleSeed, strings.Join(all, " "))}
	for i := range max(len(all)-shingleWords+1, 0) {
		s.set[maphash.String(shingleSeed, strings.Join(all[i:i+shingleWords], " "))] = true
	}
	return s
}

// similarity is how much of the shorter text is in the longer one, from 0 to 1: a feed that changes from excerpts to full texts still says
// the same. It is negative where there is too little to compare.
func similarity(a, b shingles) float64 {
	switch {
	case a.words == 0 || b.words == 0:
		return -1
	case a.whole == b.whole:
		return 1
	case a.words < minWords || b.words < minWords:
		return -1
	}
	if len(a.set) > len(b.set) {
		a, b = b, a
	}
	shared := 0
	for one := range a.set {
		if b.set[one] {
			shared++
		}
	}
	return float64(shared) / float64(len(a.set))
}
