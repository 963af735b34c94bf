package publisher_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/web"
)

// where asks Sites for what a request belongs to: base URL and the path below it, or the status of the refusal.
func where(s *publisher.Sites, host, path string) string {
	answer := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "http://127.0.0.1"+path, nil)
	r.Host = host
	s.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte(publisher.BaseURL(r) + " " + r.URL.EscapedPath()))
		if r.RequestURI != "http://127.0.0.1"+path {
			w.Write([]byte(" changed RequestURI"))
		}
	})).ServeHTTP(answer, r)
	if answer.Code != 200 {
		return http.StatusText(answer.Code)
	}
	return answer.Body.String()
}

func TestRequestBelongsToTheBaseURLWithItsHost(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, history(1)...)
		w.addBlog(feeds.NewBlog{BaseURL: "https://other.example/fedi", Username: "tea"})
		w.addBlog(feeds.NewBlog{BaseURL: "https://other.example/fedi/deep", Username: "tea", HandleHost: "deep.example"})
		s := &publisher.Sites{DB: db, PublicURL: base, Log: quiet}
		for _, c := range []struct{ host, path, want string }{
			{"fedi.blog.example", "/blogs/tea", base + " /blogs/tea"},
			{"FEDI.blog.example:443", "/inbox", base + " /inbox"},
			{"other.example", "/fedi/blogs/tea", "https://other.example/fedi /blogs/tea"},
			{"other.example", "/fedi/posts/a%2Fb", "https://other.example/fedi /posts/a%2Fb"},
			{"other.example", "/fedi/deep/inbox", "https://other.example/fedi/deep /inbox"},
			{"other.example", "/fedi", "https://other.example/fedi /"},
			{"other.example", "/blogs/tea", "Not Found"},
			{"other.example", "/fedix/blogs/tea", "Not Found"},
			{"other.example", "/.well-known/webfinger", "https://other.example/fedi/deep /.well-known/webfinger"},
			{"blog.example", "/.well-known/webfinger", " /.well-known/webfinger"},
		} {
			if got := where(s, c.host, c.path); got != c.want {
				t.Errorf("%s%s: %q, want %q", c.host, c.path, got, c.want)
			}
		}
	})
}

func TestPathDecidesWhereAProxyChangesHost(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, history(1)...)
		w.addBlog(feeds.NewBlog{BaseURL: "https://other.example", Username: "notes"})
		w.addBlog(feeds.NewBlog{BaseURL: "https://third.example", Username: "tea"})
		var log bytes.Buffer
		s := &publisher.Sites{DB: db, PublicURL: base, Log: slog.New(slog.NewTextHandler(&log, nil))}
		for _, c := range []struct{ path, want string }{
			{"/blogs/notes/inbox", "https://other.example /blogs/notes/inbox"},
			{"/posts/" + w.newest().ID + "/replies", base + " /posts/" + w.newest().ID + "/replies"},
			{"/inbox", base + " /inbox"},
			{"/actor", base + " /actor"},
			{"/comments", base + " /comments"},
			{"/blogs/nobody", base + " /blogs/nobody"},
		} {
			if got := where(s, "127.0.0.1:8484", c.path); got != c.want {
				t.Errorf("%s: %q, want %q", c.path, got, c.want)
			}
		}
		if log.Len() != 0 {
			t.Errorf("log: %s", log.String())
		}
		if got := where(s, "127.0.0.1:8484", "/blogs/tea"); got != "Not Found" || !strings.Contains(log.String(),
			"changes the Host header") {
			t.Errorf("two blogs called tea: %q, log %q", got, log.String())
		}
	})
}

// TestTrustedProxyNamesTheHost: two blogs have the same path, so only the name that was asked for tells them apart.
func TestTrustedProxyNamesTheHost(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, history(1)...)
		w.addBlog(feeds.NewBlog{BaseURL: "https://third.example", Username: "tea"})
		proxies, err := web.ParseProxies([]string{"10.0.0.0/8"})
		if err != nil {
			t.Fatal(err)
		}
		s := &publisher.Sites{DB: db, PublicURL: base, Log: quiet}
		for _, c := range []struct{ peer, host, forwarded, want string }{
			{"10.0.0.7:80", "bloghorn:8484", "third.example", "https://third.example"},
			{"10.0.0.7:80", "fedi.blog.example", "third.example", "https://third.example"},
			{"10.0.0.7:80", "bloghorn:8484", "third.example, inner.example", "https://third.example"},
			{"10.0.0.7:80", "third.example", "elsewhere.example", "https://third.example"},
			{"10.0.0.7:80", "bloghorn:8484", "elsewhere.example", "Not Found"},
			{"203.0.113.9:80", "bloghorn:8484", "third.example", "Not Found"},
			{"203.0.113.9:80", "fedi.blog.example", "third.example", base},
		} {
			r := httptest.NewRequest("GET", "http://127.0.0.1/blogs/tea", nil)
			r.RemoteAddr, r.Host = c.peer, c.host
			r.Header.Set("X-Forwarded-Host", c.forwarded)
			answer := httptest.NewRecorder()
			proxies.Middleware(s.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Write([]byte(publisher.BaseURL(r)))
			}))).ServeHTTP(answer, r)
			if got := answer.Body.String(); got != c.want && http.StatusText(answer.Code) != c.want {
				t.Errorf("%s asks for %s, forwarded %s: %d %q, want %q", c.peer, c.host, c.forwarded, answer.Code, got, c.want)
			}
		}
	})
}

func TestBlogAddedByAnotherProcessIsFoundAtOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		s := &publisher.Sites{DB: db, PublicURL: base, Log: quiet}
		where(s, "fedi.blog.example", "/inbox")
		w.addBlog(feeds.NewBlog{BaseURL: "https://other.example", Username: "notes"})
		if got := where(s, "other.example", "/inbox"); got != "https://other.example /inbox" {
			t.Errorf("%q", got)
		}
	})
}

func TestBlogsOfOtherHostsAreNotHere(t *testing.T) {
	w := newWorld(t, databasetest.Open(t), history(1)...)
	w.addBlog(feeds.NewBlog{BaseURL: "https://other.example", Username: "notes"})
	for _, url := range []string{base + "/blogs/notes", "https://other.example/blogs/tea",
		"https://other.example/posts/" + w.newest().ID} {
		if answer := w.ask("GET", url, asJSON); answer.Code != 404 {
			t.Errorf("%s: %d", url, answer.Code)
		}
	}
}
