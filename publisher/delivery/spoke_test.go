package delivery_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// Somebody follows in the name of hosts that a platform does not have, as often as they may
// (bounds.AnswersElsewhere). A blog that is new there follows itself, and has its Accept at once.
func TestWhoAsksIsAnsweredHoweverManyHostsOfTheirSiteAreMadeUp(t *testing.T) {
	trial(t, func(t *testing.T, db *database.DB, w *world, worker *delivery.Worker) {
		w.answers(func(r *http.Request) (*http.Response, error) {
			if strings.HasPrefix(r.URL.Host, "x") {
				return nil, errors.New("no such host")
			}
			return respond(r, http.StatusAccepted, ""), nil
		})
		n := 0
		follow := func(actor, inbox string) {
			t.Helper()
			a := activity("Accept", actor+" follows", time.Now())
			err := db.InTx(t.Context(), func(tx *database.Tx) error {
				return delivery.EnqueueAnswer(t.Context(), tx, a, 7, actor, inbox, time.Now())
			})
			if err != nil {
				t.Fatal(err)
			}
			worker.Wake()
		}
		began := time.Now()
		evil := func() {
			for range bounds.AnswersElsewhere.Burst {
				n++
				follow(fmt.Sprint("https://evil.example/", n), fmt.Sprintf("https://x%d.platform.example/inbox", n))
			}
			time.Sleep(10 * time.Second)
		}
		for time.Since(began) < time.Duration(costtest.Pick(4, 48))*time.Hour {
			evil()
			time.Sleep(10*time.Minute - 10*time.Second)
		}
		evil()
		asked := w.requests("platform.example")
		follow("https://honest.platform.example/me", "https://honest.platform.example/inbox")
		came := time.Now()
		for len(w.got("https://honest.")) == 0 && time.Since(came) < 24*time.Hour {
			time.Sleep(10 * time.Second)
			if time.Since(came)%(10*time.Minute) == 0 {
				evil()
			}
		}
		t.Logf("%d made up hosts, %d requests; the newcomer had the Accept after %v", n, asked, time.Since(came))
		if took := time.Since(came); took > time.Minute {
			t.Errorf("the newcomer had the Accept after %v", took)
		}
		if most := bounds.Trials.Burst + int(came.Sub(began)/bounds.Trials.Every); asked > most {
			t.Errorf("%d requests to hosts that do not exist, want at most %d", asked, most)
		}
	})
}

// A host is written down once, whether or not it was known for failures, and by several at once.
func TestAHostThatAskedIsRememberedOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		if _, err := db.Exec(t.Context(), `
			INSERT INTO hosts (host, failures, failing_since, paused_until, succeeded_at, last_error, updated_at)
			VALUES ('failed.example', 2, 1, 0, 0, '', 1)`); err != nil {
			t.Fatal(err)
		}
		ask := func(actor, inbox string, at time.Time) error {
			return db.InTx(t.Context(), func(tx *database.Tx) error {
				return delivery.EnqueueAnswer(t.Context(), tx, activity("Accept", actor, at), 7, actor, inbox, at)
			})
		}
		for _, host := range []string{"new.example", "failed.example"} {
			done := make(chan error)
			for i := range 4 {
				go func() { done <- ask(fmt.Sprint("https://", host, "/", i), "https://"+host+"/inbox", noon) }()
			}
			for range 4 {
				if err := <-done; err != nil {
					t.Fatal(err)
				}
			}
			if err := ask("https://"+host+"/late", "https://"+host+"/inbox", noon.Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		if err := ask("https://evil.example/me", "https://made.up.example/inbox", noon); err != nil {
			t.Fatal(err)
		}
		var hosts, spoke int
		err := db.QueryRow(t.Context(), `
			SELECT COUNT(*), SUM(CASE WHEN spoke_at = ? THEN 1 ELSE 0 END)
			FROM hosts`, database.Millis(noon)).Scan(&hosts, &spoke)
		if err != nil || hosts != 2 || spoke != 2 {
			t.Errorf("%d hosts, %d of which asked, %v; want 2", hosts, spoke, err)
		}
	})
}
