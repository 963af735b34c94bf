package preview

import (
	"slices"
	"testing"
)

func TestKindsOfListNumbersAreShown(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string][]int{
		`<ol><li>a</li><li>b</li></ol>`:                                  {1, 2},
		`<ol start="4"><li>a</li><li>b</li></ol>`:                        {4, 5},
		`<ol start="-1"><li>a</li><li value="9">b</li><li>c</li></ol>`:   {-1, 9, 10},
		`<ol reversed=""><li>a</li><li>b</li><li>c</li></ol>`:            {3, 2, 1},
		`<ol start="10" reversed=""><li>a</li><li value="3">b</li></ol>`: {10, 3},
		`<ol start="7"><li>a<ol><li>inner</li></ol></li><li>b</li></ol>`: {7, 8},
		`<ul><li>a</li><li>b</li></ul>`:                                  {0, 0},
	} {
		var got []int
		for _, item := range blocksOf(raw)[0].Inside {
			got = append(got, item.Number)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", raw, got, want)
		}
	}
}
