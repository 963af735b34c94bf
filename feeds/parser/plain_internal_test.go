package parser

import "testing"

func TestKindsOfMarksInTitles(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"A 10<sup>6</sup> litre pot":               "A 10⁶ litre pot",
		"What CO<sub>2</sub> does to tea":          "What CO₂ does to tea",
		"On T<sub>e</sub>X":                        "On TeX",
		"The 2<sup>nd</sup> cup":                   "The 2nd cup",
		"<q>Milk first</q>, she said":              "“Milk first”, she said",
		"My <del>favourite</del> only pot":         "My ~~favourite~~ only pot",
		"x<SUP class=\"k\">2</SUP> &amp; y":        "x² & y",
		"Vec<T> and <sup> in HTML":                 "Vec<T> and <sup> in HTML",
		"<b>Bold</b> as <i>love</i> &lt;3":         "Bold as love <3",
		"The area is a<sup>2</sup>b<sup>n/2</sup>": "The area is a²b^(n/2)",
	} {
		if got := plainRSS(raw); got != want {
			t.Errorf("%s\n got %s\nwant %s", raw, got, want)
		}
	}
}
