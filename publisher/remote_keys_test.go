package publisher_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	ada    = "https://pasture.example/users/ada"
	adaKey = ada + "#main-key"
)

// actorWith is an actor document with these keys.
func actorWith(id, publicKey string) string {
	return `{"id":"` + id + `","type":"Person","preferredUsername":"ada","inbox":"` + id + `/inbox","publicKey":` + publicKey + `}`
}

func keyWith(id, owner string) string {
	return keyOf(id, owner, &someKey().PublicKey)
}

func keyOf(id, owner string, key *rsa.PublicKey) string {
	pem := strings.ReplaceAll(signature.EncodePublicPEM(key), "\n", `\n`)
	return `{"id":"` + id + `","owner":"` + owner + `","publicKeyPem":"` + pem + `"}`
}

func TestKeyIsBelievedInEachFormThatServersUse(t *testing.T) {
	const mainKey = ada + "/main-key"
	for name, c := range map[string]struct {
		id        string
		documents map[string]string
	}{
		"in the actor": {adaKey, map[string]string{ada: actorWith(ada, keyWith(adaKey, ada))}},
		"one of several": {adaKey, map[string]string{ada: actorWith(ada, `[`+keyWith(ada+"#old", ada)+`,`+keyWith(adaKey,
			ada)+`]`)}},
		"document of its own": {mainKey, map[string]string{mainKey: keyWith(mainKey, ada), ada: actorWith(ada, keyWith(mainKey,
			ada))}},
		"named by the actor": {mainKey, map[string]string{mainKey: keyWith(mainKey, ada), ada: actorWith(ada, `"`+mainKey+`"`)}},
		"stub actor (GoToSocial)": {mainKey, map[string]string{mainKey: actorWith(ada, keyWith(mainKey, ada)), ada: actorWith(ada,
			keyWith(mainKey, ada))}},
	} {
		t.Run(name, func(t *testing.T) {
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				w := newWorld(t, db)
				for id, document := range c.documents {
					w.fedi.Handle(id, says(asJSON, document))
				}
				for range 2 {
					key, err := w.remotes.Key(t.Context(), c.id, false)
					if err != nil || key.ID != c.id || key.Owner != ada || !key.Key.Equal(&someKey().PublicKey) {
						t.Fatalf("%+v %v", key, err)
					}
				}
				if n := w.fedi.Count("pasture.example", ""); n != len(c.documents) {
					t.Errorf("%d requests", n)
				}
			})
		})
	}
}

func TestAnEd25519KeyIsRememberedAsOne(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		public, _, err := ed25519.GenerateKey(rand.Reader)
		w.must(err)
		pem := strings.ReplaceAll(signature.PublicKey{Ed25519: public}.PEM(), "\n", `\n`)
		w.fedi.Handle(ada, says(asJSON, actorWith(ada, `{"id":"`+adaKey+`","owner":"`+ada+`","publicKeyPem":"`+pem+`"}`)))
		for range 2 {
			if key, err := w.remotes.Key(t.Context(), adaKey, false); err != nil || !key.Ed25519.Equal(public) || key.Owner != ada || key.Key != nil {
				t.Errorf("%+v %v", key, err)
			}
		}
	})
}

func TestForgedKeyIsRefused(t *testing.T) {
	const (
		evil    = "https://evil.example/users/eve"
		keyDoc  = "https://pasture.example/keys/1"
		evilKey = "https://evil.example/keys/1"
	)
	huge := &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 9000), E: 65537}
	small := &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 1000), E: 65537}
	for name, c := range map[string]struct {
		id        string
		documents map[string]string
	}{
		"foreign owner": {evilKey, map[string]string{evilKey: keyWith(evilKey, ada), ada: actorWith(ada, keyWith(adaKey,
			ada))}},
		"foreign owner in an actor": {evil + "#k", map[string]string{evil: actorWith(evil, keyWith(evil+"#k", ada)),
			ada: actorWith(ada, keyWith(adaKey, ada))}},
		"foreign owner who lists it": {evilKey, map[string]string{evilKey: keyWith(evilKey, ada), ada: actorWith(ada,
			keyWith(evilKey, ada))}},
		"owner does not list it": {keyDoc, map[string]string{keyDoc: keyWith(keyDoc, ada), ada: actorWith(ada, keyWith(adaKey,
			ada))}},
		"owner lists it as another's": {keyDoc, map[string]string{keyDoc: keyWith(keyDoc, ada), ada: actorWith(ada, keyWith(keyDoc,
			ada+"x"))}},
		"owner has no keys": {keyDoc, map[string]string{keyDoc: keyWith(keyDoc, ada), ada: actorWith(ada, `null`)}},
		"owner is no actor": {keyDoc, map[string]string{keyDoc: keyWith(keyDoc, ada), ada: strings.Replace(actorWith(ada,
			keyWith(keyDoc, ada)), "Person", "Note", 1)}},
		"owner's document has another id": {keyDoc, map[string]string{keyDoc: keyWith(keyDoc, ada), ada: actorWith(ada+"x",
			keyWith(keyDoc, ada))}},
		"stub of a stranger": {keyDoc, map[string]string{keyDoc: actorWith(ada, keyWith(keyDoc, ada)), ada: actorWith(ada,
			keyWith(adaKey, ada))}},
		"document has another id": {adaKey, map[string]string{ada: actorWith("https://pasture.example/users/bob", keyWith(adaKey,
			ada))}},
		"document of another server": {adaKey, map[string]string{ada: actorWith(evil, keyWith(adaKey, evil))}},
		"another key than asked":     {adaKey, map[string]string{ada: actorWith(ada, keyWith(ada+"#other", ada))}},
		"key over 8192 bits":         {adaKey, map[string]string{ada: actorWith(ada, keyOf(adaKey, ada, huge))}},
		"key under 2048 bits":        {adaKey, map[string]string{ada: actorWith(ada, keyOf(adaKey, ada, small))}},
		"no key in the key": {adaKey, map[string]string{ada: actorWith(ada,
			`{"id":"`+adaKey+`","owner":"`+ada+`","publicKeyPem":""}`)}},
		"no owner": {adaKey, map[string]string{ada: actorWith(ada, `{"id":"`+adaKey+`","publicKeyPem":""}`)}},
		"expired": {adaKey, map[string]string{ada: actorWith(ada, strings.Replace(keyWith(adaKey, ada), `{`,
			`{"expires":"2020-01-01T00:00:00Z",`, 1))}},
		"endless":           {adaKey, map[string]string{ada: `{"x":"` + strings.Repeat("x", 2<<20)}},
		"on our own server": {tea + "#main-key", nil},
		"not an address":    {"main-key", nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, databasetest.Open(t))
			for id, document := range c.documents {
				w.fedi.Handle(id, says(asJSON, document))
			}
			for range 2 { // asked, and remembered
				key, err := w.remotes.Key(t.Context(), c.id, false)
				if !errors.Is(err, signature.ErrKey) || key.Key != nil {
					t.Errorf("%+v %v", key, err)
				}
			}
			if _, err := w.remotes.Known(t.Context(), w.db, ada); !errors.Is(err, database.ErrNotFound) {
				t.Errorf("the owner was stored: %v", err)
			}
		})
	}
}

func TestKeyOfAnUploadedFileOrAnotherHostIsRefused(t *testing.T) {
	for name, prepare := range map[string]func(w *world){
		"content type": func(w *world) { w.fedi.Handle(ada, says("application/json", actorWith(ada, keyWith(adaKey, ada)))) },
		"redirect": func(w *world) {
			w.fedi.Handle(ada, http.RedirectHandler("https://evil.example/ada", http.StatusFound))
			w.fedi.Handle("https://evil.example/ada", says(asJSON, actorWith(ada, keyWith(adaKey, ada))))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, databasetest.Open(t))
			prepare(w)
			if _, err := w.remotes.Key(t.Context(), adaKey, false); !errors.Is(err, remote.ErrNotTrusted) || !errors.Is(err,
				signature.ErrKey) {
				t.Errorf("%v", err)
			}
		})
	}
}

// A forgery must not stay in the way of the true owner (Fedify #963).
func TestForgeryUnderAnotherIDDoesNotPoisonTheTrueKey(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	w.fedi.Handle("https://evil.example/k", says(asJSON, keyWith(adaKey, ada)))
	if _, err := w.remotes.Key(t.Context(), "https://evil.example/k", false); !errors.Is(err, signature.ErrKey) {
		t.Fatal(err)
	}
	w.fedi.Handle(ada, says(asJSON, actorWith(ada, keyWith(adaKey, ada))))
	if _, err := w.remotes.Key(t.Context(), adaKey, false); err != nil {
		t.Error(err)
	}
}

func TestKeyThatCannotBeHadIsNotAskedForAgainForTenMinutes(t *testing.T) {
	for i, fault := range []fediversetest.Fault{{Status: 503}, {Status: 410}, {Status: 403}} {
		databasetest.Each(t, func(t *testing.T, db *database.DB) {
			w := newWorld(t, db)
			w.fedi.Person("ada", "pasture.example")
			w.fedi.Fail("pasture.example", fault)
			want := []error{signature.ErrKeyUnreachable, remote.ErrGone, remote.ErrNotTrusted}[i]
			var words string
			for range 3 {
				_, err := w.remotes.Key(t.Context(), adaKey, false)
				if !errors.Is(err, want) || words != "" && err.Error() != words {
					t.Errorf("%+v: %v", fault, err)
				}
				words = err.Error()
				w.pass(3 * time.Minute)
			}
			// A 403 may be about the signature, so the other kind is tried at once.
			if n, most := w.fedi.Count("pasture.example", ""), []int{1, 1, 2}[i]; n != most {
				t.Errorf("%+v: %d requests, want %d", fault, n, most)
			}
			w.fedi.Heal("pasture.example")
			w.pass(time.Minute)
			if _, err := w.remotes.Key(t.Context(), adaKey, false); err != nil {
				t.Errorf("after ten minutes: %v", err)
			}
		})
	}
}

func TestChangedKeyIsFetchedOnceInFiveMinutes(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		person := w.fedi.Person("ada", "pasture.example", fediversetest.OwnKey)
		ask := func(fresh bool, want *rsa.PublicKey, requests int) {
			t.Helper()
			key, err := w.remotes.Key(t.Context(), person.Key.ID, fresh)
			if n := w.fedi.Count("pasture.example", ""); err != nil || !key.Key.Equal(want) || n != requests {
				t.Errorf("%v, %d requests", err, n)
			}
		}
		old := &person.Key.Private.PublicKey
		ask(false, old, 1)
		person.RotateKey()
		ask(false, old, 1)
		ask(true, old, 1) // just fetched
		w.pass(5 * time.Minute)
		ask(true, &person.Key.Private.PublicKey, 2)
		ask(true, &person.Key.Private.PublicKey, 2)
		w.pass(24 * time.Hour)
		ask(false, &person.Key.Private.PublicKey, 3)
	})
}

// Otherwise anybody could silence a server by sending nonsense in its name while it is down.
func TestKnownKeyStaysWhileItsServerIsDown(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		person := w.fedi.Person("ada", "pasture.example")
		if _, err := w.remotes.Key(t.Context(), person.Key.ID, false); err != nil {
			t.Fatal(err)
		}
		w.pass(time.Hour)
		w.fedi.Fail("pasture.example", fediversetest.Fault{Status: 502})
		for range 2 {
			if _, err := w.remotes.Key(t.Context(), person.Key.ID, true); !errors.Is(err, signature.ErrKeyUnreachable) {
				t.Errorf("fresh: %v", err)
			}
			if key, err := w.remotes.Key(t.Context(), person.Key.ID, false); err != nil || key.Owner != ada {
				t.Errorf("known: %v", err)
			}
		}
		if n := w.fedi.Count("pasture.example", ""); n != 2 {
			t.Errorf("%d requests", n)
		}
		w.pass(24 * time.Hour)
		if _, err := w.remotes.Key(t.Context(), person.Key.ID, false); !errors.Is(err, signature.ErrKeyUnreachable) {
			t.Errorf("a day later: %v", err)
		}
	})
}

func TestRequestsOfOneSenderFetchOneKey(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		person := w.fedi.Person("ada", "pasture.example")
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if _, err := w.remotes.Key(t.Context(), person.Key.ID, false); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n := w.fedi.Count("pasture.example", ""); n != 1 {
			t.Errorf("%d requests", n)
		}
	})
}

func TestForgottenKeysAreSweptAway(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		person := w.fedi.Person("ada", "pasture.example")
		for _, id := range []string{person.Key.ID, "https://nowhere.example/k"} {
			w.remotes.Key(t.Context(), id, false)
		}
		left := func(days int, want string) {
			w.pass(time.Duration(days) * 24 * time.Hour)
			w.remotes.Key(t.Context(), fmt.Sprintf("https://day%d.example/k", days), false)
			rows, err := db.Query(t.Context(), `SELECT key_uri FROM remote_keys ORDER BY key_uri LIMIT 10`)
			w.must(err)
			defer rows.Close()
			var uris []string
			for rows.Next() {
				var uri string
				w.must(rows.Scan(&uri))
				uris = append(uris, uri)
			}
			if got := strings.Join(uris, " "); got != want {
				t.Errorf("after %d days more: %s", days, got)
			}
		}
		left(2, "https://day2.example/k "+person.Key.ID)
		left(30, "https://day30.example/k")
	})
}

// TestForgersDoNotHoldUpANewKey has somebody ask for a person's key in vain just before she changes it, and just before she is there.
func TestForgersDoNotHoldUpANewKey(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	hers, forgers := requestFrom(t, "203.0.113.1"), requestFrom(t, "198.51.100.1")
	person := w.fedi.Person("ada", "pasture.example", fediversetest.OwnKey)
	if _, err := w.remotes.Key(hers, person.Key.ID, false); err != nil {
		t.Fatal(err)
	}
	w.remotes.Verified(hers, person.Key.ID, person.ID)
	const bob = "https://pasture.example/users/bob#main-key"
	w.pass(6 * time.Minute)
	w.remotes.Key(forgers, person.Key.ID, true)
	w.remotes.Key(forgers, bob, false)
	person.RotateKey()
	w.fedi.Person("bob", "pasture.example")
	w.pass(10 * time.Second)
	if key, _ := w.remotes.Key(forgers, person.Key.ID, true); key.Key.Equal(&person.Key.Private.PublicKey) {
		t.Error("the forgers have her server asked again")
	}
	if key, err := w.remotes.Key(hers, person.Key.ID, true); err != nil || !key.Key.Equal(&person.Key.Private.PublicKey) {
		t.Errorf("her new key: %v", err)
	}
	if _, err := w.remotes.Key(hers, bob, false); err != nil {
		t.Errorf("somebody new: %v", err)
	}
}

// requestFrom is the context of a request from a network.
func requestFrom(t *testing.T, address string) (ctx context.Context) {
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
	r.RemoteAddr = address + ":1"
	web.Proxies{}.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { ctx = r.Context() })).
		ServeHTTP(httptest.NewRecorder(), r)
	return ctx
}
