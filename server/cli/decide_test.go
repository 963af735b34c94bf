package cli

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
)

// refuses runs a command and fails unless it is refused with the words.
func (o *operator) refuses(want string, words ...string) (said string) {
	o.t.Helper()
	code, said := o.types(words...)
	if code != exit.Refused || !strings.Contains(said, want) {
		o.t.Errorf("%v: exit %d %q, want it refused with %q", words, code, said, want)
	}
	return said
}

// change does something to the rows of the operator's database.
func (o *operator) change(query string, values ...any) {
	o.t.Helper()
	db, err := database.Open(o.t.Context(), "sqlite:"+filepath.Join(o.flags[5], "bloghorn.db"))
	if err != nil {
		o.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(o.t.Context(), query, values...); err != nil {
		o.t.Fatal(err)
	}
}

func TestAllMeansThePostsThatAreHeldForOneReason(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	o.mustType("blog", "add", o.feed.URL, "--handle", "tea")
	o.feed.publishMany(9)
	o.mustType("feed", "refresh")
	hold := "UPDATE posts SET held_by = ? WHERE title LIKE ?"
	o.change(hold, feeds.HeldForeign, "Cup number 1")
	o.change(hold, feeds.HeldDoubt, "Cup number 2")
	before := o.mustType("post", "list")

	said := o.refuses("held for several reasons. Nothing was changed", "post", "release", "--all", "tea", "--yes")
	for _, want := range []string{"Left out: 1 post (perhaps a post", "7 posts, many more", "--reason flood", "1 post, the feed looks", "--reason foreign"} {
		if !strings.Contains(said, want) {
			t.Errorf("it is asked %q, without %q", said, want)
		}
	}
	o.refuses("bloghorn post history --all tea@127.0.0.1", "post", "history", "--all", "tea")
	o.refuses("another site’s: 1 of 1 held posts would go", "post", "release", "--all", "--reason", "foreign")
	o.expects("held for that reason; nothing was changed", "post", "release", "--all", "--yes", "--reason", "early")
	if after := o.mustType("post", "list"); after != before {
		t.Errorf("nothing was decided, and the posts are %s", after)
	}
	o.expects("7 posts go to 0 followers", "post", "release", "--all", "--reason", "flood")
	o.expects("Kept quietly: 1 post", "post", "history", "--all", "--reason", "foreign")
	o.expects("Perhaps a post that you published before (1 post)", "feed", "held")
}

// TestPageOfSeveralBlogsIsNotGuessed: what cannot be called back is done to a post that was named.
func TestPageOfSeveralBlogsIsNotGuessed(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	o.mustType("blog", "add", o.feed.URL, "--handle", "tea")
	o.mustType("blog", "add", o.feed.URL, "--handle", "cups")
	page := o.feed.URL + "/old"
	said := o.refuses("several blogs have a post at", "post", "delete", page, "--yes")
	if strings.Count(said, "  @tea@127.0.0.1:") != 1 || strings.Count(said, "  @cups@127.0.0.1:") != 1 {
		t.Errorf("it is asked %q", said)
	}
	for _, verb := range []string{"release", "history", "same", "show"} {
		o.refuses("Nothing was changed; name one by its id:", "post", verb, page)
	}
	id := strings.Fields(o.mustType("post", "list", "cups"))[0]
	o.expects("Deleted: A post from before (@cups@127.0.0.1:", "post", "delete", id, "--yes")
	o.expects("@tea@127.0.0.1", "post", "show", page) // the other is not there any more
}

func TestPostsThatAreReleasedOneByOneKeepThePace(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	o.mustType("blog", "add", o.feed.URL, "--handle", "tea")
	o.feed.publishMany(4)
	o.mustType("feed", "refresh")
	var ids []string
	for line := range strings.Lines(o.mustType("feed", "held")) {
		if fields := strings.Fields(line); len(fields) > 6 && len(fields[0]) == 26 {
			ids = append(ids, fields[0])
		}
	}
	said := o.mustType("post", "release", ids[0], ids[1])
	if !strings.HasPrefix(said, "Announced: Cup") || !strings.Contains(said, ", in 10 min (to call it off: bloghorn post history "+ids[1]+"): Cup") {
		t.Errorf("it is said %q", said)
	}
	o.expects(", in 20 min (to call it off: ", "post", "release", ids[2])
	o.change("DELETE FROM posts WHERE id IN (?, ?)", ids[1], ids[2])
	o.change("UPDATE posts SET due_at = NULL WHERE id = ?", ids[0])
	o.change(`INSERT INTO announcements (post_id, blog_id, content_hash, hash_version, revision, created_at, updated_at, told_at, deleted_at)
SELECT id, blog_id, content_hash, hash_version, 0, ?, 0, 0, 0 FROM posts WHERE id = ?`, database.Millis(time.Now()), ids[0])
	o.expects(", in 10 min (to call it off: ", "post", "release", ids[3])
}
