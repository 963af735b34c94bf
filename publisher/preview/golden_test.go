package preview_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/bloghorn/bloghorn/server/goldentest"
)

const fixtures = "../../testdata/feeds"

// platforms are the blog engines whose preview is kept beside the feed, for people to read.
var platforms = []string{"wordpress", "ghost", "hugo", "jekyll", "eleventy", "astro", "microblog", "substack", "blogger", "medium"}

func TestPreviewOfEachPlatformIsReadable(t *testing.T) {
	for _, name := range platforms {
		t.Run(name, func(t *testing.T) {
			address, h := fixture(t, name)
			goldentest.Same(t, filepath.Join(fixtures, name, "preview.golden.txt"), textOf(t, look(t, h, address, 3), 80))
		})
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
