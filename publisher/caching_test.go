package publisher_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// Proxies and CDNs stand before most blogs, and some of them know no Vary. So they have to ask each time, which must be cheap, and what is
// answered to a server must not pass for the answer to a person.
func TestKindsOfAnswersSayHowTheyMayBeKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databasetest.Open(t), history(2)...)
	posts, err := feeds.ListPosts(t.Context(), w.db, w.blog.ID, nil, 10)
	w.must(err)
	post := base + "/posts/" + posts[0].ID
	ask := func(method, address, accept, known string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, address, nil)
		r.Header.Set("Accept", accept)
		r.Header.Set("If-None-Match", known)
		answer := httptest.NewRecorder()
		w.server.ServeHTTP(answer, r)
		if h := answer.Header(); h.Get("Cache-Control") != "no-cache" || !strings.Contains(h.Get("Vary"), "Accept") {
			t.Errorf("%s %s for %q: %d %v", method, address, accept, answer.Code, h)
		}
		return answer
	}
	tags := map[string]string{}
	for _, document := range []string{
		tea, tea + "/outbox", tea + "/outbox?page=true", tea + "/followers", tea + "/following", tea + "/featured", base + "/actor", post, post + "/create",
	} {
		for _, method := range []string{"GET", "HEAD"} {
			tag := ask(method, document, asJSON, "").Header().Get("ETag")
			if other := tags[tag]; tag == "" || other != "" && other != document {
				t.Errorf("%s %s: the tag %s, which is also that of %q", method, document, tag, other)
			}
			tags[tag] = document
			for known, want := range map[string]int{tag: 304, "W/" + tag: 304, `"other", ` + tag: 304, `"other"`: 200} {
				if answer := ask(method, document, asJSON, known); answer.Code != want || want == 304 && answer.Body.Len() > 0 {
					t.Errorf("%s %s with %s: %d, want %d", method, document, known, answer.Code, want)
				}
			}
		}
	}
	for _, page := range []string{tea, base + "/actor"} {
		if tag := ask("GET", page, "text/html", "").Header().Get("ETag"); tags[tag] != "" {
			t.Errorf("the page %s has the tag of the document", page)
		}
	}
	document := ask("GET", post, asJSON, "").Header().Get("ETag")
	for _, accept := range []string{"text/html", "*/*", "text/html,application/xhtml+xml;q=0.9"} {
		if answer := ask("GET", post, accept, document); answer.Code != http.StatusSeeOther || answer.Header().Get("Location") != posts[0].URL {
			t.Errorf("%s: %d %v", accept, answer.Code, answer.Header())
		}
	}

	w.exec(`UPDATE posts SET title = 'Another title' WHERE id = ?`, posts[0].ID)
	if answer := ask("GET", post, asJSON, document); answer.Code != 200 || answer.Header().Get("ETag") == document {
		t.Errorf("another document: %d %s", answer.Code, answer.Header().Get("ETag"))
	}
	w.exec(`UPDATE posts SET removed_at = ? WHERE id = ?`, database.Millis(start), posts[0].ID)
	if answer := ask("GET", post, asJSON, "*"); answer.Code != http.StatusGone {
		t.Errorf("a removed post: %d", answer.Code)
	}
}
