package webpage

import (
	"strings"
	"unicode"
)

// maxWords is how many words of a text are compared.
const maxWords = 20_000

// shingle is three words in a row: texts that share most of theirs are the same text, edited.
type shingle [3]string

// Contained is how much of a is in b, from 0 to 1: the share of a's runs of three words that b has too. Nothing is contained in nothing.
func Contained(a, b string) float64 {
	of, in := shingles(a), shingles(b)
	if len(of) == 0 {
		return 0
	}
	common := 0
	for s := range of {
		if in[s] {
			common++
		}
	}
	return float64(common) / float64(len(of))
}

// Similarity is 1 for the same words and 0 for two texts that have nothing in common: how much of either is in the other, whichever is
// less.
func Similarity(a, b string) float64 { return min(Contained(a, b), Contained(b, a)) }

func shingles(text string) map[shingle]bool {
	all := words(text)
	found := make(map[shingle]bool, len(all))
	if len(all) > 0 && len(all) < 3 {
		var s shingle
		copy(s[:], all)
		found[s] = true
	}
	for i := 0; i+3 <= len(all); i++ {
		found[shingle(all[i:i+3])] = true
	}
	return found
}

// words are the runs of letters and digits, in lower case. Scripts that put no spaces between words have one for each character.
func words(text string) (all []string) {
	start := -1
	for i, r := range text {
		switch {
		case len(all) >= maxWords:
			return all
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai):
			all = ended(all, text, start, i)
			all, start = append(all, string(r)), -1
		case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r):
			if start < 0 {
				start = i
			}
		default:
			all, start = ended(all, text, start, i), -1
		}
	}
	return ended(all, text, start, len(text))
}

func ended(all []string, text string, start, end int) []string {
	if start < 0 {
		return all
	}
	return append(all, strings.ToLower(text[start:end]))
}
