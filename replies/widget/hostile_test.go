package widget_test

import (
	"encoding/json"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// Whatever is in the database, and however it got there: every route must be able to show it.
func TestHostileWordsAreHarmlessOnEveryRoute(t *testing.T) {
	db := databasetest.Open(t)
	w := newWorld(t, db)
	w.exec("UPDATE blogs SET title = ?", `"><script>alert(1)</script>`)
	w.exec("UPDATE posts SET title = ?", `</title><script>alert(1)</script>`)
	reply := w.say(comment{
		by: "eve", name: `<img src=x onerror=alert(1)>"'`, handle: `@"><script>alert(1)</script>@x`, cw: `</summary><script>alert(1)</script>`,
		html: `<p onclick="alert(1)">x<script>alert(1)</script><img src="https://tracker.example/1.gif"></p></div></article></li></ol></section><svg onload=alert(1)>`,
		lang: `"><script>`, url: "javascript:alert(1)",
		attachments: `[{"url":"javascript:alert(1)","type":"image/png","name":"x"},{"url":"https://x.example/\"onclick=alert(1)","type":"\"><script>","name":"<script>alert(1)</script>"}]`,
	})
	w.say(comment{parent: reply, attachments: "not json", by: "bo"})
	w.exec("UPDATE remote_actors SET url = 'javascript:alert(1)' WHERE username = 'eve'")
	for _, path := range []string{w.at("/comments"), w.at("/thread"), w.at("/thread", "reply", reply.String())} {
		answer, body := w.get(path)
		if answer.StatusCode != 200 {
			t.Errorf("%s: %d %s", path, answer.StatusCode, body)
		}
		checkPage(t, path, body)
	}
	answer, body := w.get(w.at("/api/v1/comments"))
	var thread struct{ Items []struct{ HTML, URL string } }
	if err := json.Unmarshal([]byte(body), &thread); err != nil || len(thread.Items) != 2 || thread.Items[0].HTML != "<p>x</p>" || strings.HasPrefix(thread.Items[0].URL, "javascript") {
		t.Errorf("%v %s", err, body)
	}
	if answer.Header.Get("Content-Type") != "application/json" || answer.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("a browser may take the JSON for HTML: %v", answer.Header)
	}
	_, body = w.answerFrom(`"><script>alert(1)</script>`, "reply", reply.String())
	checkPage(t, "the refused form", body)
}

// checkPage parses as a browser does and looks for anything that acts.
func checkPage(t *testing.T, path, body string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	comments := 0
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "script", "img", "svg", "iframe", "object", "style":
			t.Errorf("%s: <%s> came out", path, n.Data)
		case "article":
			comments++
			if n.Parent.Data != "li" || n.Parent.Parent.Data != "ol" {
				t.Errorf("%s: a comment stands in <%s>: another broke out of its place", path, n.Parent.Data)
			}
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || strings.HasPrefix(strings.ToLower(a.Val), "javascript:") {
				t.Errorf("%s: <%s %s=%q> came out", path, n.Data, a.Key, a.Val)
			}
		}
	}
	if comments != 2 {
		t.Errorf("%s: %d comments, want 2", path, comments)
	}
}

func TestDeepThreadsGrowNoDeeper(t *testing.T) {
	db := databasetest.Open(t)
	w := newWorld(t, db)
	var last database.ID
	for range 60 {
		last = w.say(comment{parent: last, by: "ada"})
	}
	_, body := w.get(w.at("/comments"))
	depth, deepest := 0, 0
	for tag := range strings.SplitSeq(body, "<") {
		switch {
		case strings.HasPrefix(tag, "ol "):
			depth++
			deepest = max(deepest, depth)
		case strings.HasPrefix(tag, "/ol>"):
			depth--
		}
	}
	if n := strings.Count(body, "<article"); deepest != 4 || n != 1+bounds.ThreadAnswers || !strings.Contains(body, ">Show 9 more replies</a>") {
		t.Errorf("%d comments in %d lists deep, want 51 in 4 and word of 9 more", n, deepest)
	}
	if n := strings.Count(body, "in reply to"); n != 47 {
		t.Errorf("%d comments say whom they answer, want the 47 whose place does not", n)
	}
}
