package feeds_test

import (
	"strings"
	"testing"
)

func TestKindsOfTagsInTitles(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"Tea<br>time":                                     "Tea time",
		"Tea <BR /> time":                                 "Tea time",
		`Tea<br class="x"/>time <b>now</b>`:               "Tea time now",
		"A teapot<wbr>lid":                                "A teapotlid",
		"<ruby>茶<rt>ちゃ</rt></ruby>の湯":                     "茶(ちゃ)の湯",
		"<ruby>茶<rt>ちゃ</ruby>の湯":                          "茶(ちゃ)の湯",
		"<ruby>茶<rp>(</rp><rt>ちゃ</rt><rp>)</rp></ruby>の湯": "茶(ちゃ)の湯",
		"<RUBY><rb>茶</rb><rp>（</rp><rt lang=\"ja\">ちゃ</rt><rp>）</rp></RUBY>": "茶(ちゃ)",
		"Tea<!-- more -->":                           "Tea",
		"<!-- draft\n <b>2</b> -->Tea & <i>pots</i>": "Tea & pots",
		"What <!-- opens":                            "What <!-- opens",
		"Vec<T> and <rt> alone":                      "Vec<T> and <rt> alone",
		"On &lt;br&gt; in HTML":                      "On <br> in HTML",
	} {
		body := `<rss version="2.0"><channel><title>T</title><item><guid>1</guid><title>` + strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(raw) +
			`</title></item></channel></rss>`
		if got := only(t, body).Title; got != want {
			t.Errorf("%s\n got %s\nwant %s", raw, got, want)
		}
	}
}
