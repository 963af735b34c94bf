package feeds

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds/contenthash"
	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/feeds/textsim"
	"github.com/bloghorn/bloghorn/server/database"
)

// TestSignsAreWeighed is the table by which one may argue about a rule: what an item and a post have in common, and what they are then.
func TestSignsAreWeighed(t *testing.T) {
	const none = -1
	for _, c := range []struct {
		what string
		e    evidence
		want string
	}{
		{"nothing changed", evidence{guid: true, link: agrees, title: agrees, date: agrees, text: 1}, "same"},
		{"everything rewritten under the same guid and link", evidence{guid: true, link: agrees, title: differs, date: agrees, text: 0}, "same"},
		{"everything rewritten and re-dated under the same guid and link", evidence{guid: true, link: agrees, title: differs, date: differs, newlyMade: true, text: 0}, "same"},
		{"guid changed", evidence{link: agrees, title: agrees, date: agrees, text: none}, "same"},
		{"guid changed, note without title", evidence{link: agrees, text: none}, "same"},
		{"slug changed, guid stays", evidence{guid: true, link: differs, title: agrees, text: none}, "same"},
		{"slug and title changed, guid stays", evidence{guid: true, link: differs, title: differs, date: agrees, isMoment: true, text: 0.3}, "same"},
		{"domain moved, all names new", evidence{link: differs, title: agrees, date: agrees, isMoment: true, text: none}, "same"},
		{"domain moved, dates without time", evidence{link: differs, title: agrees, date: agrees, text: none}, "same"},
		{"domain moved and dated anew", evidence{link: differs, title: agrees, date: differs, text: 1}, "same"},
		{"the old page leads to the new one, title edited", evidence{link: differs, redirect: true, title: differs, text: 0.6}, "same"},
		{"every old page leads to the newest post", evidence{link: differs, redirect: true, title: differs, date: differs, newlyMade: true, text: 0}, "new"},
		{"one guid for whatever is newest", evidence{guid: true, link: differs, title: differs, date: differs, newlyMade: true, text: 0}, "new"},
		{"one guid for whatever is newest, short texts", evidence{guid: true, link: differs, title: differs, date: differs, newlyMade: true, text: none}, "doubt"},
		{"one address for whatever is newest", evidence{link: agrees, title: differs, date: differs, newlyMade: true, text: 0}, "new"},
		{"the weekly links, two on one day", evidence{link: differs, title: agrees, date: agrees, text: 0}, "new"},
		{"the open thread of this week", evidence{link: differs, title: agrees, date: differs, newlyMade: true, text: 1}, "doubt"},
		{"same second, other post", evidence{link: differs, title: differs, date: agrees, isMoment: true, text: none}, "new"},
		{"same second, other note", evidence{link: differs, date: agrees, isMoment: true, text: 0}, "new"},
		{"same text under another title and date", evidence{link: differs, title: differs, date: differs, text: 1}, "doubt"},
		{"nothing in common", evidence{link: differs, title: differs, date: differs, text: 0}, "new"},
		{"nothing to compare", evidence{text: none}, "new"},
	} {
		l := score(c.e)
		got := "new"
		if l.isSame() {
			got = "same"
		} else if l.isDoubtful() {
			got = "doubt"
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s (%d: %s)", c.what, got, c.want, l.points, l)
		}
	}
}

// TestTextIsReadOnlyWhereItMatters: reading the text of every post at every poll would cost more than all the rest.
func TestTextIsReadOnlyWhereItMatters(t *testing.T) {
	for n := range 1 << 10 {
		bit := func(i int) bool { return n>>i&1 == 1 }
		three := func(i int) agreement { return agreement(n >> i & 3 % 3) }
		e := evidence{guid: bit(0), redirect: bit(1), newlyMade: bit(2), isMoment: bit(3), link: three(4), title: three(6), date: three(8), text: -1}
		without := score(e)
		if without.needsText() {
			continue
		}
		for _, text := range []float64{0, 0.05, 0.5, 0.9, 1} {
			e.text = text
			with := score(e)
			if with.isSame() != without.isSame() || with.isDoubtful() != without.isDoubtful() {
				t.Fatalf("%+v: the text decides, and was not to be read: %s; without it %s", e, with, without)
			}
		}
	}
}

func TestEachPostIsOneItemAtMost(t *testing.T) {
	for range 1000 {
		var pairs []pair
		for range rand.IntN(40) {
			pairs = append(pairs, pair{item: rand.IntN(8), post: rand.IntN(8), matchScore: matchScore{points: rand.IntN(120)}})
		}
		items, posts := map[int]bool{}, map[int]bool{}
		best := 0
		for _, p := range pairs {
			best = max(best, p.points)
		}
		chosen := assign(slices.Clone(pairs))
		for i, p := range chosen {
			if items[p.item] || posts[p.post] || p.points < doubtful || i == 0 && p.points != best {
				t.Fatalf("%v of %v", chosen, pairs)
			}
			items[p.item], posts[p.post] = true, true
		}
		if best >= doubtful && len(chosen) == 0 {
			t.Fatalf("nothing of %v", pairs)
		}
	}
}

func TestSimilarityIsThatOfTheWords(t *testing.T) {
	text := strings.Repeat("one two three four five six seven eight nine ten ", 3) + "and a tail of its own"
	longer := "Before it comes a whole paragraph about the harbour and its gulls. " + text + " After it more of the same about boats."
	japanese := "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。"
	for _, c := range []struct {
		what     string
		a, b     string
		min, max float64
	}{
		{"the same", text, text, 1, 1},
		{"white space, case and punctuation", text, "  " + strings.ToUpper(strings.ReplaceAll(text, " ", ",\n")), 1, 1},
		{"an excerpt of it", text, longer, 0.9, 1},
		{"another text", text, strings.Repeat("lorem ipsum dolor sit amet consectetur adipiscing elit ", 4), 0, 0},
		{"short and the same", "Good morning!", "good morning", 1, 1},
		{"short and another", "Good morning!", "Good night!", -1, -1},
		{"nothing", "", text, -1, -1},
		{"a language without spaces, edited", japanese, strings.Replace(japanese, "まだ無い", "もう有る", 1), 0.5, 0.95},
	} {
		got := similarity(textsim.Of(c.a), textsim.Of(c.b))
		if back := similarity(textsim.Of(c.b), textsim.Of(c.a)); got < c.min || got > c.max || got != back {
			t.Errorf("%s: %.2f there, %.2f back, want %.2f to %.2f", c.what, got, back, c.min, c.max)
		}
	}
}

func TestBrake(t *testing.T) {
	ours := Fingerprint{FeedHost: "tea.example", LinkHost: "tea.example", Title: "Tea", Language: "en"}
	with := func(change func(*Fingerprint)) Fingerprint { l := ours; change(&l); return l }
	day := 24 * time.Hour
	for _, c := range []struct {
		what  string
		scene scene
		want  string // foreign, flood or ""
	}{
		{"one new post", scene{known: ours, now: ours, items: 20, familiar: 19, listed: 20, fresh: 1, away: time.Hour}, ""},
		{"three at once", scene{known: ours, now: ours, items: 20, familiar: 17, listed: 20, fresh: 3, away: time.Hour}, ""},
		{"four at once", scene{known: ours, now: ours, items: 20, familiar: 16, listed: 20, fresh: 4, away: time.Hour}, "flood"},
		{"six at once, and two came at once before", scene{known: ours, now: ours, items: 20, familiar: 14, listed: 20, fresh: 6, mostNew: 2, away: time.Hour}, ""},
		{"a daily blog after a week in which its feed was away", scene{known: ours, now: ours, items: 20, familiar: 13, listed: 20, fresh: 7, perDay: 1, away: 7 * day}, ""},
		{"a news site's usual day", scene{known: ours, now: ours, items: 20, familiar: 18, listed: 20, fresh: 2, lastDay: 30, perDay: 24, mostNew: 2, away: time.Hour}, ""},
		{"three at once, all day long", scene{known: ours, now: ours, items: 20, familiar: 17, listed: 20, fresh: 3, lastDay: 12, perDay: 0.5, mostNew: 3, away: time.Hour}, "flood"},
		{"a feed of one post that has another one now", scene{known: ours, now: ours, items: 1, listed: 1, fresh: 1, away: time.Hour}, ""},
		{"a feed of ten posts that has ten others now", scene{known: ours, now: ours, items: 10, listed: 10, fresh: 1, away: time.Hour}, "foreign"},
		{"one unknown post where ten known ones were", scene{known: ours, now: ours, items: 1, listed: 10, fresh: 1, away: time.Hour}, "foreign"},
		{"another host of links", scene{known: ours, now: with(func(l *Fingerprint) { l.LinkHost = "casino.example" }), items: 2, listed: 2, fresh: 1}, "foreign"},
		{"a redirect to another host", scene{known: ours, now: with(func(l *Fingerprint) { l.FeedHost = "parked.example" }), items: 3, familiar: 1, listed: 3, fresh: 2}, "foreign"},
		{"another language", scene{known: ours, now: with(func(l *Fingerprint) { l.Language = "ru" }), items: 1, listed: 1, fresh: 1}, "foreign"},
		{"another title over the same posts", scene{known: ours, now: with(func(l *Fingerprint) { l.Title = "Cups" }), items: 20, familiar: 19, listed: 20, fresh: 1, away: time.Hour}, ""},
		{"a new domain with the same posts", scene{known: ours, now: Fingerprint{"cups.example", "cups.example", "Cups", "en"}, items: 20, familiar: 19, listed: 20, fresh: 1, away: time.Hour}, ""},
		{"nothing known yet", scene{now: ours, items: 3, fresh: 3, away: time.Hour}, ""},
		{"an empty feed", scene{known: ours, now: with(func(l *Fingerprint) { l.LinkHost = "" }), listed: 10}, ""},
	} {
		got := ""
		if c.scene.foreign() != "" {
			got = "foreign"
		} else if c.scene.flood() != "" {
			got = "flood"
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q (%s%s)", c.what, got, c.want, c.scene.foreign(), c.scene.flood())
		}
	}
}

// FuzzReconcileNames lets nobody's item take two posts, whatever guids and links a feed makes up.
func FuzzIdentify(f *testing.F) {
	f.Add("a\nhttps://tea.example/1\na\nhttps://tea.example/2\n\n")
	f.Add("\n\n\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		lines := strings.Split(text, "\n")
		var items []parser.Item
		for i := 0; i+1 < len(lines) && len(items) < 50; i += 2 {
			items = append(items, parser.Item{GUID: lines[i], Link: lines[i+1], Title: fmt.Sprint(i)})
		}
		seen := map[string]bool{}
		guids, links := map[string]bool{}, map[string]bool{}
		for _, it := range identify(items, "https://tea.example/") {
			if seen[it.identity] || it.ownGuid && guids[it.GUID] || it.ownLink && links[pageurl.Normalise(it.Link)] {
				t.Fatalf("%q is two posts", it.identity)
			}
			seen[it.identity], guids[it.GUID], links[pageurl.Normalise(it.Link)] = true, true, true
			if id := postID("https://fedi.example/blogs/tea", it.identity, 0); len(id) != idLength {
				t.Fatalf("id %q", id)
			}
		}
	})
}

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
