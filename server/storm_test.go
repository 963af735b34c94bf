package main

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/server/costtest"
)

// deletesInTheStorm is how many accounts that nobody here knows are deleted. When a large server closes, it is 100,000 within minutes:
// go test ./server -run Storm -v -deletes 100000
var deletesInTheStorm = flag.Int("deletes", 10_000, "how many Deletes TestStormOfDeletes has")

// TestStormOfDeletes is what the fediverse does every day: each deleted account is told to every server that ever heard of somebody who heard
// of it. None of them costs a question, and whoever has something to say gets through meanwhile.
func TestStormOfDeletes(t *testing.T) {
	c := newChecked(t)
	handler, storms := c.app.handler(), 0
	// 50 ms on a machine that has nothing else to do
	costtest.Measured(t, 250*time.Millisecond, "the slowest but one in a hundred", func() time.Duration {
		s := &storm{handler: handler, first: storms * *deletesInTheStorm, took: make([]time.Duration, *deletesInTheStorm)}
		storms++
		s.begin(t)
		for n := range 20 {
			want(t, "a reply in the storm", c.ada.Reply(c.post, fmt.Sprintf("<p>Reply %d of storm %d.</p>", n, storms)).Status, 202)
		}
		during := s.sent.Load()
		s.senders.Wait()
		slices.Sort(s.took)
		p99 := s.took[len(s.took)*99/100]
		t.Logf("%d Deletes, median %v, 99 of 100 within %v; 20 replies were in after %d of them", len(s.took), s.took[len(s.took)/2], p99, during)
		return p99
	})
	want(t, "replies", len(c.replies(t)), 20*storms)
	asked := 0
	for n := range closedServers {
		asked += c.f.Count(fmt.Sprintf("closed-%d.test", n), "")
	}
	want(t, "questions to the closed servers", asked, 0)
	var rows int
	if err := c.db.QueryRow(t.Context(), "SELECT COUNT(*) FROM received WHERE type = 'Delete'").Scan(&rows); err != nil || rows != 0 {
		t.Errorf("the journal has %d rows of the storm, %v", rows, err)
	}
}

// storm is many Deletes, sent by eight at a time.
type storm struct {
	handler http.Handler
	first   int // the number of its first stranger
	took    []time.Duration
	sent    atomic.Int64
	senders sync.WaitGroup
}

func (s *storm) begin(t *testing.T) {
	for range 8 {
		s.senders.Go(func() {
			for n := int(s.sent.Add(1)) - 1; n < len(s.took); n = int(s.sent.Add(1)) - 1 {
				r := deleteOfStranger(s.first + n)
				answer := httptest.NewRecorder()
				began := time.Now()
				s.handler.ServeHTTP(answer, r)
				if s.took[n] = time.Since(began); answer.Code != http.StatusAccepted {
					t.Errorf("Delete %d was answered %d %s", n, answer.Code, answer.Body)
					return
				}
			}
		})
	}
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
