package websub_test

import (
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// lines counts what is written to a log.
type lines struct {
	mu sync.Mutex
	n  int
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n += strings.Count(string(p), "\n")
	return len(p), nil
}

// TestSubscriberDoesNotSpinWhereNothingCanBeWritten has more due than one round takes, on a disk that
// takes no write.
func TestSubscriberDoesNotSpinWhereNothingCanBeWritten(t *testing.T) {
	inBubble(t, func(w *world) {
		w.run(2 * time.Second)
		first := w.only()
		for n := range 100 {
			_, err := w.db.Exec(w.t.Context(), `
				INSERT INTO subscriptions (id, blog_id, hub_url, topic_url, name_hash, token, token_hash, secret, state, next_at, lease_until,
					failures, failing_since, last_error, verified_at, expires_at, pushed_at, created_at)
				VALUES (?, ?, ?, ?, ?, ?, ?, '', 'wanted', 1, 0, 0, 0, '', 0, 0, 0, 0)`,
				database.NewID(time.Now()), first.BlogID, fmt.Sprintf("https://hub-%d.example/", n), feedURL, database.Hash(fmt.Sprint(n)),
				fmt.Sprint(n), database.Hash(fmt.Sprint("token ", n)))
			if err != nil {
				w.t.Fatal(err)
			}
		}
		if _, err := w.db.Exec(w.t.Context(), `
			CREATE TRIGGER full BEFORE UPDATE ON subscriptions BEGIN SELECT RAISE(ABORT, 'full'); END`); err != nil {
			w.t.Fatal(err)
		}
		said := &lines{}
		w.hubs.Log = slog.New(slog.NewTextHandler(said, nil))
		w.run(10 * time.Second)
		if said.n == 0 || said.n > 11*100 {
			w.t.Errorf("%d lines in the log in ten seconds", said.n)
		}
	})
}
