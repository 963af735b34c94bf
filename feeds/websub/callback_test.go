package websub_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds/websub"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestOnlyWhatWasAskedForIsConfirmed(t *testing.T) {
	inBubble(t, func(w *world) {
		w.answer = accepts
		w.run(2 * time.Second)
		form, _ := w.asked()
		callback := form.Get("hub.callback")
		topic := url.QueryEscape(feedURL)
		for name, address := range map[string]string{
			"another topic":      callback + "?hub.mode=subscribe&hub.challenge=x&hub.topic=" + topic + "%2F",
			"topic in capitals":  callback + "?hub.mode=subscribe&hub.challenge=x&hub.topic=" + strings.ToUpper(topic),
			"no topic":           callback + "?hub.mode=subscribe&hub.challenge=x",
			"no challenge":       callback + "?hub.mode=subscribe&hub.topic=" + topic,
			"endless challenge":  callback + "?hub.mode=subscribe&hub.topic=" + topic + "&hub.challenge=" + strings.Repeat("x", 5000),
			"unsubscribe":        callback + "?hub.mode=unsubscribe&hub.challenge=x&hub.topic=" + topic,
			"another mode":       callback + "?hub.mode=publish&hub.challenge=x&hub.topic=" + topic,
			"nothing":            callback,
			"unknown token":      base + "/websub/ABCDEFGHIJKLMNOPQRSTUVWXYZ?hub.mode=subscribe&hub.challenge=x&hub.topic=" + topic,
			"token in lowercase": strings.ToLower(callback) + "?hub.mode=subscribe&hub.challenge=x&hub.topic=" + topic,
		} {
			if status, body := w.ask(httptest.NewRequest("GET", address, nil)); status != 404 || w.only().State != websub.Wanted {
				t.Errorf("%s: %d %q, %s", name, status, body, w.states())
			}
		}
		right := httptest.NewRecorder()
		w.routes.ServeHTTP(right, httptest.NewRequest("GET", callback+"?hub.mode=subscribe&hub.challenge=%3Cb%3E&hub.topic="+topic, nil))
		if right.Code != 200 || right.Body.String() != "<b>" || !strings.HasPrefix(right.Header().Get("Content-Type"), "text/plain") ||
			right.Header().Get("X-Content-Type-Options") != "nosniff" || w.only().State != websub.Active {
			t.Errorf("%d %q %v, %s", right.Code, right.Body, right.Header(), w.states())
		}
	})
}

func TestRefusalOfAHubIsOnRecord(t *testing.T) {
	inBubble(t, func(w *world) {
		w.run(2 * time.Second)
		form, n := w.asked()
		q := url.Values{"hub.mode": {"denied"}, "hub.topic": {"https://else.example/"}, "hub.reason": {"no \xff tea" + strings.Repeat("!", 1000)}}
		if status, _ := w.ask(httptest.NewRequest("GET", form.Get("hub.callback")+"?"+q.Encode(), nil)); status != 404 {
			t.Errorf("for another topic: %d", status)
		}
		q.Set("hub.topic", feedURL)
		status, _ := w.ask(httptest.NewRequest("GET", form.Get("hub.callback")+"?"+q.Encode(), nil))
		if s := w.only(); status != 200 || s.State != websub.Denied || !strings.Contains(s.LastError, "tea!!") || !s.NextAt.IsZero() {
			t.Errorf("%d, %+v", status, s)
		}
		w.run(5 * time.Second)
		if _, again := w.asked(); again != n {
			t.Error("the hub was asked again")
		}
		if status := w.push(form, "x", sign("sha256", form.Get("hub.secret"), "x")); status != 404 {
			t.Errorf("a push after that: %d", status)
		}
	})
}

func TestPushMakesTheFeedDue(t *testing.T) {
	for name := range hashes {
		inBubble(t, func(w *world) {
			w.run(2 * time.Second)
			w.poll()
			form, _ := w.asked()
			if status := w.push(form, "<feed/>", sign(name, form.Get("hub.secret"), "<feed/>")); status != http.StatusAccepted {
				t.Errorf("%s: %d", name, status)
			}
			if p := w.record(); !p.NextAt.Equal(p.PushedAt) || w.woken != 1 || w.only().PushedAt.IsZero() {
				t.Errorf("%s: %+v, woken %d times", name, p, w.woken)
			}
		})
	}
}

func TestPushesThatLieChangeNothing(t *testing.T) {
	inBubble(t, func(w *world) {
		w.run(2 * time.Second)
		w.poll()
		form, _ := w.asked()
		secret, other := form.Get("hub.secret"), sign("sha256", "another secret", "x")
		for name, signature := range map[string]string{
			"none": "", "of another secret": other, "of another body": sign("sha256", secret, "y"), "cut": sign("sha256", secret, "x")[:40],
			"md5": "md5=d41d8cd98f00b204e9800998ecf8427e", "no digits": "sha256=zz", "no method": "=00", "empty": "sha256=",
			"wrong method": "sha1=" + strings.TrimPrefix(sign("sha256", secret, "x"), "sha256="), "endless": "sha256=" + strings.Repeat("00", 20_000),
		} {
			if status := w.push(form, "x", signature); status != http.StatusAccepted {
				t.Errorf("signature %s: %d, want the answer a right one gets", name, status)
			}
		}
		large := strings.Repeat("x", 10<<20+1)
		if status := w.push(form, large, sign("sha256", secret, large)); status != http.StatusRequestEntityTooLarge {
			t.Errorf("more than 10 MiB: %d", status)
		}
		unknown := url.Values{"hub.callback": {base + "/websub/ABCDEFGHIJKLMNOPQRSTUVWXYZ"}}
		if status := w.push(unknown, "x", sign("sha256", secret, "x")); status != 404 {
			t.Errorf("unknown token: %d", status)
		}
		if p := w.record(); !p.PushedAt.IsZero() || w.woken != 0 || !w.only().PushedAt.IsZero() {
			t.Errorf("a lie was believed: %+v", p)
		}
	})
}

// A hub that tells of news lets the feed be asked seldom; once a poll finds what the hub kept quiet about, it is asked as before.
func TestFeedIsAskedLessOftenWhileItsHubTells(t *testing.T) {
	inBubble(t, func(w *world) {
		w.run(2 * time.Second)
		waits := func(what string, low, high time.Duration) {
			t.Helper()
			w.poll()
			if wait := time.Until(w.record().NextAt); wait < low || wait > high {
				t.Errorf("%s: it waits %v", what, wait)
			}
		}
		entry := func(n string) {
			w.feed = strings.Replace(w.feed, "</feed>", "<entry><id>"+n+"</id><title>"+n+"</title></entry></feed>", 1)
		}
		waits("the hub has never told anything", 9*time.Minute, 11*time.Minute)
		form, _ := w.asked()
		entry("one")
		w.push(form, "x", sign("sha1", form.Get("hub.secret"), "x"))
		waits("it has told", 5*time.Hour, 7*time.Hour)
		time.Sleep(time.Hour)
		waits("nothing happened", 5*time.Hour, 7*time.Hour)
		entry("two")
		waits("it kept quiet", 9*time.Minute, 11*time.Minute)
		time.Sleep(time.Until(w.only().ExpiresAt) + time.Second)
		entry("three")
		waits("its lease is over", 9*time.Minute, 11*time.Minute)
	})
}

// The same on both engines, without a bubble, which no socket may enter.
func TestPushIsBelievedOnBothEngines(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.runUntil(hubURL + " active")
		w.poll()
		form, _ := w.asked()
		if status := w.push(form, "x", sign("sha512", form.Get("hub.secret"), "x")); status != http.StatusAccepted || w.record().PushedAt.IsZero() {
			t.Errorf("%d, %+v", status, w.record())
		}
		w.names("https://other.example/")
		w.poll()
		w.runUntil("https://other.example/ active")
	})
}

func FuzzCallback(f *testing.F) {
	f.Add("hub.mode=subscribe&hub.challenge=x&hub.topic=https%3A%2F%2Ftea.example%2Ffeed.xml&hub.lease_seconds=60", "sha256=00", "body")
	f.Add("hub.mode=denied&hub.topic=https%3A%2F%2Ftea.example%2Ffeed.xml&hub.reason=%00%ff", "sha1=", "")
	f.Add("hub.mode=%zz&;&&=", "=", "\x00")
	w := newWorld(f, databasetest.Open(f))
	w.runUntil(hubURL + " active")
	form, _ := w.asked()
	f.Fuzz(func(t *testing.T, query, signature, body string) {
		w.t = t
		if _, err := w.db.Exec(t.Context(), `
UPDATE subscriptions
SET state = 'active'`); err != nil {
			t.Fatal(err)
		}
		if w.push(form, body, signature); !w.record().PushedAt.IsZero() {
			t.Errorf("believed %q", signature)
		}
		r := httptest.NewRequest("GET", form.Get("hub.callback"), nil)
		r.URL.RawQuery = query
		if status, _ := w.ask(r); status != 200 && status != 404 {
			t.Errorf("%q: %d", query, status)
		}
		if s := w.only(); s.State != websub.Active && s.State != websub.Denied || s.State == websub.Active && !s.ExpiresAt.After(s.VerifiedAt) {
			t.Errorf("%q: %+v", query, s)
		}
	})
}
