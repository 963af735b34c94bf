package widget_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

// threadOf is what the JSON of a page says.
type threadOf struct {
	Counts map[string]int
	Items  []struct {
		ID, HTML string
		Parent   *string
		ByAuthor bool `json:"by_author"`
	}
	More []struct {
		Below, Cursor string
		Count         int
	}
	Next *string
}

func (w *world) json(more ...string) (thread threadOf) {
	w.t.Helper()
	answer, body := w.get(w.at("/api/v1/comments", more...))
	if err := json.Unmarshal([]byte(body), &thread); err != nil || answer.StatusCode != 200 {
		w.t.Fatalf("%d %v %.300s", answer.StatusCode, err, body)
	}
	return thread
}

// A person whose replies are shown at once writes as much as she can; without the bounds each
// reader paid 97 MB.
func TestOneTalkativePersonCostsAReaderAPage(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	long := "<p>" + strings.Repeat(`<a href="https://pasture.example/?a=1&amp;b=2" rel="nofollow">"&#39;word"</a> `, 62_000/80) + "</p>"
	for range costtest.Pick(30, 1500) {
		w.say(comment{by: "mallory", html: long})
	}
	for _, path := range formats {
		_, body := w.get(w.at(path))
		if len(body) > 1<<20 || !strings.Contains(body, "word") {
			t.Errorf("%s has %d bytes", path, len(body))
		}
		t.Logf("%s: %d bytes", path, len(body))
	}
	// As large as they are, they are kept.
	w.exec("DROP TABLE reactions")
	for _, path := range formats {
		if answer, _ := w.get(w.at(path)); answer.StatusCode != 200 {
			t.Errorf("%s is made anew for each reader", path)
		}
	}
}

func TestEachFormatLeadsThroughTheWholeThread(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	var said []string
	for i := range 2*bounds.ThreadRoots + 5 {
		said = append(said, w.say(comment{html: fmt.Sprintf("<p>root %d</p>", i)}).String())
	}
	busy, _ := database.ParseID(said[3])
	for range bounds.ThreadAnswers + 7 {
		said = append(said, w.say(comment{parent: busy}).String())
	}
	slices.Sort(said)
	if got := w.followJSON(); !slices.Equal(got, said) {
		t.Errorf("the pages of JSON have %d of %d comments", len(got), len(said))
	}
	for _, path := range []string{"/thread", "/comments"} {
		if got := w.followLinks(w.at(path)); !slices.Equal(got, said) {
			t.Errorf("the links of %s lead to %d of %d comments", path, len(got), len(said))
		}
	}
	first := w.json()
	if first.Counts["replies"] != len(said) || len(first.More) != 1 || first.More[0].Count != 7 || first.More[0].Below != busy.String() {
		t.Errorf("the first page says %v and %v", first.Counts, first.More)
	}
}

// followJSON reads all pages, and what they say is left of a branch.
func (w *world) followJSON() (ids []string) {
	w.t.Helper()
	for todo, n := []string{""}, 0; len(todo) > 0 && n < 100; n++ {
		page := w.json("cursor", todo[0])
		todo = todo[1:]
		for _, i := range page.Items {
			ids = append(ids, i.ID)
		}
		for _, m := range page.More {
			todo = append(todo, m.Cursor)
		}
		if page.Next != nil && !slices.Contains(todo, *page.Next) {
			todo = append(todo, *page.Next)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// followLinks reads the pages as a browser without scripts does.
func (w *world) followLinks(first string) (ids []string) {
	w.t.Helper()
	todo, seen := []string{first}, map[string]bool{}
	for len(todo) > 0 && len(seen) < 100 {
		path := todo[0]
		todo = todo[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		answer, body := w.get(path)
		root, err := html.Parse(strings.NewReader(body))
		if err != nil || answer.StatusCode != 200 {
			w.t.Fatalf("%s: %d %v", path, answer.StatusCode, err)
		}
		for n := range root.Descendants() {
			for _, a := range n.Attr {
				if n.Data == "article" && a.Key == "id" {
					ids = append(ids, strings.TrimPrefix(a.Val, "fedi-c-"))
				}
				if n.Data == "a" && a.Key == "href" && strings.Contains(a.Val, "cursor=") {
					todo = append(todo, strings.TrimPrefix(a.Val, w.here.URL+"/fedi"))
				}
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func TestEachPageHasAnETagOfItsOwn(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	for range bounds.ThreadRoots + 1 {
		w.say(comment{})
	}
	next := *w.json().Next
	for _, path := range formats {
		first, _ := w.get(w.at(path))
		second, body := w.get(w.at(path, "cursor", next))
		etag := second.Header.Get("ETag")
		if etag == first.Header.Get("ETag") || strings.Count(body, "Nice.") == 0 {
			t.Errorf("%s: the second page is %s %s", path, etag, body)
		}
		if again, _ := w.get(w.at(path, "cursor", next), "If-None-Match", etag); again.StatusCode != 304 {
			t.Errorf("%s: %d for who has the second page", path, again.StatusCode)
		}
		w.say(comment{})
		if again, _ := w.get(w.at(path, "cursor", next), "If-None-Match", etag); again.StatusCode != 200 {
			t.Errorf("%s: %d for who has the second page of yesterday", path, again.StatusCode)
		}
	}
}

func TestHostileParametersOfAThread(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	w.say(comment{})
	for _, path := range formats {
		plain, _ := w.get(w.at(path))
		for _, cursor := range []string{"x", "' OR 1=1 --", strings.Repeat("a", 5000), "\x00", "<script>", "aaaaaaaaaaaaa.1", "-1", "99999999999999999999"} {
			for _, method := range []string{"GET", "HEAD"} {
				answer, body := w.do(method, w.at(path, "cursor", cursor), "")
				if answer.StatusCode != 400 || strings.Contains(body, "<script>") {
					t.Errorf("%s %s with cursor %.20q: %d %s", method, path, cursor, answer.StatusCode, body)
				}
			}
		}
		// What nobody reads makes no page of its own.
		for _, more := range [][]string{{"limit", "1000000"}, {"limit", "-1"}, {"cursor", ""}, {"around", "x"}} {
			if answer, _ := w.get(w.at(path, more...)); answer.StatusCode != 200 || answer.Header.Get("ETag") != plain.Header.Get("ETag") {
				t.Errorf("%s with %v: %d, another page", path, more, answer.StatusCode)
			}
		}
	}
	for _, path := range []string{"/comments", "/api/v1/comments"} {
		plain, _ := w.get(w.at(path))
		if answer, _ := w.get(w.at(path, "reply", "x")); answer.Header.Get("ETag") != plain.Header.Get("ETag") {
			t.Errorf("%s?reply=x is kept beside %s", path, path)
		}
	}
	x, _ := w.get(w.at("/thread", "reply", "x"))
	if y, _ := w.get(w.at("/thread", "reply", "y")); x.Header.Get("ETag") != y.Header.Get("ETag") {
		t.Error("each wrong name of a reply is a page of its own")
	}
}

// addBlog puts a second account beside the first one, for the same site, and has people answer its
// copy of the post.
func (w *world) addBlog(name string) *world {
	w.t.Helper()
	client := safehttp.New(safehttp.Options{Allow: []string{strings.TrimPrefix(w.site.URL, "http://")}})
	found, err := fetch.Discover(w.t.Context(), client, w.site.URL+"/feed.xml")
	if err != nil {
		w.t.Fatal(err)
	}
	other := *w
	other.said = 1000
	other.blog, err = feeds.Add(w.t.Context(), w.db, feeds.NewBlog{Found: found, BaseURL: w.here.URL + "/fedi", Username: name, HandleHost: "blog.example"}, noon, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	if other.post, _, err = feeds.FindPost(w.t.Context(), w.db, w.page, name); err != nil {
		w.t.Fatal(err)
	}
	return &other
}

func TestCommentsOfAPageAreThoseOfAllItsBlogs(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	w.say(comment{by: "ada", html: "<p>to the first</p>"})
	before, _ := w.get(w.at("/comments"))
	second := w.addBlog("english")
	w.past.Add(int64(time.Minute)) // where a page belongs is looked up anew
	if page := w.json(); page.Counts["replies"] != 1 || len(page.Items) != 1 {
		t.Fatalf("a second blog hid the comments of the first: %v", page)
	}
	second.say(comment{by: "ada", html: `<p><a href="https://blog.example/blogs/english" class="u-url mention">@<span>english</span></a> to the second</p>`})
	second.count(0, 3, 2)
	w.count(0, 1, 1)
	third := w.say(comment{by: "bo", html: "<p>to the first again</p>"})
	page := w.json()
	var said []string
	for _, i := range page.Items {
		said = append(said, i.HTML)
	}
	if want := []string{"<p>to the first</p>", "<p>to the first again</p>", "<p>to the second</p>"}; !slices.Equal(said, want) {
		t.Errorf("the page shows %q", said)
	}
	if fmt.Sprint(page.Counts) != "map[boosts:3 likes:4 quotes:0 replies:3]" {
		t.Errorf("the counts are %v", page.Counts)
	}
	if _, body := w.get("/api/v1/counts?url=" + url.QueryEscape(w.page)); !strings.Contains(body, `{"replies":3,"likes":4,"boosts":3,"quotes":0}`) {
		t.Errorf("the numbers of the page are %s", body)
	}
	if again, _ := w.get(w.at("/comments"), "If-None-Match", before.Header.Get("ETag")); again.StatusCode != 200 {
		t.Error("who has the page as it was before is told that nothing changed")
	}
	for name, want := range map[string]int{"tea": 2, "english": 1} {
		if got := w.json("blog", name); len(got.Items) != want || got.Counts["replies"] != want {
			t.Errorf("blog=%s has %d comments, counted %d", name, len(got.Items), got.Counts["replies"])
		}
	}
	// A reader answers the older of two blogs of one site, and a reply where it is.
	_, body := w.get(w.at("/thread"))
	if in := inputs(t, body); in["object"] != w.objectID() {
		t.Errorf("the post to be answered is %s", in["object"])
	}
	id := page.Items[2].ID
	if answer, _ := w.answerFrom("mastodon.social", "reply", id); !strings.HasSuffix(answer.Header.Get("Location"), url.QueryEscape("/notes/1001")) {
		t.Errorf("a reply to the second blog is answered at %s", answer.Header.Get("Location"))
	}
	// The owner is known under both.
	w.exec("INSERT INTO adopted_accounts (blog_id, actor_hash, actor_uri, handle, created_at) VALUES (?, ?, ?, '', 0)", second.blog.ID,
		database.Hash("https://pasture.example/users/bo"), "https://pasture.example/users/bo")
	w.count(0, 0, 0)
	for _, i := range w.json().Items {
		if i.ByAuthor != (i.ID == third.String()) {
			t.Errorf("%s is by the author: %t", i.HTML, i.ByAuthor)
		}
	}
	// Each blog moderates what is its own.
	second.set(mustID(t, id), thread.Hidden)
	if page := w.json(); len(page.Items) != 2 {
		t.Errorf("what the second blog hid is shown: %v", page.Items)
	}
	if _, body := w.get(w.at("/thread", "reply", id)); !strings.Contains(body, "no longer here") {
		t.Error("what is hidden can be answered")
	}
}

func mustID(t *testing.T, s string) database.ID {
	t.Helper()
	id, err := database.ParseID(s)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestPagesOfACopiedPostAreInOneOrder(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	second := w.addBlog("english")
	var want []string
	for i := range 2*bounds.ThreadRoots + 1 {
		in := []*world{w, second}[i%2]
		in.said = i
		want = append(want, in.say(comment{}).String())
	}
	var got []string
	for cursor := ""; ; {
		page := w.json("cursor", cursor)
		for _, i := range page.Items {
			got = append(got, i.ID)
		}
		if page.Next == nil {
			break
		}
		cursor = *page.Next
	}
	if !slices.Equal(got, want) {
		t.Errorf("the pages have %d comments of %d, or in another order", len(got), len(want))
	}
}

// A page elsewhere that sends its readers through our form gets no redirect to where it likes.
func TestFormOfAnotherSiteLeadsNowhere(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	form := url.Values{"url": {w.page}, "account": {"evil.example"}}.Encode()
	for what, c := range map[string]struct {
		headers []string
		status  int
	}{
		"our own":                     {[]string{"Sec-Fetch-Site", "same-origin", "Origin", "null"}, http.StatusSeeOther},
		"our own, of an old browser":  {[]string{"Origin", w.here.URL}, http.StatusSeeOther},
		"no browser at all":           {nil, http.StatusSeeOther},
		"another site":                {[]string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, http.StatusForbidden},
		"another host of our domain":  {[]string{"Sec-Fetch-Site", "same-site", "Origin", "https://x.blog.example"}, http.StatusForbidden},
		"another, of an old browser":  {[]string{"Origin", "https://evil.example"}, http.StatusForbidden},
		"one that hides where it was": {[]string{"Origin", "null"}, http.StatusForbidden},
	} {
		answer, body := w.do("POST", "/thread", form, append(c.headers, "Content-Type", "application/x-www-form-urlencoded")...)
		if answer.StatusCode != c.status || (answer.Header.Get("Location") != "") != (c.status == http.StatusSeeOther) {
			t.Errorf("%s: %d %s", what, answer.StatusCode, answer.Header.Get("Location"))
		}
		if c.status == http.StatusForbidden && (!strings.Contains(body, "Press the button if you want to go to evil.example") || inputs(t, body)["account"] != "evil.example") {
			t.Errorf("%s: the reader is not told where she would go: %s", what, body)
		}
	}
	if answer, _ := w.get(w.at("/thread")); answer.Header.Get("Referrer-Policy") != "same-origin" {
		t.Error("an old browser would not say that the form is our own")
	}
}
