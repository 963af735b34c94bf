package cli

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestKindsOfPagesThatAreLookedUp: the address of a post's page leads to the post, however a web
// server or a page writes it, and nothing leads elsewhere.
func TestKindsOfPagesThatAreLookedUp(t *testing.T) {
	t.Parallel()
	c := newChecked(t)
	old := teaHome + "/old"
	lead := func(query string) (int, string) {
		t.Helper()
		answer := c.ask(t, "GET", teaBase+"/posts"+query, activityJSON)
		answer.Body.Close()
		return answer.StatusCode, answer.Header.Get("Location")
	}
	for _, query := range []string{
		"?url=" + url.QueryEscape(c.page), "?url=" + c.page, "?url=" + c.page + "/", "?url=" + c.page + "?utm_source=a&utm_medium=b",
		"?url=http://www.tea.test/cup", "?url=" + url.QueryEscape(c.page+"#more"), "?blog=tea&url=" + c.page, "?url=" + url.QueryEscape(c.page) + "&blog=tea",
	} {
		if status, to := lead(query); status != http.StatusSeeOther || to != c.post {
			t.Errorf("%s: %d %q, want %s", query, status, to, c.post)
		}
	}
	if status, to := lead("?url=" + old); status != http.StatusSeeOther || !strings.HasPrefix(to, teaBase+"/posts/") || to == c.post {
		t.Errorf("a post of the history: %d %q", status, to)
	}
	for query, want := range map[string]int{
		"": 400, "?url=": 400, "?url=cup": 404, "?url=https://evil.test/cup": 404, "?url=" + c.page + "/else": 404, "?url=javascript:alert(1)": 404,
		"?url=//evil.test": 404, "?curl=" + c.page: 400, "?url=" + c.page + "&url=https://evil.test/": 404, "?url=https://tea.test/" + strings.Repeat("x", 2048): 400,
	} {
		if status, to := lead(query); status != want || to != "" {
			t.Errorf("%q: %d %q, want %d", query, status, to, want)
		}
	}
	if _, err := c.DB.Exec(t.Context(), "UPDATE posts SET held_at = 1 WHERE url = ?", old); err != nil {
		t.Fatal(err)
	}
	if status, to := lead("?url=" + old); status != 404 || to != "" {
		t.Errorf("a held post: %d %q", status, to)
	}
	if code, said := c.say("blog", "html"); code != 0 || !strings.Contains(said, teaBase+"/posts?url=ADDRESS-OF-THE-POST") {
		t.Errorf("blog html: %s", said)
	}
}
