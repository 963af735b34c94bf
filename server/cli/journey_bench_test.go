//go:build unix

package cli

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// bench is the program with an in-memory world around it, so that what is measured is ours and not the loopback device.
type bench struct {
	*app.App
	b    *testing.B
	farm *farm
	feed *sampleFeed
	blog feeds.Blog
}

// RoundTrip is the world: the feed, and every person's server.
func (w *bench) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := httptest.NewRecorder()
	switch {
	case r.URL.Host == w.feed.host():
		w.feed.serve(answer, r)
	case r.Method == http.MethodPost:
		w.farm.record(r.URL.String(), "Create", "")
		answer.WriteHeader(http.StatusAccepted)
	default:
		answer.Header().Set("Content-Type", activityJSON)
		json.NewEncoder(answer).Encode(w.farm.actor(r.URL.String()))
	}
	return answer.Result(), nil
}

func newBench(b *testing.B, databaseURL string) *bench {
	b.Helper()
	w := &bench{b: b, farm: newFarm(b, 0, 0), feed: newSampleFeed(b)}
	s := testSettings(b, databaseURL, "127.0.0.1:8484", w.feed.host())
	s.PublicURL = "https://bloghorn.test"
	var err error
	if w.App, err = app.New(b.Context(), s, slog.New(slog.DiscardHandler), app.Outside{Transport: w, NewKey: fediversetest.NewKey, AnswerIn: time.Minute}); err != nil {
		b.Fatal(err)
	}
	if w.blog, _, err = addBlog(b.Context(), w.App, blogAddCommand{Address: w.feed.URL, Handle: "tea"}); err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	b.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			b.Error(err)
		}
		w.Close()
	})
	return w
}

func eachEngineBench(b *testing.B, run func(b *testing.B, w *bench)) {
	b.Run("sqlite", func(b *testing.B) { run(b, newBench(b, databasetest.SQLiteURL(b))) })
	b.Run("mysql", func(b *testing.B) { run(b, newBench(b, databasetest.MySQLURL(b))) })
}

// BenchmarkJourneyFanOut is one post on its way from the feed to 10,000 followers on 1,000 shared inboxes. cpu/signature
// is the CPU of a delivery divided by that of one RSA-2048 signature in the same run: 1 would be nothing but RSA.
func BenchmarkJourneyFanOut(b *testing.B) {
	const hosts, followersEach = 1000, 10
	eachEngineBench(b, func(b *testing.B, w *bench) {
		w.insertFollowers(hosts, followersEach)
		signature := cpuOfSignature(b, w.farm.key)
		spent, began, posts := cpu(), time.Now(), 0
		for b.Loop() {
			posts++
			w.feed.publish(fmt.Sprintf("post-%d", posts), "On tea", strings.Repeat("<p>Four minutes, no more.</p>", 40))
			eventually(b, "all inboxes", func() bool { return w.farm.arrived("Create") >= posts*hosts })
		}
		deliveries := float64(posts * hosts)
		b.ReportMetric(deliveries/time.Since(began).Seconds(), "deliveries/s")
		b.ReportMetric((cpu()-spent).Seconds()/deliveries/signature.Seconds(), "cpu/signature")
	})
}

// insertFollowers writes rows directly: following is measured elsewhere.
func (w *bench) insertFollowers(hosts, each int) {
	w.b.Helper()
	err := w.DB.InTx(w.b.Context(), func(tx *database.Tx) error {
		for i := range hosts * each {
			uri := fmt.Sprintf("https://host-%d.test/users/p%d", i%hosts, i)
			shared := fmt.Sprintf("https://host-%d.test/inbox", i%hosts)
			if err := insertFollower(w.b.Context(), tx, w.blog.ID, database.ID(i+1), uri, shared); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.b.Fatal(err)
	}
}

func insertFollower(ctx context.Context, tx *database.Tx, blog, id database.ID, uri, shared string) error {
	_, err := tx.Exec(ctx, `
INSERT INTO remote_actors (id, uri_hash, uri, host, type, username, handle, name, url, avatar_url, inbox, shared_inbox, followers_uri, fetched_at, gone_at)
VALUES (?, ?, ?, ?, 'Person', '', '', '', '', '', ?, ?, '', 0, 0)`, id, database.Hash(uri), uri, activitypub.Host(uri), uri+"/inbox", shared)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
INSERT INTO followers (blog_id, actor_id, follow_uri, follow_hash, created_at)
VALUES (?, ?, ?, ?, 0)`, blog, id, uri+"#follow", database.Hash(uri+"#follow"))
	return err
}

// BenchmarkJourneyInbox is 5,000 signed replies from 100 people, verified, cleaned and stored; that is one operation.
func BenchmarkJourneyInbox(b *testing.B) {
	const replies, people = 5000, 100
	eachEngineBench(b, func(b *testing.B, w *bench) {
		handler, rounds := w.Handler(), 0
		for b.Loop() {
			b.StopTimer()
			rounds++
			requests := w.signedReplies(w.article(fmt.Sprintf("inbox-%d", rounds)), replies, people)
			b.StartTimer()
			w.answerAll(handler, requests)
		}
		b.ReportMetric(float64(rounds*replies)/b.Elapsed().Seconds(), "replies/s")
	})
}

// answerAll lets eight senders deliver the requests.
func (w *bench) answerAll(handler http.Handler, requests []*http.Request) {
	next := make(chan *http.Request)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { w.answer(handler, next) })
	}
	for _, r := range requests {
		next <- r
	}
	close(next)
	all.Wait()
}

func (w *bench) answer(handler http.Handler, requests <-chan *http.Request) {
	for r := range requests {
		body, err := r.GetBody()
		if err != nil {
			w.b.Error(err)
			return
		}
		r.Body, r.RequestURI = body, r.URL.RequestURI()
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, r)
		if answer.Code != http.StatusAccepted {
			w.b.Errorf("answered %d %s", answer.Code, answer.Body)
		}
	}
}

func (w *bench) signedReplies(article string, n, people int) (requests []*http.Request) {
	for i := range n {
		person := fmt.Sprintf("https://host-%d.test/users/p", i%people)
		note := fmt.Sprintf("%s/notes/%s-%d", person, article[strings.LastIndexByte(article, '/')+1:], i)
		requests = append(requests, w.farm.signed(person, w.Settings.PublicURL+"/inbox", map[string]any{
			"id": note + "/create", "type": "Create",
			"object": map[string]any{"id": note, "type": "Note", "attributedTo": person, "inReplyTo": article, "published": time.Now().UTC().Format(time.RFC3339),
				"content": "<p>Three minutes are enough for me.</p>", "to": []string{"https://www.w3.org/ns/activitystreams#Public"}},
		}))
	}
	return requests
}

// article publishes a post and returns its ActivityPub id.
func (w *bench) article(slug string) string {
	w.b.Helper()
	r := &running{App: w.App, t: w.b, base: w.Settings.PublicURL}
	return r.postID(w.feed.publish(slug, "On tea", "<p>Four minutes.</p>"))
}

// BenchmarkJourneyComments reads a thread of 100 comments: whole, and by a reader who has it already.
func BenchmarkJourneyComments(b *testing.B) {
	eachEngineBench(b, func(b *testing.B, w *bench) {
		handler := w.Handler()
		w.answerAll(handler, w.signedReplies(w.article("comments"), 100, 20))
		page := w.Settings.PublicURL + "/api/v1/comments?url=" + url.QueryEscape(w.feed.URL+"/comments")
		etag := read(b, handler, page, "", http.StatusOK)
		b.Run("whole", func(b *testing.B) {
			for b.Loop() {
				read(b, handler, page, "", http.StatusOK)
			}
		})
		b.Run("etag", func(b *testing.B) {
			for b.Loop() {
				read(b, handler, page, etag, http.StatusNotModified)
			}
		})
	})
}

func read(b *testing.B, handler http.Handler, page, etag string, want int) string {
	r := httptest.NewRequest("GET", page, nil)
	r.Header.Set("If-None-Match", etag)
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, r)
	if answer.Code != want {
		b.Fatalf("answered %d %s", answer.Code, answer.Body)
	}
	return answer.Header().Get("ETag")
}

// cpu is what this process has used so far, on all cores.
func cpu() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// cpuOfSignature is the yardstick: one RSA-2048 signature on this machine, now.
func cpuOfSignature(b *testing.B, key *rsa.PrivateKey) time.Duration {
	b.Helper()
	const times = 300
	digest := sha256.Sum256([]byte("bloghorn"))
	began := cpu()
	for range times {
		if _, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:]); err != nil {
			b.Fatal(err)
		}
	}
	return (cpu() - began) / times
}
