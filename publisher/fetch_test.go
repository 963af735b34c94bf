package publisher_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

const note = "https://pasture.example/notes/1"

// says answers with a body and its type.
func says(contentType, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		io.WriteString(w, body)
	})
}

func noteWithID(id string) string { return `{"id":"` + id + `","type":"Note"}` }

func TestDocumentOfItsOwnIDIsTrusted(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	for _, contentType := range []string{
		asJSON, asJSON + "; charset=utf-8", `application/ld+json; profile="https://www.w3.org/ns/activitystreams"`,
	} {
		w.fedi.Handle(note, says(contentType, noteWithID(note)))
		if doc, err := w.remotes.Fetch(t.Context(), note+"#part"); err != nil || doc.ID() != note {
			t.Errorf("%s: %v %v", contentType, doc, err)
		}
	}
}

func TestAddressOfAPageLeadsToTheIDOfItsDocument(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	w.fedi.Handle("https://pasture.example/@ada/1", says(asJSON, noteWithID(note)))
	w.fedi.Handle(note, says(asJSON, noteWithID(note)))
	if doc, err := w.remotes.Fetch(t.Context(), "https://pasture.example/@ada/1"); err != nil || doc.ID() != note {
		t.Errorf("%v %v", doc, err)
	}
}

func TestDocumentThatMayBeSomebodyElsesWordIsRefused(t *testing.T) {
	const evil = "https://evil.example/notes/1"
	for name, prepare := range map[string]func(w *world){
		"id of another server": func(w *world) { w.fedi.Handle(note, says(asJSON, noteWithID(evil))) },
		"id that says otherwise": func(w *world) {
			w.fedi.Handle(note, says(asJSON, noteWithID("https://pasture.example/notes/2")))
			w.fedi.Handle("https://pasture.example/notes/2", says(asJSON, noteWithID("https://pasture.example/notes/3")))
		},
		"no id": func(w *world) { w.fedi.Handle(note, says(asJSON, `{"type":"Note"}`)) },
		"redirect to another host": func(w *world) {
			w.fedi.Handle(note, http.RedirectHandler(evil, http.StatusFound))
			w.fedi.Handle(evil, says(asJSON, noteWithID(note)))
		},
		"not JSON":           func(w *world) { w.fedi.Handle(note, says(asJSON, "<p>")) },
		"id twice":           func(w *world) { w.fedi.Handle(note, says(asJSON, `{"id":"`+note+`","id":"`+evil+`"}`)) },
		"JSON-LD rearranged": func(w *world) { w.fedi.Handle(note, says(asJSON, `{"id":"`+note+`","@graph":[]}`)) },
		"longer than 1 MiB": func(w *world) {
			w.fedi.Handle(note, says(asJSON, `{"id":"`+note+`","x":"`+strings.Repeat("x", 1<<20)+`"}`))
		},
		"redirects without end": func(w *world) { w.fedi.Handle(note, http.RedirectHandler(note, http.StatusFound)) },
		"refused by its server": func(w *world) { w.fedi.Fail("pasture.example", fediversetest.Fault{Status: 403}) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, databasetest.Open(t))
			w.fedi.Handle(note, says(asJSON, noteWithID(note)))
			prepare(w)
			if doc, err := w.remotes.Fetch(t.Context(), note); !errors.Is(err, remote.ErrNotTrusted) {
				t.Errorf("%v %v", doc, err)
			}
		})
	}
}

// Any server may hold files that strangers have uploaded (CVE-2024-25623).
func TestFileThatIsNotActivityPubIsNoDocument(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	for _, contentType := range []string{"application/json", "text/html", "text/plain", "image/png", "application/octet-stream", "",
		"application/ld+json",
		`application/ld+json; profile="https://example.com/"`, "application/activity+jsonx"} {
		w.fedi.Handle(note, says(contentType, noteWithID(note)))
		if doc, err := w.remotes.Fetch(t.Context(), note); !errors.Is(err, remote.ErrNotTrusted) {
			t.Errorf("%q: %v %v", contentType, doc, err)
		}
	}
}

func TestTemporaryTroubleIsToldFromTheEnd(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	w.fedi.Handle(note, says(asJSON, noteWithID(note)))
	for fault, want := range map[fediversetest.Fault]error{
		{Status: 500}: remote.ErrUnreachable, {Status: 503}: remote.ErrUnreachable, {Status: 429}: remote.ErrUnreachable,
		{Status: 408}: remote.ErrUnreachable, {Err: errors.New("connection refused")}: remote.ErrUnreachable,
		{Lost: true}:  remote.ErrUnreachable,
		{Status: 404}: remote.ErrGone, {Status: 410}: remote.ErrGone, {Status: 401}: remote.ErrNotTrusted,
	} {
		w.fedi.Fail("pasture.example", fault)
		if _, err := w.remotes.Fetch(t.Context(), note); !errors.Is(err, want) {
			t.Errorf("%+v: %v, want %v", fault, err, want)
		}
	}
	if _, err := w.remotes.Fetch(t.Context(), "https://nowhere.example/1"); !errors.Is(err, remote.ErrUnreachable) {
		t.Errorf("unknown host: %v", err)
	}
}

func TestQuestionsAreSignedByTheInstanceActorOfTheirBase(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.addBlog(feeds.NewBlog{BaseURL: "https://other.example", Username: "tea"})
		w.fedi.Mount("other.example", w.server)
		w.must(w.keys.Store(t.Context(), db, "https://other.example/actor", someKey()))
		w.fedi.RequireSignatures("pasture.example")
		var signers []string
		w.fedi.Handle(note, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			_, id, _ := strings.Cut(r.Header.Get("Signature"), `keyId="`)
			id, _, _ = strings.Cut(id, "-key-")
			signers = append(signers, id)
			says(asJSON, noteWithID(note)).ServeHTTP(rw, r)
		}))
		for _, ctx := range []context.Context{t.Context(), remote.WithBase(t.Context(), "https://other.example")} {
			if _, err := w.remotes.Fetch(ctx, note); err != nil {
				t.Error(err)
			}
		}
		if fmt.Sprint(signers) != "["+base+"/actor#main https://other.example/actor#main]" {
			t.Errorf("signed by %v", signers)
		}
	})
}

func TestNobodyIsAskedAboutOurselvesOrByABadAddress(t *testing.T) {
	w := newWorld(t, databasetest.Open(t), history(1)...)
	w.addBlog(feeds.NewBlog{BaseURL: "https://other.example", Username: "tea"})
	for _, id := range []string{tea, "https://OTHER.example/blogs/tea", "", "tea", "ftp://pasture.example/1",
		"https://user@pasture.example/1",
		"https://", "http://pasture.example/1", "https://pasture.example/" + strings.Repeat("x", 2048)} {
		if _, err := w.remotes.Fetch(t.Context(), id); !errors.Is(err, remote.ErrNotTrusted) {
			t.Errorf("%.60q: %v", id, err)
		}
	}
	if n := w.fedi.Count("fedi.blog.example", "") + w.fedi.Count("other.example", "") + w.fedi.Count("pasture.example", ""); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// With the real transport, which checks the address of the connection.
func TestPrivateAddressesAreNeverAskedAndNotDescribed(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	asked := false
	inside := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer inside.Close()
	w.remotes.Client = safehttp.New(safehttp.Options{UserAgent: "test", OnlyHTTPS: true})
	for _, id := range []string{inside.URL + "/x", "https://[::ffff:127.0.0.1]:" + inside.URL[strings.LastIndex(inside.URL,
		":")+1:] + "/x",
		"https://169.254.169.254/latest/meta-data", "https://10.0.0.1/"} {
		_, err := w.remotes.Fetch(t.Context(), id)
		if !errors.Is(err, remote.ErrNotTrusted) || strings.Contains(err.Error(), "public address") {
			t.Errorf("%s: %v", id, err)
		}
	}
	if asked {
		t.Error("a server on loopback was asked")
	}
}

func TestThoseWhoAskTheSameAtOnceShareOneAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, databasetest.Open(t))
		release := make(chan struct{})
		w.fedi.Handle(note, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			<-release
			says(asJSON, noteWithID(note)).ServeHTTP(rw, r)
		}))
		impatient, leave := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() {
			if _, err := w.remotes.Fetch(impatient, note); !errors.Is(err, remote.ErrUnreachable) {
				t.Errorf("the one who left: %v", err)
			}
		})
		synctest.Wait()
		for range 10 {
			all.Go(func() {
				if doc, err := w.remotes.Fetch(t.Context(), note); err != nil || doc.ID() != note {
					t.Error(doc, err)
				}
			})
		}
		synctest.Wait()
		leave()
		synctest.Wait()
		close(release)
		all.Wait()
		if n := w.fedi.Count("pasture.example", ""); n != 1 {
			t.Errorf("%d requests", n)
		}
	})
}

// Some servers will take RFC 9421 alone. Who is one is known a second time, and also to the deliveries.
func TestQuestionsAreSignedAsTheirServerTakesThem(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.remotes.Schemes = &delivery.Schemes{DB: db, Log: quiet, Now: w.clock}
		w.fedi.RequireSignatures("pasture.example")
		ask := func(want int) {
			t.Helper()
			before := w.fedi.Count("pasture.example", "")
			if _, err := w.remotes.Fetch(t.Context(), note); err != nil || w.fedi.Count("pasture.example", "")-before != want {
				t.Errorf("%v, after %d requests; want %d", err, w.fedi.Count("pasture.example", "")-before, want)
			}
		}
		w.fedi.Handle(note, says(asJSON, noteWithID(note)))
		ask(1)
		w.fedi.TakesOnly("pasture.example", signature.RFC9421)
		ask(2)
		ask(1)
		w.fedi.TakesOnly("pasture.example", signature.Cavage)
		ask(2)
		ask(1)
		w.fedi.TakesOnly("pasture.example", signature.RFC9421)
		w.fedi.Gone(note)
		if _, err := w.remotes.Fetch(t.Context(), note); !errors.Is(err, remote.ErrDeleted) {
			t.Errorf("what the second answer says of the document: %v", err)
		}
	})
}

// Some sites send whoever asks them on to another, which is asked no faster for that.
func TestWhereRedirectsLeadIsAskedAtItsPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, databasetest.Open(t))
		const more = 40
		unreachable := 0
		for n := range bounds.LookupPace.Burst + more {
			evil := fmt.Sprintf("evil%d.example", n%4)
			url, victim := fmt.Sprintf("https://%s/%d", evil, n), fmt.Sprint("https://victim.example/", n)
			w.fedi.Handle(url, http.RedirectHandler(victim, http.StatusFound))
			if _, err := w.remotes.Fetch(remote.Because(t.Context(), evil), url); errors.Is(err, remote.ErrUnreachable) {
				unreachable++
			}
		}
		if n := w.fedi.Count("victim.example", ""); n > bounds.LookupPace.Burst || unreachable < more {
			t.Errorf("%d requests at once, want %d; %d are welcome again", n, bounds.LookupPace.Burst, unreachable)
		}
		time.Sleep(bounds.LookupPace.Every)
		before := w.fedi.Count("victim.example", "")
		w.remotes.Fetch(remote.Because(t.Context(), "evil0.example"), "https://evil0.example/0")
		if w.fedi.Count("victim.example", "") == before {
			t.Error("the next one does not come in its time")
		}
	})
}
