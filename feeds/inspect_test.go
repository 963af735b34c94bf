package feeds_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds/charset"
	"github.com/bloghorn/bloghorn/feeds/fetch"
)

func TestInspectionAsksThreeTimesAndNoMore(t *testing.T) {
	n := &network{}
	n.set(feedURL, page{body: rss(post(2), post(1)), header: map[string]string{"ETag": `"7"`, "Content-Type": "text/xml; charset=UTF8"}})
	in, err := fetch.Inspect(t.Context(), n.client(), "tea.example/feed.xml", 0)
	if err != nil {
		t.Fatal(err)
	}
	again := in.Again
	if len(n.asked()) != 3 || n.last().Header.Get("If-None-Match") != `"7"` || !again.Validators || !again.NotModified {
		t.Errorf("asked %v, %+v", n.asked(), again)
	}
	if in.Items != 2 || len(in.Entries) != 2 || in.Entries[0].GUID != "https://tea.example/2/" || in.Entries[0].Length != len("Leaf number 2.") {
		t.Errorf("%+v", in.Entries)
	}
	if again.Err != nil || again.Bytes == 0 || again.ContentType != "text/xml; charset=UTF8" || again.Charset.Header != "utf-8" {
		t.Errorf("%+v", again)
	}
}

func TestInspectionNeedsAFeedOnly(t *testing.T) {
	n := &network{}
	if _, err := fetch.Inspect(t.Context(), n.client(), feedURL, 0); err == nil || !strings.Contains(err.Error(), "E101") {
		t.Errorf("without a feed: %v", err)
	}
	n.set(feedURL, page{body: rss(post(1)), before: func() { n.set(feedURL, page{status: http.StatusTooManyRequests}) }})
	in, err := fetch.Inspect(t.Context(), n.client(), feedURL, 0)
	if err != nil || in.Again.Err == nil || !strings.Contains(in.Again.Err.Error(), "429") || len(in.Entries) != 1 {
		t.Errorf("refused the second time: %v, %+v", err, in.Again)
	}
}

func TestInspectionCanBeInterrupted(t *testing.T) {
	n := &network{}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n.set(feedURL, page{body: rss(post(1)), before: func() { time.AfterFunc(20*time.Millisecond, cancel) }})
	if _, err := fetch.Inspect(ctx, n.client(), feedURL, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestInspectionSeesWhatIsInTheText(t *testing.T) {
	for name, c := range map[string]struct {
		body             string
		relative, embeds []string
		cut              bool
	}{
		"plain":       {body: `<p>Two cups. <a href="https://a.example/">a</a> <a href="#n">n</a> <a href="mailto:t@a.example">t</a></p>`},
		"relative":    {body: `<a href="/a">a</a><a href="b.html">b</a><img data-src="c.png" src="data:,"><a href="//d.example/">d</a>`, relative: []string{"/a", "b.html", "c.png", "//d.example/"}},
		"embeds":      {body: `<iframe src="x"></iframe><script>1</script><iframe></iframe><video></video>`, embeds: []string{"iframe", "script", "video"}},
		"cut":         {body: `<p>Two cups and [&#8230;]</p>`, cut: true},
		"called":      {body: `<p>Two cups. <a href="https://a.example/">Continue reading Cup 1 &rarr;</a></p>`, cut: true},
		"in French":   {body: `<p>Deux tasses. <a href="https://a.example/">Lire la suite »</a></p>`, cut: true},
		"about books": {body: `<p>I read more in winter than in summer, because the evenings are long; and I have counted the pages, all of them, every winter for nine years. So there.</p>`},
	} {
		t.Run(name, func(t *testing.T) {
			n := &network{}
			n.set(feedURL, page{body: rss(post(1).with(func(e *entry) { e.body = c.body }))})
			in, err := fetch.Inspect(t.Context(), n.client(), feedURL, 0)
			if err != nil {
				t.Fatal(err)
			}
			e := in.Entries[0]
			if !slices.Equal(e.Relative, c.relative) || !slices.Equal(e.Embeds, c.embeds) || e.Cut != c.cut {
				t.Errorf("%+v", e)
			}
		})
	}
}

func TestInspectionKnowsTheEncoding(t *testing.T) {
	declared := func(encoding, text string) string {
		return `<?xml version="1.0" encoding="` + encoding + `"?>` + strings.TrimPrefix(rss(post(1).with(func(e *entry) { e.title = text })), `<?xml version="1.0"?>`)
	}
	for name, c := range map[string]struct {
		header, body string
		want         charset.Labels
		wrong        bool
	}{
		"UTF-8":             {"text/xml; charset=utf-8", declared("UTF-8", "Té"), charset.Labels{Header: "utf-8", Document: "utf-8", Used: "utf-8"}, false},
		"ASCII":             {"text/xml; charset=iso-8859-1", declared("UTF-8", "Tea"), charset.Labels{Header: "windows-1252", Document: "utf-8"}, false},
		"with a mark":       {"text/xml", "\xef\xbb\xbf" + declared("utf-8", "Té"), charset.Labels{Used: "utf-8"}, false},
		"header is wrong":   {"text/xml; charset=iso-8859-1", declared("utf-8", "Té"), charset.Labels{Header: "windows-1252", Document: "utf-8", Used: "utf-8"}, true},
		"document is wrong": {"text/xml", declared("shift_jis", "Té"), charset.Labels{Document: "shift_jis", Used: "utf-8"}, true},
		"Cyrillic":          {"text/xml", declared("windows-1251", "\xd7\xe0\xe9"), charset.Labels{Document: "windows-1251", Used: "windows-1251"}, false},
		"UTF-16":            {"text/xml; charset=utf-16", utf16(declared("utf-16", "Té")), charset.Labels{Header: "utf-16le", Used: "utf-16"}, false},
		"broken":            {"text/xml; charset=utf-8", declared("utf-8", "T\xe9"), charset.Labels{Header: "utf-8", Document: "utf-8", Used: "utf-8", Garbled: true}, false},
		"nonsense":          {"text/xml; charset=klingon", declared("utf-8", "Té"), charset.Labels{Header: "klingon", Document: "utf-8", Used: "utf-8"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			n := &network{}
			n.set(feedURL, page{body: c.body, header: map[string]string{"Content-Type": c.header}})
			in, err := fetch.Inspect(t.Context(), n.client(), feedURL, 0)
			if err != nil {
				t.Fatal(err)
			}
			if got := in.Again.Charset; got != c.want || got.Wrong() != c.wrong {
				t.Errorf("%+v, wrong: %v", got, got.Wrong())
			}
		})
	}
}

// utf16 is text in UTF-16, little-endian, with a byte order mark.
func utf16(text string) string {
	out := []byte{0xff, 0xfe}
	for _, r := range text {
		out = append(out, byte(r), byte(r>>8))
	}
	return string(out)
}
