package replies_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// BenchmarkInbox is how many signed replies to one post the inbox takes in from 100 people; signing
// them is not measured.
func BenchmarkInbox(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *database.DB{"sqlite": databasetest.Open, "mysql": databasetest.OpenMySQL} {
		b.Run(name, func(b *testing.B) { benchmarkInbox(b, newWorld(b, open(b))) })
	}
}

func benchmarkInbox(b *testing.B, w *world) {
	requests := make([]*http.Request, b.N)
	people := w.people(100)
	for i := range requests {
		p := people[i%len(people)]
		id := fmt.Sprint(p.ID, "/statuses/", i)
		body, err := activitypub.Marshal(activity("Create", id+"/activity", p.ID, activitypub.Object{
			"id": id, "type": "Note", "attributedTo": p.ID, "inReplyTo": w.teaID, "to": activitypub.Public, "published": activitypub.At(w.clock()),
			"content": fmt.Sprintf(`<p><a href="https://blog.example/" class="mention">@tea</a> Number %d, with <em>some</em> words.</p>`, i),
		}))
		w.must(err)
		requests[i] = httptest.NewRequest("POST", shared, bytes.NewReader(body))
		requests[i].Header.Set("Content-Type", "application/activity+json")
		w.must(signature.Sign(requests[i], p.Key, body, w.clock()))
	}
	var next atomic.Int64
	b.SetParallelism(4) // other servers do not wait for each other
	b.ResetTimer()
	b.RunParallel(func(more *testing.PB) {
		for more.Next() {
			answer := httptest.NewRecorder()
			w.handler.ServeHTTP(answer, requests[next.Add(1)-1])
			if answer.Code != http.StatusAccepted {
				b.Errorf("%d %s", answer.Code, answer.Body)
			}
		}
	})
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "replies/s")
	if got := w.thread().Counts.Replies; got != b.N {
		b.Fatalf("%d replies are shown, want %d", got, b.N)
	}
}
