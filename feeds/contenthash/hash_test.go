package contenthash_test

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds/contenthash"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
)

func FuzzEssence(f *testing.F) {
	f.Add(`<p>Tea <b>and</b> cake</p><div class="ads"><div>x</div></div>`)
	f.Add(`<ins class=adsbygoogle><p>never closed`)
	f.Fuzz(func(t *testing.T, raw string) {
		once := contenthash.Canonical(raw)
		if again := contenthash.Canonical(raw); again != once {
			t.Fatalf("%q and %q", once, again)
		}
		if spaced := contenthash.Canonical(strings.ReplaceAll(raw, " ", "  ")); len(raw) < 1000 && !strings.ContainsAny(raw, "<&=\"'") && spaced != once {
			t.Fatalf("white space counts: %q and %q", once, spaced)
		}
	})
}

func TestNoiseIsNoEdit(t *testing.T) {
	const text = `<p>Steep for <a href="https://tea.example/four">four minutes</a>.</p><img src="https://cdn.example/pot.jpg" alt="A pot">`
	hash := func(content string) database.Digest {
		return contenthash.Of(parser.Item{Title: "Tea", Content: content})
	}
	for what, same := range map[string]string{
		"white space":             "\n\n" + strings.ReplaceAll(text, "<p>", "<p>\n   ") + "  ",
		"classes and sizes":       strings.ReplaceAll(text, `<img `, `<img width="800" class="wp-image-12" loading="lazy" `),
		"order of attributes":     strings.ReplaceAll(text, `src="https://cdn.example/pot.jpg" alt="A pot"`, `alt="A pot" src="https://cdn.example/pot.jpg"`),
		"a signature of the CDN":  strings.ReplaceAll(text, "pot.jpg", "pot.jpg?token=abc&amp;expires=123"),
		"tracking":                strings.ReplaceAll(text, "/four", "/four?utm_source=rss&amp;utm_medium=feed"),
		"a nonce":                 text + `<script nonce="r4nd0m">var x=1</script>`,
		"an advertisement":        text + `<div class="ad-slot x"><div>Buy <b>now</b></div></div>`,
		"a pixel":                 text + `<img src="https://count.example/1?x=2" width="1" height="1">`,
		"sharing buttons":         text + `<div class="sharedaddy sd-sharing-enabled"><ul><li><a href="https://x.example/share?1">Share</a></li></ul></div>`,
		"comments of the machine": text + `<!-- generated in 0.123 s -->`,
	} {
		if hash(same) != hash(text) {
			t.Errorf("%s: %q became %q", what, contenthash.Canonical(text), contenthash.Canonical(same))
		}
	}
	for _, pair := range [][2]string{
		{"<p>1,234 views</p>", "<p>1,300 views</p>"}, {"<p>3 comments</p>", "<p>4 comments</p>"}, {"<p>Views: 9</p>", "<p>Views: 10</p>"},
		{"<p>posted 2 hours ago</p>", "<p>posted 3 days ago</p>"}, {"<p>12 Kommentare</p>", "<p>13 Kommentare</p>"},
	} {
		if hash(text+pair[0]) != hash(text+pair[1]) {
			t.Errorf("a counter counts: %q, %q", contenthash.Canonical(pair[0]), contenthash.Canonical(pair[1]))
		}
	}
	for what, other := range map[string]string{
		"a word":                           strings.ReplaceAll(text, "four minutes", "five minutes"),
		"a link":                           strings.ReplaceAll(text, "/four", "/five"),
		"a picture":                        strings.ReplaceAll(text, "pot.jpg", "cup.jpg"),
		"a description":                    strings.ReplaceAll(text, "A pot", "A cup"),
		"a paragraph after an unclosed ad": text + `<div class="ads"><p>And a second cup.</p>`,
		"a number that counts nothing":     text + "<p>7 cups</p>",
	} {
		if hash(other) == hash(text) {
			t.Errorf("%s is not seen", what)
		}
	}
	if hash(text+"<p>7 cups</p>") == hash(text+"<p>8 cups</p>") {
		t.Error("a number is not seen")
	}
}
