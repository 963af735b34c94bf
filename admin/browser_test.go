package admin_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/admin"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestMain(m *testing.M) { databasetest.Main(m) }

const here = "http://127.0.0.1:8485"

// browser is somebody at the admin pages, with a jar for one cookie and a clock.
type browser struct {
	t      *testing.T
	db     *database.DB
	pages  http.Handler
	cookie *http.Cookie
	now    time.Time
	from   string // address that requests come from; "" is httptest's
	woken  int    // how often a loop was told that there is work
}

func newBrowser(t *testing.T, db *database.DB) *browser {
	b := &browser{t: t, db: db, now: start}
	b.pages = (&admin.Pages{
		DB: db, URL: "https://admin.blog.example", Log: quiet, Now: func() time.Time { return b.now }, Interval: 10 * time.Minute,
		WakeNext: func() { b.woken++ },
	}).Handler()
	return b
}

// link is the path of a new sign-in link.
func (b *browser) link() string {
	b.t.Helper()
	token, err := admin.NewLink(b.t.Context(), b.db, b.now)
	if err != nil {
		b.t.Fatal(err)
	}
	return "/admin/?token=" + token
}

// signIn opens a new link and keeps the cookie.
func (b *browser) signIn() *browser {
	b.t.Helper()
	answer := b.get(b.link())
	if answer.Code != http.StatusSeeOther || b.cookie == nil {
		b.t.Fatalf("sign in: %d %s", answer.Code, answer.Body)
	}
	return b
}

func (b *browser) get(path string, header ...string) *httptest.ResponseRecorder {
	return b.ask(http.MethodGet, here+path, header...)
}

// press sends a form as the page itself does.
func (b *browser) press(path string) *httptest.ResponseRecorder {
	return b.ask(http.MethodPost, here+path, "Sec-Fetch-Site", "same-origin", "Origin", here)
}

// submit sends a form with fields, and returns where the answer leads and what stands there.
func (b *browser) submit(path string, fields ...string) (location, page string) {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	answer := b.send(http.MethodPost, here+path, form.Encode(), "Sec-Fetch-Site", "same-origin", "Origin", here,
		"Content-Type", "application/x-www-form-urlencoded")
	location = answer.Header().Get("Location")
	if answer.Code != http.StatusSeeOther {
		b.t.Fatalf("%s: %d %s", path, answer.Code, answer.Body)
	}
	path, _, _ = strings.Cut(location, "#")
	return location, b.get(path).Body.String()
}

// ask sends a request with the cookie; header pairs follow.
func (b *browser) ask(method, address string, header ...string) *httptest.ResponseRecorder {
	return b.send(method, address, "", header...)
}

func (b *browser) send(method, address, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, address, strings.NewReader(body))
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if b.cookie != nil {
		r.AddCookie(b.cookie)
	}
	if b.from != "" {
		r.RemoteAddr = b.from
	}
	w := httptest.NewRecorder()
	b.pages.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		b.cookie = c
	}
	return w
}

// sees fails unless the home page has all of these words.
func (b *browser) sees(words ...string) {
	b.t.Helper()
	page := b.get("/admin/")
	for _, want := range words {
		if page.Code != http.StatusOK || !strings.Contains(page.Body.String(), want) {
			b.t.Errorf("%d, no %q in %s", page.Code, want, page.Body)
		}
	}
}
