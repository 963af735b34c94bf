package widget_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// formats are the three ways to read a thread.
var formats = []string{"/api/v1/comments", "/comments", "/thread"}

func TestJSONHasTheWholeThread(t *testing.T) {
	db := databasetest.Open(t)
	w := newWorld(t, db)
	first := w.say(comment{
		by: "ada", name: "Ada", lang: "en", likes: 2, boosts: 1, edited: noon.Add(9e12),
		html:        `<p><span class="h-card"><a href="https://blog.example/blogs/tea" class="u-url mention">@<span>tea</span></a></span> Four &amp; a half.</p>`,
		attachments: `[{"url":"https://pasture.example/cup.jpg","type":"image/jpeg","name":"A cup"}]`,
	})
	second := w.say(comment{by: "bo", parent: first, cw: "opinions", html: "<p>Three.</p>"})
	w.count(0, 5, 3)
	want := `{"post":{"id":"` + w.post.ID + `","url":"` + w.page + `","title":"Salt & <rope>"},"counts":{"replies":2,"likes":5,"boosts":3,"quotes":0},"items":[` +
		`{"id":"` + first.String() + `","parent":null,"author":{"name":"Ada","handle":"@ada@pasture.example","url":"https://pasture.example/@ada","avatar":null},` +
		`"html":"<p>Four &amp; a half.</p>","text":"Four & a half.","lang":"en","published":"2026-03-01T12:01:00Z","edited":"2026-03-01T14:30:00Z","cw":null,` +
		`"media":[{"url":"https://pasture.example/cup.jpg","type":"image/jpeg","name":"A cup"}],"likes":2,"boosts":1,"url":"https://pasture.example/@ada/1","kind":"reply"},` +
		`{"id":"` + second.String() + `","parent":"` + first.String() + `","author":{"name":"Bo","handle":"@bo@pasture.example","url":"https://pasture.example/@bo","avatar":null},` +
		`"html":"<p>Three.</p>","text":"Three.","lang":null,"published":"2026-03-01T12:02:00Z","edited":null,"cw":"opinions",` +
		`"media":[],"likes":0,"boosts":0,"url":"https://pasture.example/@bo/2","kind":"reply"}],"next":null}`
	answer, body := w.get(w.at("/api/v1/comments"))
	if answer.StatusCode != 200 || body != want {
		t.Errorf("%d\n got %s\nwant %s", answer.StatusCode, body, want)
	}
	for header, want := range map[string]string{
		"Content-Type": "application/json", "Cache-Control": "public, no-cache, stale-if-error=600",
		"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff", "Access-Control-Expose-Headers": "ETag",
		"Last-Modified": noon.Format(http.TimeFormat),
	} {
		if got := answer.Header.Get(header); got != want {
			t.Errorf("%s: %s, want %s", header, got, want)
		}
	}
}

func TestKnownAndEmptyIs200(t *testing.T) {
	db := databasetest.Open(t)
	w := newWorld(t, db)
	for path, want := range map[string]string{"/api/v1/comments": `"items":[],"next":null`, "/comments": "No comments yet", "/thread": "No comments yet"} {
		if answer, body := w.get(w.at(path)); answer.StatusCode != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", path, answer.StatusCode, body)
		}
	}
}

func TestUnknownPageIs404WithAWordOnWhy(t *testing.T) {
	db := databasetest.Open(t)
	w := newWorld(t, db)
	for _, path := range formats {
		answer, body := w.get(path + "?url=" + url.QueryEscape("https://elsewhere.example/<b>x"))
		if answer.StatusCode != 404 || !strings.Contains(body, "feed") || strings.Contains(body, "<b>") && path == "/thread" {
			t.Errorf("%s: %d %s", path, answer.StatusCode, body)
		}
		if got := answer.Header.Get("Cache-Control"); got != "public, max-age=30" {
			t.Errorf("%s: Cache-Control: %s", path, got)
		}
		if got := answer.Header.Get("Access-Control-Allow-Origin"); got != "*" && path != "/thread" {
			t.Errorf("%s: a script on another site cannot read why: %q", path, got)
		}
	}
	for path, want := range map[string]int{
		"/comments": 400, "/api/v1/comments?url=": 400, "/thread?url=%20": 400, "/comments?url=" + strings.Repeat("a", 3000): 400,
		w.at("/comments", "blog", "nobody"): 404, w.at("/comments", "blog", "tea"): 200, w.at("/comments", "blog", "tea@blog.example"): 200,
		w.at("/comments", "utm_source", "x"): 200,
	} {
		if answer, body := w.get(path); answer.StatusCode != want {
			t.Errorf("%.60s: %d, want %d: %.200s", path, answer.StatusCode, want, body)
		}
	}
}

func TestWhoHasTheThreadGets304(t *testing.T) {
	db := databasetest.Open(t)
	w := newWorld(t, db)
	w.say(comment{})
	seen := map[string]string{}
	for _, path := range append(formats, "/comments?heading=3", "/thread?reply=x") {
		path, more, _ := strings.Cut(path, "?")
		key, value, _ := strings.Cut(more, "=")
		address := w.at(path, key, value)
		answer, _ := w.get(address)
		etag := answer.Header.Get("ETag")
		if !strings.HasPrefix(etag, `"`) || seen[etag] != "" {
			t.Errorf("%s: ETag %s is also that of %s", address, etag, seen[etag])
		}
		seen[etag] = address
		for _, known := range []string{etag, "W/" + etag, `"x", ` + etag} {
			if answer, body := w.get(address, "If-None-Match", known); answer.StatusCode != 304 || body != "" || answer.Header.Get("ETag") != etag ||
				answer.Header.Get("Cache-Control") == "" {
				t.Errorf("%s: %d with If-None-Match %s", address, answer.StatusCode, known)
			}
		}
	}
	w.say(comment{})
	for etag, address := range seen {
		if answer, _ := w.get(address, "If-None-Match", etag); answer.StatusCode != 200 || answer.Header.Get("ETag") == etag {
			t.Errorf("%s: %d after a new comment", address, answer.StatusCode)
		}
	}
}

// The promise is one indexed read of threads.version; so nothing else may be needed.
func TestA304ReadsNothingButTheVersion(t *testing.T) {
	db := databasetest.Open(t)
	w := newWorld(t, db)
	w.say(comment{})
	answer, whole := w.get(w.at("/comments"))
	for _, table := range []string{"posts", "post_aliases", "blogs", "replies", "reactions", "remote_actors"} {
		w.exec("DROP TABLE " + table)
	}
	if again, _ := w.get(w.at("/comments"), "If-None-Match", answer.Header.Get("ETag")); again.StatusCode != 304 {
		t.Errorf("got %d", again.StatusCode)
	}
	if _, again := w.get(w.at("/comments")); again != whole {
		t.Errorf("the thread was not kept: %s", again)
	}
	w.exec("UPDATE threads SET version = version + 1")
	if again, _ := w.get(w.at("/comments")); again.StatusCode != 500 {
		t.Errorf("a new version was answered with %d from memory", again.StatusCode)
	}
}

func TestHEADHasTheHeadersAlone(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	w.say(comment{})
	for _, path := range []string{w.at("/api/v1/comments"), w.at("/comments"), w.at("/thread"), w.at("/api/v1/counts"), "/widget/1/comments.js", "/widget/1/comments.css"} {
		get, body := w.get(path)
		head, none := w.do("HEAD", path, "")
		if head.StatusCode != 200 || none != "" || head.ContentLength != int64(len(body)) || head.Header.Get("ETag") != get.Header.Get("ETag") {
			t.Errorf("HEAD %s: %d, %d bytes of %d, ETag %s", path, head.StatusCode, head.ContentLength, len(body), head.Header.Get("ETag"))
		}
	}
}

func TestOnlyShownCommentsAreAnywhere(t *testing.T) {
	db := databasetest.Open(t)
	w := newWorld(t, db)
	for _, status := range []string{thread.Held, thread.Hidden, thread.Withheld, thread.Deleted} {
		w.say(comment{status: status, html: "<p>secret words</p>", by: "mallory"})
	}
	hidden := w.say(comment{html: "<p>secret words</p>", by: "mallory"})
	w.say(comment{parent: hidden, by: "bo", html: "<p>An answer.</p>"})
	w.set(hidden, thread.Hidden)
	for _, path := range formats {
		_, body := w.get(w.at(path, "reply", hidden.String()))
		if strings.Contains(body, "secret") || strings.Contains(strings.ToLower(body), "mallory") || !strings.Contains(body, "An answer.") {
			t.Errorf("%s: %s", path, body)
		}
	}
	if _, body := w.get(w.at("/comments")); !strings.Contains(body, "This comment is no longer here") || strings.Count(body, "<article") != 2 {
		t.Errorf("the place of a hidden comment is not marked: %s", body)
	}
	if _, body := w.get(w.at("/api/v1/comments")); !strings.Contains(body, `"id":"`+hidden.String()+`","parent":null,"author":null,"html":""`) {
		t.Errorf("the answer's parent is not there: %s", body)
	}
}

func TestCountsOfSeveralPages(t *testing.T) {
	db := databasetest.Open(t)
	w := newWorld(t, db)
	w.say(comment{})
	w.count(0, 4, 2)
	asked := url.Values{"url": {w.page, w.site.URL + "/quiet/", "https://elsewhere.example/?a=1&b=<2>", "nonsense"}}
	answer, body := w.get("/api/v1/counts?" + asked.Encode())
	want := `{"counts":{"` + w.site.URL + `/quiet/":{"replies":0,"likes":0,"boosts":0,"quotes":0},"` + w.page + `":{"replies":1,"likes":4,"boosts":2,"quotes":0},` +
		`"https://elsewhere.example/?a=1&b=<2>":{"replies":0,"likes":0,"boosts":0,"quotes":0},"nonsense":{"replies":0,"likes":0,"boosts":0,"quotes":0}}}`
	if answer.StatusCode != 200 || body != want || answer.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%d\n got %s\nwant %s", answer.StatusCode, body, want)
	}
	if again, _ := w.get("/api/v1/counts?"+asked.Encode(), "If-None-Match", answer.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("known counts: %d", again.StatusCode)
	}
	for _, query := range []string{"", "url=" + strings.Repeat("a", 3000), strings.Repeat("url=x&", 21)} {
		if answer, _ := w.get("/api/v1/counts?" + query); answer.StatusCode != 400 {
			t.Errorf("%.40q: %d", query, answer.StatusCode)
		}
	}
}
