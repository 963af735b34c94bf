package safehtml_test

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/safehtml"
)

func TestKindsOfCharactersThatACutKeepsWhole(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		max  int
		want string
	}{
		"fits":                      {"tea", 3, "tea"},
		"plain letters":             {"teapot", 3, "tea"},
		"nothing":                   {"tea", 0, ""},
		"accent of its own":         {"cafe\u0301 noir", 4, "caf"},
		"accent within":             {"cafe\u0301 noir", 5, "cafe\u0301"},
		"family":                    {"us 👩\u200d👩\u200d👧 now", 6, "us "},
		"flags":                     {"🇫🇷🇩🇪🇮🇹", 5, "🇫🇷🇩🇪"},
		"flag after text":           {"go 🇯🇵", 4, "go "},
		"skin tone":                 {"ok 👍🏽", 4, "ok "},
		"heart as a picture":        {"I ❤\ufe0f", 3, "I "},
		"keycap":                    {"no 1\ufe0f\u20e3", 5, "no "},
		"syllables of Hindi":        {"\u0928\u092e\u0938\u094d\u0924\u0947", 5, "\u0928\u092e"},
		"jamo":                      {"\u1112\u1161\u11ab\u1100\u1173\u11af", 5, "\u1112\u1161\u11ab"},
		"line break of Windows":     {"a\r\nb", 2, "a"},
		"more accents than room":    {"z" + strings.Repeat("\u0335", 40), 10, "z" + strings.Repeat("\u0335", 9)},
		"accents after a character": {"ab" + strings.Repeat("\u0335", 40), 10, "a"},
	} {
		if got := safehtml.Cut(c.text, c.max); got != c.want {
			t.Errorf("%s: %q cut to %d is %q, want %q", name, c.text, c.max, got, c.want)
		}
	}
}

func TestKindsOfCharactersThatAnExcerptKeepsWhole(t *testing.T) {
	for _, c := range []struct {
		text string
		max  int
		want string
	}{
		{"Wir fahren nach 🇦🇹🇨🇭", 18, "Wir fahren nach…"},
		{"👨\u200d🍳👨\u200d🍳👨\u200d🍳", 6, "👨\u200d🍳…"},
		{"ne\u0301ne\u0301ne\u0301ne\u0301", 6, "ne\u0301n…"},
	} {
		if got := safehtml.Excerpt(c.text, c.max); got != c.want {
			t.Errorf("an excerpt of %q of %d is %q, want %q", c.text, c.max, got, c.want)
		}
	}
}
