package charset_test

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds/charset"
)

func TestKindsOfBadBytesAreReadAsTheRestIs(t *testing.T) {
	t.Parallel()
	const declared, latin = `<?xml version="1.0" encoding="ISO-8859-1"?>`, "text/xml; charset=iso-8859-1"
	for name, c := range map[string]struct{ body, header, want, used string }{
		"one byte in UTF-8":                {"<t>Grüße aus Köln \xff und mehr</t>", "", "<t>Grüße aus Köln \uFFFD und mehr</t>", "utf-8"},
		"an emoji cut in two":              {"<t>naïve 茶 \xf0\x9f\x8d</t>", "", "<t>naïve 茶 \uFFFD</t>", "utf-8"},
		"one sign in Latin 1":              {"<a>déjà vu</a><b>caf\xe9</b>", "", "<a>déjà vu</a><b>caf\uFFFD</b>", "utf-8"},
		"declared otherwise":               {declared + "<t>Žluťoučký kůň \xfc</t>", "", "<t>Žluťoučký kůň \uFFFD</t>", "utf-8"},
		"the header says otherwise":        {"<t>„Tee“ – \xe9</t>", latin, "<t>„Tee“ – \uFFFD</t>", "utf-8"},
		"Latin 1 that nobody labelled":     {"<t>Caf\xe9 cr\xe8me \x96 \x93na\xefve\x94</t>", "", "<t>Café crème – “naïve”</t>", "windows-1252"},
		"header before declaration":        {declared + "<t>\xd2\xe5\xf7</t>", "application/rss+xml; charset=windows-1251", "<t>Теч</t>", "windows-1251"},
		"declaration before guess":         {`<?xml version="1.0" encoding="koi8-r"?><t>` + "\xfe\xc1\xca</t>", "application/xml", "<t>Чай</t>", "koi8-r"},
		"bytes prove the header wrong":     {declared + "<t>caf\xe9</t>", "text/xml; charset=utf-8", "<t>café</t>", "windows-1252"},
		"Chinese with pairs like in UTF-8": {`<?xml version="1.0" encoding="gb2312"?><t>` + "\xb2\xe8\xba\xcd\xb1\xad\xd7\xd3</t>", "", "<t>茶和杯子</t>", "gbk"},
		"JSON":                             {`{"title":"Grün \xfc"}`, "application/json", "", "utf-8"},
	} {
		body := strings.ReplaceAll(c.body, `\xfc`, "\xfc")
		if c.want == "" {
			c.want = strings.ReplaceAll(body, "\xfc", "\uFFFD")
		}
		if got := string(charset.Decode([]byte(body), c.header)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if got := charset.LabelsOf([]byte(body), c.header).Used; got != c.used {
			t.Errorf("%s: read as %s, want %s", name, got, c.used)
		}
	}
}

func TestKindsOfForbiddenCharactersAreDropped(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a\x1fb\x00c\x7f":                              "abc\x7f",
		"a\uFFFEb\uFFFFc\uFFFDd":                       "abc\uFFFDd",
		"<t>a&#x1F;b&#0;c&#31;d&#X0b;e</t>":            "<t>abcde</t>",
		"<t>a&#xFFFE;b&#65535;c&#x0000001;</t>":        "<t>abc</t>",
		"<t>a&#xD800;b&#57343;c</t>":                   "<t>abc</t>",
		"<t>a&#x110000;b&#99999999999999;</t>":         "<t>ab</t>",
		"<t>&#xD83C;&#xDF75; &#55356;&#57205;</t>":     "<t>🍵 🍵</t>",
		"<t>&#xD83C; &#xDF75;</t>":                     "<t> </t>",
		"<t>&#9;&#10;&#x26;&#60;&#x1F375;</t>":         "<t>&#9;&#10;&#x26;&#60;&#x1F375;</t>",
		"<t>&#; &#x; &#xZZ; &#12 &amp;#12;</t>":        "<t>&#; &#x; &#xZZ; &#12 &amp;#12;</t>",
		"<t>it&#146;s &#x93;tea&#x94;&#133;</t>":       "<t>it’s “tea”…</t>",
		"<t>it\u0092s \u0096 5 \u0080\u0081\u009d</t>": "<t>it’s – 5 €</t>",
		`{"a":"it` + "\u0092" + `s &#146; &#x1F;"}`:    `{"a":"it’s &#146; &#x1F;"}`, // its own business
	} {
		if got := string(charset.Decode([]byte(in), "")); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
