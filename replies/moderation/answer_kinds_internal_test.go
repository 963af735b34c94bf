package moderation

import (
	"errors"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/web"
)

func TestKindsOfAnswersThatSayNothing(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                        "the answer is empty",
		" \n ":                    "the answer is empty",
		"gr\xfcn":                 "is not text in UTF-8",
		"<p>Hello</p>":            "HTML is not taken",
		"<!-- -->":                "HTML is not taken",
		"[a]: https://a.example/": "has no words",
		strings.Repeat("é", 5001): "this has 5001",
	} {
		if _, err := readAnswer(text); !errors.Is(err, web.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v, want %q", text, err, want)
		}
	}
	if content, err := readAnswer("a < b, <b>c</b>"); err != nil || content.String() != "<p>a &lt; b, c</p>" {
		t.Errorf("%q, %v", content, err)
	}
}
