package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// refuses runs a command and fails unless it is refused with the words.
func (o *operator) refuses(want string, words ...string) (said string) {
	o.t.Helper()
	code, said := o.types(words...)
	if code != exitRefused || !strings.Contains(said, want) {
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
