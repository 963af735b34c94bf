package demo_test

import (
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/demo"
)

const blogURL = "http://127.0.0.1:8486"

func newBlog() *demo.Blog {
	const bloghorn = "http://127.0.0.1:8484"
	return demo.NewBlog(demo.Options{Bloghorn: bloghorn, Actor: bloghorn + "/blogs/harbour", BlogURL: blogURL, ReaderURL: readerURL})
}

type feed struct {
	Entries []struct {
		ID      string `xml:"id"`
		Title   string `xml:"title"`
		Updated string `xml:"updated"`
		Content struct {
			Type string `xml:"type,attr"`
			HTML string `xml:",chardata"`
		} `xml:"content"`
	} `xml:"entry"`
}

func readFeed(t *testing.T, b *demo.Blog) feed {
	t.Helper()
	answer := ask(b, http.MethodGet, blogURL+"/feed.xml", "")
	var f feed
	if err := xml.Unmarshal(answer.Body.Bytes(), &f); err != nil {
		t.Fatalf("feed: %v\n%s", err, answer.Body)
	}
	return f
}

// ask sends a request to a handler; header pairs follow.
func ask(h http.Handler, method, address, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, address, strings.NewReader(body))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func form(pairs ...string) string {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v.Encode()
}

func TestFeedHasThreePostsWithTheirWholeText(t *testing.T) {
	f := readFeed(t, newBlog())
	if len(f.Entries) != 3 {
		t.Fatalf("%d entries, want 3", len(f.Entries))
	}
	for _, e := range f.Entries {
		if !strings.HasPrefix(e.ID, blogURL+"/") || e.Content.Type != "html" || len(e.Content.HTML) < 500 {
			t.Errorf("%s: id %s, %s content of %d bytes", e.Title, e.ID, e.Content.Type, len(e.Content.HTML))
		}
	}
}

func TestHomePageLeadsToTheFeedAndToEachPost(t *testing.T) {
	b := newBlog()
	home := ask(b, http.MethodGet, blogURL+"/", "").Body.String()
	if !strings.Contains(home, `type="application/atom+xml"`) {
		t.Error("the home page does not name its feed")
	}
	for _, e := range b.Entries() {
		if !strings.Contains(home, `href="/`+e.Slug+`/"`) {
			t.Errorf("no link to %s", e.Slug)
		}
		page := ask(b, http.MethodGet, b.URL(e), "")
		want := `<bloghorn-comments post="` + b.URL(e) + `"`
		if page.Code != http.StatusOK || !strings.Contains(page.Body.String(), want) {
			t.Errorf("%s: %d, without %s", e.Slug, page.Code, want)
		}
	}
}

func TestPageLetsInNothingButItselfAndBloghorn(t *testing.T) {
	csp := ask(newBlog(), http.MethodGet, blogURL+"/soup-weather/", "").Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self' http://127.0.0.1:8484;", "frame-ancestors 'none'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("CSP %q lacks %q", csp, want)
		}
	}
	if strings.Contains(csp, "unsafe") {
		t.Errorf("CSP %q", csp)
	}
}

func TestPublishedPostIsFirstInFeedAndOnItsPage(t *testing.T) {
	b := newBlog()
	answer := ask(b, http.MethodPost, blogURL+"/publish", form("title", "Fog & gulls", "html", "<p>White.</p>"))
	if answer.Code != http.StatusSeeOther || answer.Header().Get("Location") != "/fog-gulls/" {
		t.Fatalf("publish: %d to %q", answer.Code, answer.Header().Get("Location"))
	}
	if first := readFeed(t, b).Entries[0]; first.Title != "Fog & gulls" || first.Content.HTML != "<p>White.</p>" {
		t.Errorf("first entry: %+v", first)
	}
	page := ask(b, http.MethodGet, blogURL+"/fog-gulls/", "").Body.String()
	if !strings.Contains(page, "<h1>Fog &amp; gulls</h1>") || !strings.Contains(page, "<p>White.</p>") {
		t.Errorf("page: %s", page)
	}
}

func TestSecondPostOfOneTitleGetsItsOwnAddress(t *testing.T) {
	b := newBlog()
	for _, want := range []string{"static-2", "static-3"} { // static belongs to the style sheet
		if e, err := b.Publish("Static!", "<p>x</p>"); err != nil || e.Slug != want {
			t.Errorf("slug %q, want %q (%v)", e.Slug, want, err)
		}
	}
	if e, err := b.Publish("日本語", "<p>x</p>"); err != nil || e.Slug != "post" {
		t.Errorf("slug %q (%v)", e.Slug, err)
	}
}

func TestEditedPostKeepsItsAddressAndChangesTheFeed(t *testing.T) {
	b := newBlog()
	before := readFeed(t, b).Entries[0]
	etag := ask(b, http.MethodGet, blogURL+"/feed.xml", "").Header().Get("ETag")
	if answer := ask(b, http.MethodGet, blogURL+"/feed.xml", "", "If-None-Match", etag); answer.Code != http.StatusNotModified {
		t.Errorf("unchanged feed: %d", answer.Code)
	}
	answer := ask(b, http.MethodPost, before.ID+"edit", form("title", "The ferry that left", "html", "<p>At 19:40.</p>"))
	if answer.Code != http.StatusSeeOther {
		t.Fatalf("edit: %d %s", answer.Code, answer.Body)
	}
	after := readFeed(t, b).Entries[0]
	if after.ID != before.ID || after.Title != "The ferry that left" || after.Updated <= before.Updated {
		t.Errorf("entry: %+v, before %s", after, before.Updated)
	}
	if answer := ask(b, http.MethodGet, blogURL+"/feed.xml", "", "If-None-Match", etag); answer.Code != http.StatusOK {
		t.Errorf("changed feed: %d", answer.Code)
	}
}

func TestFormThatCannotBeTakenComesBackWithItsText(t *testing.T) {
	b := newBlog()
	for _, address := range []string{"/publish", "/soup-weather/edit"} {
		answer := ask(b, http.MethodPost, blogURL+address, form("title", " ", "html", "<p>kept</p>"))
		body := answer.Body.String()
		kept := strings.Contains(body, "&lt;p&gt;kept")
		if answer.Code != http.StatusUnprocessableEntity || !strings.Contains(body, `role="alert"`) || !kept {
			t.Errorf("%s: %d %s", address, answer.Code, body)
		}
	}
	if answer := ask(b, http.MethodPost, blogURL+"/no-such/edit", form("title", "x", "html", "x")); answer.Code != http.StatusNotFound {
		t.Errorf("edit of nothing: %d", answer.Code)
	}
	if n := len(readFeed(t, b).Entries); n != 3 {
		t.Errorf("%d entries", n)
	}
}

func TestHostilePostIsHarmlessOnThePage(t *testing.T) {
	b := newBlog()
	const html = `<p onclick="x()">a</p><script>alert(2)</script><img src=x onerror=alert(3)>`
	if _, err := b.Publish(`<script>alert(1)</script>`, html); err != nil {
		t.Fatal(err)
	}
	home := ask(b, http.MethodGet, blogURL+"/", "").Body.String()
	page := ask(b, http.MethodGet, blogURL+"/script-alert-1-script/", "").Body.String()
	page, _, _ = strings.Cut(page, `<details class="tool"`) // the form below shows the source, escaped
	for name, body := range map[string]string{"home": home, "page": page} {
		for _, bad := range []string{"<script>alert", "onclick=", "onerror="} {
			if strings.Contains(body, bad) {
				t.Errorf("%s contains %s", name, bad)
			}
		}
		if !strings.Contains(body, "&lt;script&gt;alert(1)") {
			t.Errorf("%s lacks the title", name)
		}
	}
}

func TestFormsAreTakenFromThisPageOnly(t *testing.T) {
	b := newBlog()
	tests := map[string]struct{ address, site string }{
		"another site":         {blogURL + "/publish", "cross-site"},
		"another port":         {blogURL + "/publish", "same-site"},
		"a name pointing here": {"http://evil.example/publish", "same-origin"},
	}
	for name, test := range tests {
		answer := ask(b, http.MethodPost, test.address, form("title", "x", "html", "<p>x</p>"), "Sec-Fetch-Site", test.site)
		if answer.Code != http.StatusForbidden {
			t.Errorf("%s: %d", name, answer.Code)
		}
	}
	if n := len(b.Entries()); n != 3 {
		t.Errorf("%d entries", n)
	}
}
