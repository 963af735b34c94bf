package publisher_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/article"
	"github.com/bloghorn/bloghorn/server/goldentest"
)

// Each folder of testdata/feeds is a feed as some blog engine writes it; beside it stands what Mastodon and the others get of its first
// post. A new folder is a new test.
func TestFeedsBecomeTheseArticles(t *testing.T) {
	paths, err := filepath.Glob("../testdata/feeds/*/feed.*")
	if err != nil || len(paths) == 0 {
		t.Fatal(err, paths)
	}
	for _, path := range paths {
		folder := filepath.Dir(path)
		t.Run(filepath.Base(folder), func(t *testing.T) {
			goldentest.Same(t, filepath.Join(folder, "article.golden.json"), articleOf(t, path))
		})
	}
}

func articleOf(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	feed, err := parser.Parse(raw, "", "https://fixture.example/"+filepath.Base(path))
	if err != nil {
		t.Fatal(err)
	}
	b := feeds.Blog{ID: 1, Origin: base + "/blogs/tea", BaseURL: base, Username: "tea", HandleHost: "fixture.example", SiteURL: feed.SiteURL, Language: feed.Language}
	posts := feeds.PostsOf(feed, b, start)
	if len(posts) == 0 {
		t.Fatal("no post in the feed")
	}
	article := article.Build(b, posts[0], article.Facts{})
	article.Context = activitypub.ObjectContext
	body, err := activitypub.Marshal(article)
	if err != nil {
		t.Fatal(err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, body, "", "  "); err != nil {
		t.Fatal(err)
	}
	return pretty.String() + "\n"
}
