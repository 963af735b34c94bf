package safehtml

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

var (
	superscript = strings.NewReplacer(pairs("0⁰1¹2²3³4⁴5⁵6⁶7⁷8⁸9⁹+⁺-⁻−⁻=⁼(⁽)⁾aᵃbᵇcᶜdᵈeᵉfᶠgᵍhʰiⁱjʲkᵏlˡmᵐnⁿoᵒpᵖrʳsˢtᵗuᵘvᵛwʷxˣyʸzᶻTᵀ")...)
	subscript   = strings.NewReplacer(pairs("0₀1₁2₂3₃4₄5₅6₆7₇8₈9₉+₊-₋−₋=₌(₍)₎aₐeₑhₕiᵢjⱼkₖlₗmₘnₙoₒpₚrᵣsₛtₜuᵤvᵥxₓ")...)
	smallCaps   = strings.NewReplacer("TM", "™", "SM", "℠")
)

func pairs(text string) (all []string) {
	for _, r := range text {
		all = append(all, string(r))
	}
	return all
}

// raise gives the text of sup and sub as characters where no element can show it.
func (r *reader) raise(t html.Token) {
	inside, ok := r.find(t.Data, maxMark)
	if !r.raising || !ok || !r.plain && hasTags(inside) {
		r.give(t)
		return
	}
	text := words(inside)
	r.drop(inside)
	if t.Data == "sup" {
		r.say(Raised(string(r.last[:]), text))
		return
	}
	after := rune(0)
	if next, ok := r.peek(); ok && next.Type == html.TextToken {
		after, _ = utf8.DecodeRuneInString(next.Data)
	}
	r.say(Lowered(text, after))
}

func hasTags(tokens []html.Token) bool {
	return slices.ContainsFunc(tokens, func(t html.Token) bool { return t.Type != html.TextToken })
}

// Raised is the text of sup in plain text, after what stands before it: 10⁶, e^(ax), 1st, XIXe.
func Raised(before, text string) string {
	text = fold(text)
	prev, _ := utf8.DecodeLastRuneInString(before)
	switch {
	case text == "":
		return ""
	case isMath(text):
		return power(text)
	case strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }):
		return spaced(prev, text)
	case utf8.RuneCountInString(text) == 1 && unicode.IsLower(prev): // x to the n; but not the ordinals of 3e, XVIIIe and M.r
		return power(text)
	case text == "TM" || text == "SM":
		return smallCaps.Replace(text)
	}
	return spaced(prev, text)
}

// Lowered is the text of sub in plain text, before what comes after it: H₂O, xᵢ, v_max, but TeX.
func Lowered(text string, after rune) string {
	text = fold(text)
	switch letters := !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }); {
	case text == "":
		return ""
	case letters && (unicode.IsLetter(after) || unicode.IsUpper([]rune(text)[0])):
		return text
	case letters || isMath(text):
		return index(text)
	}
	return text
}

// spaced parts a raised word from the word before it: "New" after a name is no part of it, but "st"
// after a number is.
func spaced(prev rune, text string) string {
	const longest = 4 // of what belongs to the word: 1st, 2ème, Mlle
	first, _ := utf8.DecodeRuneInString(text)
	if isWordRune(prev) && isWordRune(first) && utf8.RuneCountInString(text) > longest {
		return " " + text
	}
	return text
}

// isMath says that a text is a number or a sum.
func isMath(text string) bool {
	const signs = "+-−=()/.,*×·±^ "
	hasDigit := strings.ContainsFunc(text, func(r rune) bool { return r >= '0' && r <= '9' })
	hasSign := strings.ContainsAny(text, "+-−=/")
	letters := 0
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9' || strings.ContainsRune(signs, r):
		case unicode.IsLetter(r):
			if letters++; letters > 2 && !hasSign {
				return false
			}
		default:
			return false
		}
	}
	return hasDigit || hasSign && letters > 0 || text == "+" || text == "-" || text == "−"
}

// power and index write what is raised and lowered in a formula: with characters of their own if
// there are all of them.
func power(text string) string { return written(text, superscript, "^") }
func index(text string) string {
	if letters := strings.TrimFunc(text, unicode.IsLetter) == ""; letters && utf8.RuneCountInString(text) > 1 {
		return "_" + text
	}
	return written(text, subscript, "_")
}

func written(text string, small *strings.Replacer, mark string) string {
	text = strings.TrimSpace(text)
	tight := strings.ReplaceAll(text, " ", "")
	isLarge := func(r rune) bool { return small.Replace(string(r)) == string(r) }
	switch {
	case text == "":
		return ""
	case !strings.ContainsFunc(tight, isLarge):
		return small.Replace(tight)
	case utf8.RuneCountInString(text) == 1 || !strings.ContainsFunc(text, func(r rune) bool { return !isWordRune(r) }):
		return mark + text
	}
	return mark + "(" + text + ")"
}
