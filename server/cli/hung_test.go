package cli

import (
	"context"
	"database/sql"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// stoppable stands between a program and its database, and can stop to pass anything on: the connections stay, and nothing comes.
type stoppable struct {
	net.Listener
	to string

	mu sync.Mutex
	on chan struct{} // closed while it passes things on
}

func newStoppable(t *testing.T, to string) *stoppable {
	t.Helper()
	p := &stoppable{Listener: listen(t), to: to, on: make(chan struct{})}
	close(p.on)
	t.Cleanup(func() { p.Close() })
	go func() {
		for {
			c, err := p.Accept()
			if err != nil {
				return
			}
			go p.join(c)
		}
	}()
	return p
}

func (p *stoppable) join(c net.Conn) {
	defer c.Close()
	<-p.passing()
	d, err := net.Dial("tcp", p.to)
	if err != nil {
		return
	}
	go p.pass(d, c)
	p.pass(c, d)
}

func (p *stoppable) pass(to, from net.Conn) {
	defer to.Close()
	part := make([]byte, 4096)
	for {
		n, err := from.Read(part)
		if n == 0 || err != nil {
			return
		}
		<-p.passing()
		if _, err := to.Write(part[:n]); err != nil {
			return
		}
	}
}

func (p *stoppable) passing() chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.on
}

func (p *stoppable) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.on = make(chan struct{})
}

func (p *stoppable) goOn() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.on)
}

// TestHungDatabaseHangsNobody stops everything that comes from the database, without an end of any
// connection, as a dead machine or a firewall does. The time of a request is a tenth of the real
// one; the clients wait so long that only what waits for the driver's own 30 s is late.
func TestHungDatabaseHangsNobody(t *testing.T) {
	t.Parallel()
	at, err := url.Parse(databasetest.MySQLURL(t))
	if err != nil {
		t.Fatal(err)
	}
	p := newStoppable(t, at.Host)
	at.Host = p.Addr().String()
	r := startIn(t, at.String(), nil, app.Outside{NewKey: fediversetest.NewKey, AnswerIn: bounds.AnswerIn / 10})
	page := r.feed.publish("tea", "On tea", "<p>Four minutes.</p>")
	r.postID(page)
	ask := func(method, path string) (status int, body string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		q, err := http.NewRequestWithContext(ctx, method, r.base+path, strings.NewReader(map[string]string{"POST": note}[method]))
		if err != nil {
			t.Fatal(err)
		}
		q.Header.Set("Content-Type", activityJSON)
		answer, err := http.DefaultClient.Do(q)
		if err != nil {
			return 0, err.Error()
		}
		defer answer.Body.Close()
		text, _ := io.ReadAll(answer.Body)
		return answer.StatusCode, string(text)
	}
	ready := func(want int) {
		t.Helper()
		eventually(t, "readyz to say so", func() bool {
			status, _ := ask("GET", "/readyz")
			return status == want
		})
	}
	ready(200)
	p.stop()
	var all sync.WaitGroup
	for range 3 { // more than one, because they must not wait for each other
		for path, want := range map[string]int{
			"/livez": 200, "/widget/1/comments.js": 200, "/widget/1/comments.css": 200, "/any/prefix/widget/1/comments.js": 200,
			"/comments?url=" + url.QueryEscape(page): 503, "/api/v1/counts?url=https://x.example/": 503, "/blogs/tea": 503, "/actor": 503,
			"/.well-known/webfinger?resource=acct:tea@" + r.feed.host(): 503, "POST /inbox": 503, "POST /blogs/tea/inbox": 503,
		} {
			all.Go(func() {
				method, path, post := strings.Cut(path, " ")
				if !post {
					method, path = "GET", method
				}
				if status, body := ask(method, path); status != want {
					t.Errorf("%s %s with a database that hangs: %d %s, want %d", method, path, status, body, want)
				}
			})
		}
	}
	all.Wait()
	ready(503)
	p.goOn()
	ready(200)
	eventually(t, "comments again", func() bool {
		status, _ := ask("GET", "/comments?url="+url.QueryEscape(page))
		return status == 200
	})
	p.stop()
	status, body := ask("GET", "/comments?url="+url.QueryEscape(page))
	want(t, "comments that somebody has read, of a database that hangs again: "+body, status, 200)
	status, body = ask("GET", "/comments?heading=3&url="+url.QueryEscape(page))
	want(t, "comments that nobody has read: "+body, status, 503)
	p.goOn()
}

const note = `{"type":"Create","id":"https://pasture.example/1","actor":"https://pasture.example/ada","object":{"id":"https://pasture.example/2","type":"Note"}}`

// TestLockedFileKeepsReadersServed has another process write to the SQLite file for as long as it likes.
func TestLockedFileKeepsReadersServed(t *testing.T) {
	t.Parallel()
	address := databasetest.SQLiteURL(t)
	r := start(t, address, nil)
	page := r.feed.publish("tea", "On tea", "<p>Four minutes.</p>")
	r.postID(page)
	other, err := sql.Open("sqlite", strings.TrimPrefix(address, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	lock, err := other.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the lock", func() bool {
		_, err := lock.ExecContext(t.Context(), "BEGIN EXCLUSIVE")
		return err == nil
	})
	eventually(t, "readyz to be red", func() bool {
		status, _, _ := fetch(t, r.base+"/readyz", "*/*")
		return status == 503
	})
	if status, _, body := fetch(t, r.base+"/comments?url="+url.QueryEscape(page), "*/*"); status != 200 {
		t.Errorf("a thread while another process writes: %d %s", status, body)
	}
	if _, err := lock.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "readyz to be green", func() bool {
		status, _, _ := fetch(t, r.base+"/readyz", "*/*")
		return status == 200
	})
}
