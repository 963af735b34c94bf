package feeds_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/goldentest"
)

const fixtures = "../testdata/feeds"

// golden is what a feed says, as far as people will see it.
type golden struct {
	Format, Title, Description, SiteURL, Language, ImageURL string
	Posts                                                   []goldenPost
}

type goldenPost struct {
	ID, GUID, URL, Title, Teaser, Content, ImageURL, ImageAlt string
	Tags                                                      []string
	Author, Language, Published                               string
	Attachments                                               []parser.Attachment `json:",omitempty"`
}

// found is when the fixtures' feeds are read; what they date later is dated so.
var found = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// Every folder is a test: a feed as an engine emits it, and what must be found in it.
func TestFeedsOfTheWorldAreRead(t *testing.T) {
	paths, err := filepath.Glob(fixtures + "/*/feed.*")
	if err != nil || len(paths) < 20 {
		t.Fatalf("%d fixtures, %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			goldentest.SameJSON(t, filepath.Join(filepath.Dir(path), "posts.golden.json"), read(t, path))
		})
	}
}

func read(t *testing.T, path string) golden {
	t.Helper()
	f, err := parser.Parse(readFile(t, path), "", "https://fixture.example/"+filepath.Base(path))
	if err != nil {
		t.Fatal(err)
	}
	g := golden{f.Format, f.Title, f.Description, f.SiteURL, f.Language, f.ImageURL, nil}
	for _, p := range feeds.PostsOf(f, feeds.Blog{Origin: "https://fedi.example/blogs/blog"}, found) {
		g.Posts = append(g.Posts, goldenPost{p.ID, p.GUID, p.URL, p.Title, p.Teaser, p.Content.String(), p.ImageURL, p.ImageAlt,
			p.Tags, p.Author, p.Language, p.PublishedAt.Format(time.RFC3339Nano), p.Attachments})
	}
	return g
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
