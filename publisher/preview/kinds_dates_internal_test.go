package preview

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds/fetch"
)

// The advice on a date of another calendar names its year.
func TestKindsOfOddYears(t *testing.T) {
	t.Parallel()
	for year, want := range map[int]string{1405: "the year 1405", 2569: "the year 2569", 5787: "the year 5787", 0: "can be read."} {
		w, ok := datesMissing(subject{in: fetch.Inspection{Entries: []fetch.Entry{{}, {OddYear: year}}}})
		if !ok || !strings.Contains(w.Seen, want) || strings.Contains(w.Fix, "Gregorian") != (year != 0) {
			t.Errorf("%d: %q, %q", year, w.Seen, w.Fix)
		}
	}
}
