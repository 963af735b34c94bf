package feeds_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

var tea = feeds.Blog{Origin: "https://fedi.example/blogs/tea", BaseURL: "https://fedi.example", Username: "tea"}

func ids(t *testing.T, entries ...entry) []string {
	t.Helper()
	f, err := parser.Parse([]byte(rss(entries...)), "", feedURL)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, p := range feeds.PostsOf(f, tea, start) {
		all = append(all, p.ID)
	}
	return all
}

// Ids are in inboxes all over the world. This one must never change.
func TestPostIDIsDerivedAsEver(t *testing.T) {
	// printf 'https://fedi.example/blogs/tea\0https://tea.example/1/\0000' | sha256sum | xxd -r -p | base32 | tr A-Z a-z | cut -c1-26
	if got, want := ids(t, post(1))[0], "zuuokmbo5bmegvlu5rrhkqskjo"; got != want {
		t.Errorf("id %s, want %s", got, want)
	}
}

func TestGuidIsTheIdentityWhateverElseChanges(t *testing.T) {
	moved := post(1).with(func(e *entry) { e.link, e.title, e.body = "https://new.example/x", "New", "<p>New</p>" })
	if a, b := ids(t, post(1))[0], ids(t, post(2), moved)[1]; a != b {
		t.Errorf("%s became %s", a, b)
	}
}

func TestLinkIsTheIdentityWithoutGuid(t *testing.T) {
	plain := post(1).with(func(e *entry) { e.guid = "" })
	spelt := plain.with(func(e *entry) { e.link, e.title = "http://www.tea.example/1/index.html?utm_medium=feed#top", "Edited" })
	if a, b := ids(t, plain)[0], ids(t, spelt)[0]; a != b {
		t.Errorf("%s became %s", a, b)
	}
	shared := func(n int) entry { return post(n).with(func(e *entry) { e.guid = "the same" }) }
	if got := ids(t, shared(1), shared(2)); len(got) != 2 || got[0] != ids(t, plain)[0] {
		t.Errorf("with one guid for all: %v", got)
	}
}

func TestContentIsTheIdentityWithoutAnythingElse(t *testing.T) {
	bare := func(n int) entry { return post(n).with(func(e *entry) { e.guid, e.link = "", "" }) }
	home := func(n int) entry { return bare(n).with(func(e *entry) { e.link = "https://tea.example" }) }
	for name, one := range map[string]func(int) entry{"bare": bare, "all links lead home": home} {
		both := ids(t, one(2), one(1))
		if len(both) != 2 || both[0] == both[1] || ids(t, one(1))[0] != both[1] {
			t.Errorf("%s: %v, alone %v", name, both, ids(t, one(1)))
		}
	}
}

func TestSameEntryTwiceIsOnePost(t *testing.T) {
	if got := ids(t, post(1), post(1), post(1)); len(got) != 1 || got[0] != ids(t, post(1))[0] {
		t.Errorf("%v", got)
	}
}

func TestPageKeyIsOneForAllSpellings(t *testing.T) {
	for _, same := range [][]string{
		{
			"https://tea.example/a", "http://tea.example/a/", "https://www.tea.example/a/index.html", "HTTPS://TEA.example:443/a#x",
			"http://tea.example:80/a?", "https://tea.example./a?utm_source=x&fbclid=1&gclid=2&mc_cid=3&ref=4",
			"https://tea.example/a?UTM_Campaign=y", "  https://tea.example/a ",
		},
		{"https://tea.example", "https://tea.example/", "https://tea.example/index.html", "https://tea.example//"},
		{"https://tea.example/?b=2&a=1", "https://tea.example/?a=1&b=2", "https://tea.example?a=1&&b=2&utm_id=3"},
		{"https://tea.example/caf%C3%A9", "https://tea.example/caf%c3%a9", "https://tea.example/café"},
		{"https://bücher.example/", "https://xn--bcher-kva.example"},
		{"https://medium.example/p?source=rss----1---4", "https://medium.example/p"},
	} {
		for _, spelling := range same {
			if pageurl.Key(spelling) != pageurl.Key(same[0]) {
				t.Errorf("%s is %s, %s is %s", spelling, pageurl.Normalise(spelling), same[0], pageurl.Normalise(same[0]))
			}
		}
	}
	different := []string{
		"https://tea.example/a", "https://tea.example/A", "https://tea.example/a?p=1", "https://tea.example/a?p=2",
		"https://tea.example:8443/a", "http://tea.example:443/a", "https://te.example/a", "https://tea.example/a/b",
		"https://tea.example/a?source=2", "https://tea.example/index.htm",
	}
	for i, a := range different {
		for _, b := range different[:i] {
			if pageurl.Key(a) == pageurl.Key(b) {
				t.Errorf("%s and %s are one page", a, b)
			}
		}
	}
	for _, none := range []string{"", "tea", "/a", "mailto:a@tea.example", "javascript:alert(1)", "https://", "http://%zz/"} {
		if got := pageurl.Normalise(none); got != "" {
			t.Errorf("%q became %q", none, got)
		}
	}
}

func TestHandlesAreReadAsPeopleWriteThem(t *testing.T) {
	for in, want := range map[string]string{
		"tea": "tea@", " Tea ": "tea@", "@tea": "tea@", "tea@blog.example": "tea@blog.example", "@Tea@Blog.Example": "tea@blog.example",
		"a": "a@", "_": "_@", "t.e-a_1": "t.e-a_1@", strings.Repeat("x", 30): strings.Repeat("x", 30) + "@",
		"tea@127.0.0.1:8484": "tea@127.0.0.1:8484", "tea@[::1]:8484": "tea@[::1]:8484",
	} {
		name, host, err := feeds.ParseHandle(in)
		if got := name + "@" + host; err != nil || got != want {
			t.Errorf("%q: %s, %v", in, got, err)
		}
	}
	for _, in := range []string{
		"", "@", "-tea", "tea-", ".tea", "tea.", "té", "t a", "tea/..", strings.Repeat("x", 31),
		"tea@", "tea@b@c", "tea@b/c", "tea@b?c", "tea@b#c", "tea@b:", "tea@%41", "tea@b c", "tea@" + strings.Repeat("x", 256),
	} {
		if name, host, err := feeds.ParseHandle(in); !errors.Is(err, web.ErrInvalid) {
			t.Errorf("%q: %s at %s, %v", in, name, host, err)
		}
	}
}

func TestBlogIsFoundByEveryName(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		for what, find := range map[string]func() (feeds.Blog, error){
			"id": func() (feeds.Blog, error) { return feeds.BlogByID(t.Context(), db, w.blog.ID) },
			"address": func() (feeds.Blog, error) {
				return feeds.BlogByUsername(t.Context(), db, "https://fedi.example", "tea")
			},
			"acct":     func() (feeds.Blog, error) { return feeds.BlogByAcct(t.Context(), db, "Tea", "FEDI.example") },
			"site":     func() (feeds.Blog, error) { return feeds.BlogBySite(t.Context(), db, "http://www.tea.example") },
			"name":     func() (feeds.Blog, error) { return feeds.FindBlog(t.Context(), db, "tea") },
			"fullname": func() (feeds.Blog, error) { return feeds.FindBlog(t.Context(), db, "@tea@fedi.example") },
			"profile":  func() (feeds.Blog, error) { return feeds.FindBlog(t.Context(), db, w.blog.ActorID()+"/") },
		} {
			if b, err := find(); err != nil || b != w.blog {
				t.Errorf("%s: %+v, %v\nwant %+v", what, b, err, w.blog)
			}
		}
		if w.blog.ActorID() != "https://fedi.example/blogs/tea" || w.blog.Handle() != "@tea@fedi.example" || w.blog.SiteHost != "tea.example" {
			t.Errorf("%+v", w.blog)
		}
		for _, nobody := range []string{"coffee", "tea@tea.example", "https://tea.example/blogs/tea"} {
			if _, err := feeds.FindBlog(t.Context(), db, nobody); !errors.Is(err, web.ErrNotFound) {
				t.Errorf("%s: %v", nobody, err)
			}
		}
		if _, err := feeds.BlogBySite(t.Context(), db, "https://tea.example/1/"); !errors.Is(err, database.ErrNotFound) {
			t.Errorf("a page is not the site: %v", err)
		}
		if _, err := db.Exec(t.Context(), `UPDATE blogs SET handle_host = 'tea.example' WHERE id = ?`, w.blog.ID); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"tea@tea.example", "@tea@Fedi.example"} {
			if b, err := feeds.FindBlog(t.Context(), db, name); err != nil || b.ID != w.blog.ID {
				t.Errorf("%s, of a handle on another host: %+v, %v", name, b, err)
			}
		}
	})
}

// add puts a second blog beside the first: same feed, other base.
func (w *world) add(base, name, site string) feeds.Blog {
	w.t.Helper()
	address := fmt.Sprintf("https://%s/feed-of-%s", site, name)
	const title = "<channel><title>Tea</title><link>https://"
	w.web.set(address, page{body: strings.ReplaceAll(rss(post(1)), title+"tea.example/", title+site+"/")})
	found, err := fetch.Discover(w.t.Context(), w.web.client(), address)
	if err != nil {
		w.t.Fatal(err)
	}
	b, err := feeds.Add(w.t.Context(), w.db, feeds.NewBlog{Found: found, BaseURL: base, Username: name}, w.now, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

func TestThreadIsTheOneOfTheSiteThenTheOldest(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(2))
		planet := w.add("https://planet.example", "planet", "planet.example")
		if _, b, err := feeds.FindPost(t.Context(), db, "https://tea.example/1", ""); err != nil || b.ID != planet.ID {
			t.Errorf("the only one: %v, %v", b.Acct(), err)
		}
		w.publish(post(1).with(func(e *entry) { e.date = start }))
		w.mustPoll()
		if _, b, err := feeds.FindPost(t.Context(), db, "https://tea.example/1", ""); err != nil || b.ID != w.blog.ID {
			t.Errorf("the site's own: %v, %v", b.Acct(), err)
		}
		if p, b, err := feeds.FindPost(t.Context(), db, "https://tea.example/1", "planet"); err != nil || b != planet || p.BlogID != b.ID {
			t.Errorf("by name: %v, %v", b.Acct(), err)
		}
		if _, _, err := feeds.FindPost(t.Context(), db, "https://tea.example/3", ""); !errors.Is(err, database.ErrNotFound) {
			t.Errorf("unknown page: %v", err)
		}
		if _, _, err := feeds.FindPost(t.Context(), db, "https://tea.example/2", "planet"); !errors.Is(err, database.ErrNotFound) {
			t.Errorf("a page of another blog: %v", err)
		}
		// A second account for the site, made later, does not take the place of the first; both have the page.
		english := w.add("https://tea.example", "english", "tea.example")
		copies, err := feeds.FindCopies(t.Context(), db, "https://tea.example/1", "")
		if err != nil || len(copies) != 3 || copies[0].Blog.ID != w.blog.ID || copies[1].Blog.ID != planet.ID || copies[2].Blog.ID != english.ID {
			t.Errorf("the copies of a page: %v, %v", copies, err)
		}
		w.add("https://planet2.example", "planet", "planet2.example")
		_, _, err = feeds.FindPost(t.Context(), db, "https://tea.example/1", "planet")
		if !errors.Is(err, web.ErrInvalid) || !strings.Contains(err.Error(), "planet@planet2.example") {
			t.Errorf("two of that name: %v", err)
		}
		if bases, err := feeds.BaseURLs(t.Context(), db); err != nil || len(bases) != 4 {
			t.Errorf("%v, %v", bases, err)
		}
	})
}
