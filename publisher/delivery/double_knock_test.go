package delivery_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// picky is a server that takes one scheme, and says so with a status of its own. It notes what it is asked.
type picky struct {
	now func() time.Time

	mu      sync.Mutex
	takes   signature.Scheme
	refusal int
	asked   []string
}

func (p *picky) answer(r *http.Request) (*http.Response, error) {
	err := check(r, signature.Verifier{Now: p.now, Keys: ourKey})
	p.mu.Lock()
	defer p.mu.Unlock()
	status := http.StatusAccepted
	switch {
	case err != nil:
		status = http.StatusTeapot
	case signature.SchemeOf(r) != p.takes:
		status = p.refusal
	}
	p.asked = append(p.asked, fmt.Sprintf("%v %d", signature.SchemeOf(r), status))
	return respond(r, status, fmt.Sprint(err)), nil
}

func (p *picky) change(to signature.Scheme) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.takes = to
}

// since lists what it was asked since the last call.
func (p *picky) since() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer func() { p.asked = nil }()
	return strings.Join(p.asked, ", ")
}

func TestAHostThatTakesTheOtherSchemeGetsItAndIsRemembered(t *testing.T) {
	for host, refusal := range map[string]int{"a.example": 401, "b.example": 400, "c.example": 403, "threads.net": 404} {
		t.Run(fmt.Sprint(refusal), func(t *testing.T) {
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				w, c := newWorld(), &clock{now: noon}
				p := &picky{now: c.Now, refusal: refusal}
				w.answers(p.answer)
				send := func(want string) {
					t.Helper()
					inbox := fmt.Sprintf("https://%s/%s", host, database.NewID(c.Now()))
					enqueue(t, db, activity("Accept", "", c.Now()), c.Now(), inbox)
					d := waitForRow(t, db, inbox, func(d delivery.Delivery) bool { return d.State == delivery.Delivered })
					if got := p.since(); got != want || d.Attempts != 1 {
						t.Errorf("asked %q in %d tries, want %q in one", got, d.Attempts, want)
					}
				}
				stop := start(t, newWorker(db, w, c.Now))
				send("cavage 202")
				p.change(signature.RFC9421)
				send(fmt.Sprintf("cavage %d, rfc9421 202", refusal))
				send("rfc9421 202")
				stop()
				stop = start(t, newWorker(db, w, c.Now)) // another process
				c.advance(6 * 24 * time.Hour)
				send("rfc9421 202")
				c.advance(25 * time.Hour)
				send(fmt.Sprintf("cavage %d, rfc9421 202", refusal))
				p.change(signature.Cavage)
				send(fmt.Sprintf("rfc9421 %d, cavage 202", refusal))
				send("cavage 202")
				stop()
				var rows int
				if err := db.QueryRow(t.Context(), `SELECT COUNT(*) FROM host_schemes`).Scan(&rows); err != nil || rows != 0 {
					t.Errorf("%d rows remain, %v", rows, err)
				}
			})
		})
	}
}

// Each pair of answers to the two knocks of one try, and what becomes of the delivery.
func TestTheSecondKnockMakesNothingWorse(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for i, c := range []struct {
			first, second int // 0: no answer
			state         string
			status        int
		}{
			{401, 202, delivery.Delivered, 202},
			{400, 202, delivery.Delivered, 202},
			{400, 400, delivery.Refused, 400},
			{400, 422, delivery.Refused, 422},
			{400, 401, delivery.Pending, 401},
			{401, 400, delivery.Pending, 401},
			{403, 404, delivery.Pending, 403},
			{401, 410, delivery.Pending, 401},
			{401, 501, delivery.Pending, 401},
			{401, 403, delivery.Pending, 403},
			{401, 503, delivery.Pending, 503},
			{400, 404, delivery.Gone, 404},
			{401, 0, delivery.Pending, 0},
			{400, 0, delivery.Pending, 0},
		} {
			var asked []signature.Scheme
			got := try(t, db, fmt.Sprintf("https://%d.example/inbox", i), func(r *http.Request) (*http.Response, error) {
				asked = append(asked, signature.SchemeOf(r))
				status := []int{c.first, c.second}[len(asked)-1]
				if status == 0 {
					return nil, errors.New("connection reset")
				}
				return respond(r, status, ""), nil
			})
			if got.State != c.state || got.LastStatus != c.status || got.Attempts != 1 {
				t.Errorf("%d, then %d: %s with %d after %d tries", c.first, c.second, got.State, got.LastStatus, got.Attempts)
			}
			if !slices.Equal(asked, []signature.Scheme{signature.Cavage, signature.RFC9421}) {
				t.Errorf("%d, then %d: asked %v", c.first, c.second, asked)
			}
		}
	})
}

func TestOnlyAnswersAboutTheSignatureAreKnockedAtTwice(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for _, status := range []int{202, 404, 405, 410, 413, 422, 429, 500, 503} {
			asked := 0
			try(t, db, fmt.Sprintf("https://%d.example/inbox", status), func(r *http.Request) (*http.Response, error) {
				asked++
				return respond(r, status, ""), nil
			})
			if asked != 1 {
				t.Errorf("%d: asked %d times", status, asked)
			}
		}
	})
}

// The breaker opens after five failures, so that five tries that failed twice must not be ten.
func TestTheBreakerCountsATryOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		knocks := 0
		w.answers(func(r *http.Request) (*http.Response, error) {
			knocks++
			return respond(r, []int{503, 401}[knocks%2], ""), nil
		})
		enqueue(t, db, activity("Create", post, noon), noon, inboxA)
		start(t, newWorker(db, w, c.Now))
		waitForTries(t, db, 1)
		var failures int
		err := db.QueryRow(t.Context(), `SELECT failures FROM hosts WHERE host = ?`, "a.example").Scan(&failures)
		if err != nil || failures != 1 {
			t.Errorf("%d failures after one try of two knocks, %v", failures, err)
		}
	})
}

func TestWhatAServerAsksForIsTheSecondKnock(t *testing.T) {
	const own = `sig1=("@method" "@target-uri" "content-digest");created=1772366400;keyid="` + actor + `#main-key";alg="rsa-v1_5-sha256"`
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for i, c := range []struct{ asks, want string }{
			{`x=("@method" "@authority" "@path" "content-digest");created;nonce="n1";tag="activitypub"`,
				`x=("@method" "@authority" "@path" "content-digest" "@target-uri");created=1772366400;keyid="` + actor +
					`#main-key";alg="rsa-v1_5-sha256";nonce="n1";tag="activitypub"`},
			{`a=("x-secret");created, b=("date" "content-type" "digest");expires;alg="rsa-v1_5-sha256"`,
				`b=("date" "content-type" "digest" "@method" "@target-uri" "content-digest");created=1772366400;expires=1772370300;keyid="` + actor +
					`#main-key";alg="rsa-v1_5-sha256"`},
			{`a=("@method");alg="ecdsa-p256-sha256"`, own},
			{`a=("@method");keyid="https://other.example/key"`, own},
			{`not a header (`, own},
			{`a=("@method"), a=("@path")`, own},
			{`a=("@method");nonce="` + strings.Repeat("n", 300) + `"`, own},
		} {
			inputs := ""
			try(t, db, fmt.Sprintf("https://%d.example/inbox", i), func(r *http.Request) (*http.Response, error) {
				if signature.SchemeOf(r) == signature.Cavage {
					return respond(r, 401, "", "Accept-Signature", c.asks), nil
				}
				inputs = r.Header.Get("Signature-Input")
				if err := check(r, signature.Verifier{Now: (&clock{now: noon}).Now, Keys: ourKey}); err != nil {
					t.Errorf("%s: %v", inputs, err)
				}
				return respond(r, 202, ""), nil
			})
			if inputs != c.want {
				t.Errorf("%s:\n%s, want\n%s", c.asks, inputs, c.want)
			}
		}
	})
}

// A server that remembers nothing of what it asked for is asked by the other scheme, not the same again.
func TestTheSameSignatureIsNotMadeTwice(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		p := &picky{now: c.Now, refusal: 401, takes: signature.RFC9421}
		w.answers(p.answer)
		enqueue(t, db, activity("Create", post, noon), noon, inboxA)
		start(t, newWorker(db, w, c.Now))
		waitForTries(t, db, 1)
		p.change(signature.Cavage)
		w.answers(func(r *http.Request) (*http.Response, error) {
			res, err := p.answer(r)
			res.Header.Set("Accept-Signature", signature.Accepts(r.Method))
			return res, err
		})
		enqueue(t, db, activity("Create", post+"2", noon), noon, inboxA)
		waitForTries(t, db, 2)
		if got := p.since(); got != "cavage 401, rfc9421 202, rfc9421 401, cavage 202" {
			t.Errorf("asked %s", got)
		}
	})
}

// Strangers can make us ask hosts of theirs, so what is remembered of hosts has an end.
func TestTheMemoryOfSchemesIsBounded(t *testing.T) {
	db := databasetest.Open(t)
	for i := range 20 {
		values := make([]string, 500)
		for j := range values {
			values[j] = fmt.Sprintf("('%d-%d.example', %d)", i, j, database.Millis(noon.AddDate(0, 0, 3)))
		}
		if _, err := db.Exec(t.Context(), `INSERT INTO host_schemes (host, expires_at) VALUES `+strings.Join(values, ", ")); err != nil {
			t.Fatal(err)
		}
	}
	c := &clock{now: noon}
	w, p := newWorld(), &picky{now: c.Now, refusal: 401, takes: signature.RFC9421}
	w.answers(p.answer)
	start(t, newWorker(db, w, c.Now))
	for _, want := range []int{10_000, 2} { // the second after they have run out: the host, and the one of settleDown
		enqueue(t, db, activity("Accept", "", c.Now()), c.Now(), inboxA+c.Now().Format("2"))
		waitForRow(t, db, inboxA+c.Now().Format("2"), func(d delivery.Delivery) bool { return d.State == delivery.Delivered })
		settleDown(t, db, w, c)
		var rows int
		if err := db.QueryRow(t.Context(), `SELECT COUNT(*) FROM host_schemes`).Scan(&rows); err != nil || rows != want {
			t.Errorf("%d hosts are remembered, %v; want %d", rows, err, want)
		}
		c.advance(4 * 24 * time.Hour)
	}
}

func ourKey(context.Context, string, bool) (signature.PublicKey, error) {
	return signature.PublicKey{ID: key().ID, Owner: actor, Key: &key().Private.PublicKey}, nil
}
