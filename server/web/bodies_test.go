package web_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/web"
)

// reading answers requests when it is told to, and has read their bodies until then.
type reading struct {
	handler http.Handler
	answer  chan struct{}
	status  chan int
}

func newReading() *reading {
	s := &reading{answer: make(chan struct{}), status: make(chan int, 5000)}
	var bodies web.Bodies
	s.handler = web.Proxies{}.Middleware(bodies.Middleware(web.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		body, err := web.ReadBody(w, r, 1<<20)
		if err != nil {
			return err
		}
		s.status <- 0
		<-s.answer
		w.WriteHeader(202)
		_, err = w.Write(body[:1])
		return err
	})))
	return s
}

// send sends a body of size bytes, and returns the status of its refusal; 0 where it is held.
func (s *reading) send(address string, size int) int {
	r := httptest.NewRequest("POST", "/", bytes.NewReader(make([]byte, size)))
	r.RemoteAddr = address + ":1"
	go func() {
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, r)
		if w.Code != 202 {
			s.status <- w.Code
		}
	}()
	return <-s.status
}

// TestBodiesTogetherHaveABound sends bodies of 1 MiB that are not answered.
func TestBodiesTogetherHaveABound(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		address func(n int) string
		most    int
	}{
		"of one network":  {func(int) string { return "198.51.100.1" }, bounds.BodiesOfNetwork},
		"of many":         {func(n int) string { return fmt.Sprint("198.51.100.", n%250) }, bounds.BodiesInAll * 3 / 4},
		"of nobody knows": {func(int) string { return "10.0.0.1" }, bounds.BodiesInAll * 3 / 4},
	} {
		t.Run(what, func(t *testing.T) {
			s := newReading()
			taken := 0
			for n := range costtest.Pick(100, 2000) {
				switch status := s.send(c.address(n), 1<<20); status {
				case 0:
					taken++
				case http.StatusTooManyRequests:
				default:
					t.Fatalf("answered %d", status)
				}
			}
			if bytes := taken << 20; bytes > c.most || bytes < c.most-2<<20 {
				t.Errorf("%d MiB are taken, want about %d", taken, c.most>>20)
			}
			for n := range 40 {
				if status := s.send("203.0.113.1", 20<<10); status != 0 {
					t.Fatalf("the %dth small body of another network was answered %d", n, status)
				}
			}
			close(s.answer)
		})
	}
}

func TestAnsweredBodiesMakeRoom(t *testing.T) {
	t.Parallel()
	s := newReading()
	close(s.answer)
	nothing := httptest.NewRequest("GET", "/", nil)
	new(web.Bodies).Middleware(http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), nothing)
	for n := range 4 * bounds.BodiesOfNetwork >> 20 {
		for s.send("198.51.100.1", 1<<20) != 0 { // the one before is being answered
			if n == 0 {
				t.Fatal("the first is refused")
			}
		}
	}
}

// TestBodyThatComesTooSlowlyIsCutOff sends a byte a second over a connection, and then one at the pace that is asked for.
func TestBodyThatComesTooSlowlyIsCutOff(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		times, each, status int
		within              time.Duration
	}{
		"a byte a second":          {20, 1, http.StatusRequestTimeout, bounds.BodyPatience + time.Second},
		"at the pace":              {20, bounds.BodyPace, http.StatusAccepted, time.Minute},
		"the largest, at the pace": {bounds.InboxBody / bounds.BodyPace, bounds.BodyPace, http.StatusAccepted, 2 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newReading()
				here, there := net.Pipe()
				server := &http.Server{Handler: s.handler, WriteTimeout: time.Minute}
				go server.Serve(&oneConn{conn: there, closed: make(chan struct{})})
				go func() {
					fmt.Fprintf(here, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", c.times*c.each)
					for range c.times {
						time.Sleep(time.Second)
						if _, err := io.WriteString(here, strings.Repeat("x", c.each)); err != nil {
							return
						}
					}
					select {
					case <-s.status:
					case <-time.After(time.Minute):
						t.Error("it was not cut off")
					}
					time.Sleep(time.Minute - time.Second) // somebody works on it
					close(s.answer)
				}()
				began := time.Now()
				answer := make([]byte, 100)
				n, err := io.ReadAtLeast(here, answer, 15)
				took := time.Since(began)
				if want := fmt.Sprintf("HTTP/1.1 %d", c.status); err != nil || !strings.HasPrefix(string(answer[:n]), want) || took > c.within && c.status != 202 {
					t.Errorf("%.20q after %v, %v", answer[:n], took, err)
				}
				here.Close()
				server.Close()
				time.Sleep(3 * time.Minute) // until all have noticed
			})
		})
	}
}

// oneConn listens for one connection.
type oneConn struct {
	conn   net.Conn
	closed chan struct{}
}

func (l *oneConn) Accept() (net.Conn, error) {
	if conn := l.conn; conn != nil {
		l.conn = nil
		return conn, nil
	}
	<-l.closed
	return nil, net.ErrClosed
}

func (l *oneConn) Close() error {
	close(l.closed)
	return nil
}

func (l *oneConn) Addr() net.Addr { return &net.TCPAddr{} }

func TestBodyIsReadWhateverLengthItAnnounces(t *testing.T) {
	want := strings.Repeat("tea ", 5000)
	for _, announced := range []int64{-1, 0, 1, 3, int64(len(want)) - 1, int64(len(want)), 1 << 40} {
		r := httptest.NewRequest("POST", "/inbox", strings.NewReader(want))
		r.ContentLength = announced // no connection checks it here
		got, err := web.ReadBody(httptest.NewRecorder(), r, 1<<20)
		if err != nil || string(got) != want {
			t.Errorf("announced as %d bytes: %d bytes, %v", announced, len(got), err)
		}
	}
}
