package main

import (
	"path/filepath"
	"strings"
	"testing"

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
