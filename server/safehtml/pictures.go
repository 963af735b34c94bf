package safehtml

import (
	"strings"

	"golang.org/x/net/html"
)

// Pictures are the img tags, at most so many, of what Article makes pictures of. What it leaves out
// or writes as text is none: what is hidden, what a theme puts around a post, emoji and formulas.
// Those are none without a text for them either.
func Pictures(raw string, most int) []html.Token {
	found, left := picturesIn(raw, most, article.manner)
	if left { // as Article does: then it was no furniture
		found, _ = picturesIn(raw, most, manner{leaves: hidden})
	}
	return found
}

// picturesIn also says whether nothing was found because furniture was left out.
func picturesIn(raw string, most int, m manner) (found []html.Token, left bool) {
	empty := true
	in := read(bounded(raw), m)
	for len(found) < most {
		t, ok := in.next()
		if !ok {
			return found, empty && in.left
		}
		isImage := t.Data == "img" && (t.Type == html.StartTagToken || t.Type == html.SelfClosingTagToken)
		if isImage && !isFormula(t) && !isSmiley(t) {
			found = append(found, t)
		}
		empty = empty && !isImage && (t.Type != html.TextToken || strings.TrimSpace(t.Data) == "")
	}
	return found, false
}

func isFormula(img html.Token) bool {
	return isNamed(img, mathClasses, "class") || isAt(attributeOf(img, "src"), mathPlaces)
}

// isSmiley says that a picture is an emoji. A photo may be described by one; its size tells.
func isSmiley(img html.Token) bool {
	return isNamed(img, emojiClasses, "class") || isAt(attributeOf(img, "src"), emojiPlaces) ||
		isEmoji(fold(attributeOf(img, "alt"))) && len(matching(pixels, attributeOf(img, "width"))) < 3
}
