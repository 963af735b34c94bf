package textsim_test

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds/textsim"
)

// second is a text of some length.
const second = "When the leaves are tired they go to the roses, which have never complained, and the pot is turned upside down until the evening comes again."

func TestSimilarityIsOfWords(t *testing.T) {
	long := strings.Repeat("one two three four five six seven eight nine ten eleven twelve ", 3)
	for _, c := range []struct {
		a, b     string
		low, top float64
	}{
		{long, long, 1, 1},
		{"Tea, and time!", "tea AND  time", 1, 1},
		{"Tea", "tea", 1, 1},
		{"Tea", "coffee", 0, 0},
		{"", "", 0, 0},
		{second, second + " And a cup.", 0.8, 0.95},
		{second, "Your subscription has ended. Sign in to read on.", 0, 0},
		{"お茶の時間です", "お茶の時間でした", 0.5, 0.9},
	} {
		if got := textsim.Similarity(c.a, c.b); got < c.low || got > c.top {
			t.Errorf("%q and %q: %v", c.a, c.b, got)
		}
	}
	if got := textsim.Contained(second, long+second); got != 1 {
		t.Errorf("contained: %v", got)
	}
}
