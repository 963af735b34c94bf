package textsim

import (
	"slices"
	"strings"
	"unicode"
)

// maxWords is how many words of a text are compared.
const maxWords = 20_000

// shingle is three words in a row: texts that share most of theirs are the same text, edited.
type shingle [3]string

// Text is a text that can be compared with many others.
type Text struct {
	words    []string
	shingles map[shingle]bool
}

// Of reads a text; its first 20,000 words count.
func Of(text string) Text {
	t := Text{words: Words(text)}
	t.shingles = make(map[shingle]bool, len(t.words))
	if len(t.words) > 0 && len(t.words) < 3 {
		var s shingle
		copy(s[:], t.words)
		t.shingles[s] = true
	}
	for i := 0; i+3 <= len(t.words); i++ {
		t.shingles[shingle(t.words[i:i+3])] = true
	}
	return t
}

// Len is how many words the text has.
func (t Text) Len() int { return len(t.words) }

// Equal says that both texts have the same words in the same order.
func (t Text) Equal(other Text) bool { return slices.Equal(t.words, other.words) }

// In is how much of the text is in another one, from 0 to 1: the share of its runs of three words
// that the other has too. Nothing is contained in nothing.
func (t Text) In(other Text) float64 {
	if len(t.shingles) == 0 {
		return 0
	}
	common := 0
	for s := range t.shingles {
		if other.shingles[s] {
			common++
		}
	}
	return float64(common) / float64(len(t.shingles))
}

// Contained is how much of a is in b: Of(a).In(Of(b)).
func Contained(a, b string) float64 { return Of(a).In(Of(b)) }

// Similarity is 1 for the same words and 0 for two texts that have nothing in common: how much of
// either is in the other, whichever is less.
func Similarity(a, b string) float64 {
	of, in := Of(a), Of(b)
	return min(of.In(in), in.In(of))
}

// Words are the runs of letters and digits, in lower case. Scripts that put no spaces between words
// have one for each character.
func Words(text string) (all []string) {
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
