package preview_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const fixtures = "../../testdata/feeds"

// platforms are the blog engines whose preview is kept beside the feed, for people to read.
var platforms = []string{"wordpress", "ghost", "hugo", "jekyll", "eleventy", "astro", "microblog", "substack", "blogger", "medium"}

func TestPreviewOfEachPlatformIsReadable(t *testing.T) {
	for _, name := range platforms {
		t.Run(name, func(t *testing.T) {
			address, h := fixture(t, name)
			got := textOf(t, look(t, h, address, 3), 80)
			path := filepath.Join(fixtures, name, "preview.golden.txt")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatalf("%v (-update writes it)", err)
			}
			compare(t, path, got, string(want))
		})
	}
}

func compare(t *testing.T, path, got, want string) {
	t.Helper()
	lines := strings.Split(want, "\n")
	for i, line := range strings.Split(got, "\n") {
		if i >= len(lines) || line != lines[i] {
			t.Fatalf("%s:%d differs (-update rewrites it)\n got %s\nwant %s", path, i+1, line, lines[min(i, len(lines)-1)])
		}
	}
	if got != want {
		t.Fatalf("%s has more lines (-update rewrites it)", path)
	}
}

// fixture serves a feed of testdata as its engine does.
func fixture(t testing.TB, name string) (address string, h *host) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(fixtures, name, "feed.*"))
	if err != nil || len(paths) != 1 {
		t.Fatal(err, paths)
	}
	raw, err := os.ReadFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	kind := "application/xml; charset=utf-8"
	if filepath.Ext(paths[0]) == ".json" {
		kind = "application/feed+json"
	}
	address = "https://" + name + ".example/" + filepath.Base(paths[0])
	return address, goodHost(address, kind, string(raw))
}
