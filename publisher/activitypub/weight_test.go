package activitypub_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/costtest"
)

// TestWeightIsNoLessThanATreeNeeds reads what makes the largest trees.
func TestWeightIsNoLessThanATreeNeeds(t *testing.T) {
	const (
		most  = 20_000
		other = 256 << 10 // bytes that are needed beside it, by the test
	)
	for what, body := range map[string]string{
		"one text":           `{"a":"` + strings.Repeat("x", 1<<20) + `"}`,
		"escapes":            `{"a":"` + strings.Repeat(`\u00e9`, 1<<17) + `"}`,
		"empty objects":      `{"a":[` + strings.Repeat(`{},`, most-10) + `{}]}`,
		"small objects":      `{"a":[` + strings.Repeat(`{"a":1},`, most/2-10) + `{}]}`,
		"objects of objects": `{"a":[` + strings.Repeat(`{"a":{"b":{"c":{}}}},`, most/4-10) + `{}]}`,
		"objects of nine":    `{"a":[` + strings.Repeat(`{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1},`, most/10-10) + `{}]}`,
		"lists":              `{"a":[` + strings.Repeat(`[1],`, most/2-10) + `{}]}`,
		"numbers":            `{"a":[` + strings.Repeat(`1,`, most-10) + `1]}`,
	} {
		t.Run(what, func(t *testing.T) {
			var tree activitypub.Object
			peak := costtest.PeakOf(func() {
				var err error
				if tree, err = activitypub.Parse([]byte(body)); err != nil {
					t.Fatal(err)
				}
				runtime.GC()
			})
			weight := activitypub.Weight([]byte(body))
			t.Logf("%d kB: the tree needs %d kB, %d are counted", len(body)>>10, peak>>10, weight>>10)
			if peak > uint64(weight)+other {
				t.Errorf("a tree of %d bytes counts %d", peak, weight)
			}
			runtime.KeepAlive(tree)
		})
	}
}
