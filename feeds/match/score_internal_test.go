package match

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/feeds/textsim"
)

// TestSignsAreWeighed is the table by which one may argue about a rule: what an item and a post
// have in common, and what they are then.
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
		if l.points >= sameEnough {
			got = "same"
		} else if l.isDoubtful() {
			got = "doubt"
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s (%d: %s)", c.what, got, c.want, l.points, l)
		}
	}
}

// TestTextIsReadOnlyWhereItMatters: reading the text of every post at every poll would cost more
// than all the rest.
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
			if (with.points >= sameEnough) != (without.points >= sameEnough) || with.isDoubtful() != without.isDoubtful() {
				t.Fatalf("%+v: the text decides, and was not to be read: %s; without it %s", e, with, without)
			}
		}
	}
}

func TestEachPostIsOneItemAtMost(t *testing.T) {
	for range 1000 {
		var pairs []pair
		for range rand.IntN(40) {
			pairs = append(pairs, pair{item: rand.IntN(8), post: rand.IntN(8), Score: Score{points: rand.IntN(120)}})
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
		for _, it := range Identify(items, "https://tea.example/") {
			if seen[it.identity] || it.ownGUID && guids[it.GUID] || it.ownLink && links[pageurl.Normalise(it.Link)] {
				t.Fatalf("%q is two posts", it.identity)
			}
			seen[it.identity], guids[it.GUID], links[pageurl.Normalise(it.Link)] = true, true, true
			if id := postID("https://fedi.example/blogs/tea", it.identity, 0); len(id) != idLength {
				t.Fatalf("id %q", id)
			}
		}
	})
}
