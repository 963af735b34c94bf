package delivery_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// try makes one delivery to the inbox and gives its row after the first try.
func try(t *testing.T, db *database.DB, inbox string, answer func(*http.Request) (*http.Response, error)) delivery.Delivery {
	t.Helper()
	w := newWorld()
	w.answers(answer)
	enqueue(t, db, activity("Create", inbox, noon), noon, inbox)
	stop := start(t, newWorker(db, w, (&clock{now: noon}).Now))
	defer stop()
	return waitForRow(t, db, inbox, func(d delivery.Delivery) bool { return d.Attempts > 0 })
}

func TestWhatAnAnswerMeans(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		inboxes := 0
		for _, test := range []struct {
			statuses []int
			host     string
			want     string
		}{
			{[]int{200, 201, 202, 204, 226}, "mastodon.example", delivery.Delivered},
			{[]int{400, 402, 405, 406, 409, 413, 415, 418, 422, 451, 501}, "mastodon.example", delivery.Refused},
			{[]int{300, 304, 399}, "mastodon.example", delivery.Refused},
			{[]int{401, 403}, "mastodon.example", delivery.Pending},
			{[]int{404, 410}, "mastodon.example", delivery.Gone},
			{[]int{404, 401}, "threads.net", delivery.Pending},
			{[]int{404}, "www.threads.com", delivery.Pending},
			{[]int{404}, "inbox.eu.threads.net:8443", delivery.Pending},
			{[]int{404}, "threads.net.example", delivery.Gone},
			{[]int{404}, "notthreads.net", delivery.Gone},
			{[]int{410}, "threads.net", delivery.Gone},
			{[]int{408, 425, 429, 500, 502, 503, 504, 520, 599, 999}, "mastodon.example", delivery.Pending},
		} {
			for _, status := range test.statuses {
				inboxes++
				inbox := fmt.Sprintf("https://%s/users/%d/inbox", test.host, inboxes)
				inbox = strings.Replace(inbox, "mastodon", fmt.Sprintf("mastodon%d", status), 1) // each healthy at first
				got := try(t, db, inbox, always(status))
				if got.State != test.want || got.LastStatus != status || got.Attempts != 1 {
					t.Errorf("%s answers %d: %s after %d tries, status %d; want %s", test.host, status, got.State, got.Attempts, got.LastStatus, test.want)
				}
				if again := got.NextAttemptAt.Equal(noon.Add(time.Minute)); again != (test.want == delivery.Pending) {
					t.Errorf("%s answers %d: next try at %v", test.host, status, got.NextAttemptAt)
				}
			}
		}
	})
}

func TestWhatNoAnswerMeans(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		failing := func(err error) func(*http.Request) (*http.Response, error) {
			return func(*http.Request) (*http.Response, error) { return nil, err }
		}
		redirect := func(status int, to string) func(*http.Request) (*http.Response, error) {
			return func(r *http.Request) (*http.Response, error) {
				if strings.HasSuffix(r.URL.Path, "/moved") {
					return respond(r, 202, ""), nil
				}
				return respond(r, status, "", "Location", to), nil
			}
		}
		for inbox, test := range map[string]struct {
			answer func(*http.Request) (*http.Response, error)
			state  string
			words  string
		}{
			"https://1.example/inbox": {failing(errors.New("no such host")), delivery.Pending, "no such host"},
			"https://2.example/inbox": {failing(context.DeadlineExceeded), delivery.Pending, "deadline exceeded"},
			"https://3.example/inbox": {redirect(307, "/moved"), delivery.Delivered, ""},
			"https://4.example/inbox": {redirect(308, "https://4.example/moved"), delivery.Delivered, ""},
			"https://5.example/inbox": {redirect(307, "https://elsewhere.example/moved"), delivery.Refused, "redirect"},
			"https://6.example/inbox": {redirect(302, "/moved"), delivery.Refused, "redirect"},
			"https://7.example/inbox": {redirect(308, "/inbox"), delivery.Refused, "redirect"},
			"http://8.example/inbox":  {always(202), delivery.Refused, "not https"},
		} {
			got := try(t, db, inbox, test.answer)
			if got.State != test.state || !strings.Contains(got.LastAnswer, test.words) {
				t.Errorf("%s: %s, %q; want %s, %q", inbox, got.State, got.LastAnswer, test.state, test.words)
			}
		}
	})
}

// endless is a body that never ends and counts what is read of it.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	return copy(p, bytes.Repeat([]byte{0x1b, '<', 0xff, 0}, len(p)/4+1)), nil
}

func (e *endless) Close() error { return nil }

func TestHostileAnswers(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		body := &endless{}
		endlessly := func(status int) func(*http.Request) (*http.Response, error) {
			return func(r *http.Request) (*http.Response, error) {
				res := respond(r, status, "")
				body = &endless{}
				res.Body = body
				return res, nil
			}
		}
		if got := try(t, db, "https://1.example/inbox", endlessly(202)); got.State != delivery.Delivered || body.read > 64<<10 {
			t.Errorf("202 and an endless body: %s, read %d bytes", got.State, body.read)
		}
		got := try(t, db, "https://2.example/inbox", endlessly(422))
		kept := got.LastAnswer
		if got.State != delivery.Refused || len(kept) > 512 || !utf8.ValidString(kept) || strings.ContainsFunc(kept, unicode.IsControl) {
			t.Errorf("422 and an endless binary body: %s, %q", got.State, got.LastAnswer)
		}
		broken := func(r *http.Request) (*http.Response, error) {
			res := respond(r, 202, "")
			res.Body = io.NopCloser(io.MultiReader(strings.NewReader("accep"), errorReader{}))
			return res, nil
		}
		if got := try(t, db, "https://3.example/inbox", broken); got.State != delivery.Delivered {
			t.Errorf("202 and a body that breaks off: %s", got.State)
		}
		if got := try(t, db, "https://4.example/inbox", zipped(202, "not gzip at all")); got.State != delivery.Delivered {
			t.Errorf("202 and broken gzip: %s", got.State)
		}
		if got := try(t, db, "https://5.example/inbox", zipped(400, bomb())); got.State != delivery.Refused || len(got.LastAnswer) > 512 {
			t.Errorf("400 and a gzip bomb: %s, %d bytes kept", got.State, len(got.LastAnswer))
		}
		long := strings.Repeat("\u00e9\u202e\r\n", 400)
		got = try(t, db, "https://6.example/inbox", func(r *http.Request) (*http.Response, error) { return respond(r, 400, long), nil })
		if want := strings.TrimSpace(strings.Repeat("\u00e9 ", 73)); got.LastAnswer != want {
			t.Errorf("kept %q", got.LastAnswer)
		}
	})
}

type errorReader struct{}

func (errorReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func zipped(status int, body string) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		return respond(r, status, body, "Content-Encoding", "gzip"), nil
	}
}

func bomb() string {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(make([]byte, 10<<20))
	z.Close()
	return packed.String()
}

func TestRequestsAreSignedAnewAtEachTry(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		c := &clock{now: noon}
		verifier := signature.Verifier{Now: c.Now, Keys: func(context.Context, string, bool) (signature.PublicKey, error) {
			return signature.PublicKey{ID: key().ID, Owner: actor, Key: &key().Private.PublicKey}, nil
		}}
		statuses := []int{503, 202}
		problems := make(chan error, 10)
		w := newWorld()
		w.answers(func(r *http.Request) (*http.Response, error) {
			problems <- check(r, verifier)
			status := statuses[0]
			statuses = statuses[1:]
			return respond(r, status, ""), nil
		})
		a := activity("Create", post, noon)
		enqueue(t, db, a, noon, "https://a.example:8443/users/%C3%A9/inbox?x=1")
		start(t, newWorker(db, w, c.Now))
		waitForTries(t, db, 1)
		c.advance(3 * time.Hour)
		waitFor(t, db, map[string]int{delivery.Delivered: 1})
		for range 2 {
			if err := <-problems; err != nil {
				t.Error(err)
			}
		}
	})
}

func check(r *http.Request, verifier signature.Verifier) error {
	const json = "application/activity+json"
	if r.Method != http.MethodPost || r.Header.Get("Content-Type") != json || r.Header.Get("Accept") != json {
		return fmt.Errorf("%s with headers %v", r.Method, r.Header)
	}
	server := r.Clone(r.Context()) // as a server sees it
	server.Host, server.RequestURI = r.URL.Host, r.URL.RequestURI()
	body, err := r.GetBody()
	if err != nil {
		return err
	}
	sent, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	_, err = verifier.Verify(server, sent, r.URL.String())
	return err
}
