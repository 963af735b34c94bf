package publisher_test

import (
	"testing"

	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// A name of which nothing can be seen is none. What looks empty to a program and is read by people stays.
func TestKindsOfNamesThatCannotBeSeen(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	const eve = "https://evil.example/users/eve"
	for name, want := range map[string]string{
		"\u3164\u115f\u1160\uffa0": "eve", // fillers of Hangul
		"\u034f\u17b4\u17b5":       "eve",
		"\U00013441 \U00013442":    "eve", // blank hieroglyphs
		"\U0001d159":               "eve", // the note without a head
		"\u2800\u2800":             "eve",
		"\ufffc":                   "eve",
		"\U000e0041\U000e007f":     "eve", // tags
		"\u00a0\u2003\u3000\u1680": "eve",
		"\u0301\u0302":             "eve", // accents on nothing
		"\ue000\uf8ff":             "eve", // signs of nobody's alphabet
		"<p>&nbsp;&#8203;</p>":     "eve",
		"\ufe0f\u200d\ufe0f":       "eve",
		"\U0001d159Ada\u3164":      "Ada",
		"\U00013080":               "\U00013080", // a hieroglyph that is seen
		"👩\u200d🚀":                 "👩\u200d🚀",
		"…":                        "…",
		"ㅤ名前ㅤ":                     "名前",
	} {
		if is := w.called(eve, calling{username: "eve", name: name}); is.Name != want {
			t.Errorf("name %q makes %q, want %q", name, is.Name, want)
		}
	}
}
