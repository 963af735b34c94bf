package cli

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/costtest"
)

// TestBodiesOfStrangersHaveABound sends large activities at once that wait for the key of a slow server, from many networks.
func TestBodiesOfStrangersHaveABound(t *testing.T) {
	if costtest.Race {
		t.Log("memory is not judged under the race detector")
		return
	}
	synctest.Test(t, func(t *testing.T) {
		c := newChecked(t, func(s *config.Settings) { s.TrustedProxies = []string{"192.0.2.1"} })
		liar := c.person(fediversetest.OwnKey)
		c.f.Fail("slow.test", fediversetest.Fault{Delay: 9 * time.Second})
		many := costtest.Pick(150, 2000)
		text := strings.Repeat("x", 1<<20-4<<10)
		body := []byte(`{"id":"` + liar.ID + `/1","type":"Like","actor":"` + liar.ID + `","object":"` + c.post + `","content":"` + text + `"}`)
		handler := c.Handler()
		requests := make([]*http.Request, many)
		for n, network := range networks(many) {
			requests[n] = signedWith(t, liar, body, "https://slow.test/users/a#main-key", network)
		}
		var held sync.WaitGroup
		peak := costtest.PeakOf(func() {
			for _, r := range requests {
				held.Go(func() { handler.ServeHTTP(httptest.NewRecorder(), r) })
			}
			synctest.Wait()
			held.Wait()
		})
		t.Logf("%d bodies of 1 MiB: %d MiB", many, peak>>20)
		want(t, "memory is bound", peak < 3*bounds.BodiesInAll/2, true)
	})
}

func signedWith(t *testing.T, who *fediversetest.Person, body []byte, keyID, network string) *http.Request {
	t.Helper()
	r := httptest.NewRequest("POST", teaBase+"/inbox", bytes.NewReader(body))
	key := who.Key
	key.ID = keyID
	r.RemoteAddr = "192.0.2.1:1"
	r.Header.Set("Content-Type", "application/activity+json")
	r.Header.Set("X-Forwarded-For", network)
	if err := signature.Sign(r, key, body, time.Now()); err != nil {
		t.Fatal(err)
	}
	return r
}
