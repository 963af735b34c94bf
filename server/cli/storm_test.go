package cli

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/server/costtest"
)

// TestStormOfDeletes is what the fediverse does every day: each deleted account is told to every
// server that ever heard of somebody who heard of it. When a large server closes, it is 100,000
// within minutes. None of them waits, costs a question or more work than the first, and whoever has
// something to say gets through meanwhile. BenchmarkStormOfDeletes says how long they take.
func TestStormOfDeletes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // only what waits takes time here
		deletes := costtest.Pick(2000, 100_000)
		c := newChecked(t)
		s := &storm{handler: c.App.Handler(), waited: make([]time.Duration, deletes)}
		before := s.work(t)
		s.begin(t)
		for n := range 20 {
			want(t, "a reply in the storm", c.ada.Reply(c.post, fmt.Sprintf("<p>Reply %d.</p>", n)).Status, 202)
		}
		during := s.sent.Load()
		s.senders.Wait()
		after := s.work(t)
		t.Logf("%d Deletes of %.0f allocations each; 20 replies were in after %d of them", deletes, after, during)
		want(t, "the longest wait", slices.Max(s.waited), 0)
		want(t, fmt.Sprintf("allocations: %.0f before the storm, %.0f after it", before, after), before < 2000 && after < before*5/4, true)
		want(t, "replies", len(c.replies(t)), 20)
		asked := 0
		for n := range closedServers {
			asked += c.f.Count(fmt.Sprintf("closed-%d.test", n), "")
		}
		want(t, "questions to the closed servers", asked, 0)
		var rows int
		if err := c.DB.QueryRow(t.Context(), "SELECT COUNT(*) FROM received WHERE type = 'Delete'").Scan(&rows); err != nil || rows != 0 {
			t.Errorf("the journal has %d rows of the storm, %v", rows, err)
		}
	})
}

// BenchmarkStormOfDeletes sends them one after the other, with no other work for the program.
func BenchmarkStormOfDeletes(b *testing.B) {
	c := newChecked(b)
	s := &storm{handler: c.App.Handler()}
	b.ReportAllocs()
	for b.Loop() {
		s.send(b)
	}
}

// storm is many Deletes, sent by eight at a time.
type storm struct {
	handler http.Handler
	waited  []time.Duration
	sent    atomic.Int64 // of these
	serial  atomic.Int64
	senders sync.WaitGroup
}

func (s *storm) begin(t *testing.T) {
	for range 8 {
		s.senders.Go(func() {
			for n := int(s.sent.Add(1)) - 1; n < len(s.waited); n = int(s.sent.Add(1)) - 1 {
				s.waited[n] = s.send(t)
			}
		})
	}
}

// send sends the next Delete and returns how long the answer took.
func (s *storm) send(t testing.TB) time.Duration {
	n := int(s.serial.Add(1)) - 1
	r := deleteOfStranger(n)
	answer := httptest.NewRecorder()
	began := time.Now()
	s.handler.ServeHTTP(answer, r)
	if answer.Code != http.StatusAccepted {
		t.Errorf("Delete %d was answered %d %s", n, answer.Code, answer.Body)
	}
	return time.Since(began)
}

// work is how often memory is allocated for one Delete: each statement and each row costs some.
func (s *storm) work(t *testing.T) float64 {
	return testing.AllocsPerRun(100, func() { s.send(t) })
}

const closedServers = 1000

// deleteOfStranger is the end of an account on one of a thousand servers, signed as it would be: nobody looks.
func deleteOfStranger(n int) *http.Request {
	actor := fmt.Sprintf("https://closed-%d.test/users/%d", n%closedServers, n)
	body := fmt.Sprintf(`{"@context":"https://www.w3.org/ns/activitystreams","id":"%[1]s#delete","type":"Delete","actor":"%[1]s","object":"%[1]s",`+
		`"to":["https://www.w3.org/ns/activitystreams#Public"],"signature":{"type":"RsaSignature2017"}}`, actor)
	r := httptest.NewRequest("POST", teaBase+"/inbox", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/activity+json")
	r.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	r.Header.Set("Digest", "SHA-256=x")
	r.Header.Set("Signature", `keyId="`+actor+`#main-key",algorithm="rsa-sha256",headers="(request-target) host date digest",signature="AAAA"`)
	return r
}
