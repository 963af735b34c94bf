package safehtml

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// WithoutClass is HTML of others without the elements of a class: with "quote-inline", without the
// line that names what is quoted to readers whose program does not show quotes. It is as dirty as
// before. An element that does not end stays.
func WithoutClass(raw, class string) string {
	if !strings.Contains(raw, class) {
		return raw
	}
	var out strings.Builder
	inside, within, held := "", 0, 0 // the element that is left out, how deep we are in others of its name, and where it began
	at := 0
	for z := html.NewTokenizer(strings.NewReader(raw)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		start := at
		at += len(z.Raw())
		text := raw[start:at]
		name, _ := z.TagName()
		switch {
		case inside == "" && kind == html.StartTagToken && hasClass(z, class):
			inside, within, held = string(name), 1, start
		case inside == "":
			out.WriteString(text)
		case kind == html.StartTagToken && string(name) == inside:
			within++
		case kind == html.EndTagToken && string(name) == inside:
			if within--; within == 0 {
				inside = ""
			}
		}
	}
	if inside != "" {
		out.WriteString(raw[held:])
	}
	return out.String()
}

func hasClass(z *html.Tokenizer, class string) bool {
	for {
		key, value, more := z.TagAttr()
		if string(key) == "class" && slices.Contains(strings.Fields(string(value)), class) {
			return true
		}
		if !more {
			return false
		}
	}
}
