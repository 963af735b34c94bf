package publisher_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/publisher/keyring"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// signerOf is the actor whose key a question is signed with.
func signerOf(r *http.Request) string {
	for _, name := range []string{`keyId="`, `keyid="`} {
		_, id, found := strings.Cut(r.Header.Get("Signature")+r.Header.Get("Signature-Input"), name)
		if found {
			id, _, _ = strings.Cut(id, "#")
			return id
		}
	}
	return ""
}

// A server may take one of our actors and not another. What it refuses the instance actor is asked for in the name of the blog.
func TestKindsOfQuestionsThatAreRefused(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	w.addBlog(feeds.NewBlog{BaseURL: "https://other.example", Username: "coffee"})
	const instance, coffee = base + "/actor", "https://other.example/blogs/coffee"
	aboutCoffee := func(ctx context.Context) (feeds.Blog, error) { return feeds.FindBlog(ctx, w.db, coffee) }
	aboutNothing := func(context.Context) (feeds.Blog, error) { return feeds.Blog{}, database.ErrNotFound }
	for name, test := range map[string]struct {
		about  func(context.Context) (feeds.Blog, error)
		takes  string
		refuse int
		want   error
		asked  string // by whom, in order; twice for each knock
	}{
		"it takes the instance":                    {nil, instance, 401, nil, instance},
		"it knew the instance by another key":      {nil, tea, 401, nil, instance + " " + instance + " " + tea},
		"it follows the blog that is concerned":    {aboutCoffee, coffee, 401, nil, instance + " " + instance + " " + coffee},
		"it has blocked the other blog":            {aboutCoffee, tea, 401, remote.ErrNotTrusted, instance + " " + instance + " " + coffee + " " + coffee},
		"nobody knows which blog is concerned":     {aboutNothing, tea, 401, nil, instance + " " + instance + " " + tea},
		"it takes nobody":                          {nil, "", 401, remote.ErrNotTrusted, instance + " " + instance + " " + tea + " " + tea},
		"it forbids, which is about all of us":     {nil, tea, 403, remote.ErrNotTrusted, instance + " " + instance},
		"it says that there is nothing":            {nil, tea, 404, remote.ErrGone, instance},
		"it answers nobody at the moment":          {nil, tea, 503, remote.ErrUnreachable, instance},
		"it says 400 to what it cannot make out":   {nil, tea, 400, remote.ErrNotTrusted, instance + " " + instance},
		"it was moved to a place behind a login":   {aboutCoffee, "nobody", 401, remote.ErrNotTrusted, instance + " " + instance + " " + coffee + " " + coffee},
		"the blog is taken, and has other trouble": {aboutCoffee, coffee + " 500", 401, remote.ErrUnreachable, instance + " " + instance + " " + coffee},
	} {
		t.Run(name, func(t *testing.T) {
			var signers []string
			taken, status, _ := strings.Cut(test.takes, " ")
			w.fedi.Handle(note, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				signer := signerOf(r)
				signers = append(signers, signer)
				switch {
				case signer != taken:
					rw.WriteHeader(test.refuse)
				case status != "":
					rw.WriteHeader(http.StatusInternalServerError)
				default:
					says(asJSON, noteWithID(note)).ServeHTTP(rw, r)
				}
			}))
			ctx := t.Context()
			if test.about != nil {
				ctx = remote.ForBlog(ctx, test.about)
			}
			if _, err := w.remotes.Fetch(ctx, note); !errors.Is(err, test.want) || test.want == nil && err != nil {
				t.Errorf("%v, want %v", err, test.want)
			}
			if got := strings.Join(signers, " "); got != test.asked {
				t.Errorf("asked by %s\nwant     %s", got, test.asked)
			}
		})
	}
}

// Some servers keep a key by its id for good, so no id may come again.
func TestKindsOfKeysHaveIDsOfTheirOwn(t *testing.T) {
	seen := map[string]string{}
	keep := func(t *testing.T, what string, keys keyring.PublicKeys, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		ids := []string{keys.RequestID}
		for _, proof := range keys.Proofs {
			ids = append(ids, proof.ID)
		}
		for _, id := range ids {
			actor, fragment, _ := strings.Cut(id, "#")
			if seen[id] != "" || len(fragment) < len("main-key-")+13 || !strings.HasPrefix(id, base+"/") || actor == "" {
				t.Errorf("%s: %s, which %q has", what, id, seen[id])
			}
			seen[id] = what
		}
	}
	for _, what := range []string{"the first data folder", "a fresh one at the same address", "one made in the same moment"} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t, databasetest.Open(t))
			for _, actor := range []string{tea, ids.InstanceActor(base)} {
				keys, err := w.keys.Public(t.Context(), actor, w.clock())
				keep(t, what, keys, err)
				var from time.Time
				w.must(w.db.InTx(t.Context(), func(tx *database.Tx) (err error) {
					from, err = w.keys.Rotate(t.Context(), tx, actor, someKey(), true)
					return err
				}))
				w.pass(from.Sub(w.clock()))
				keys, err = w.keys.Public(t.Context(), actor, w.clock())
				keep(t, what+", later", keys, err)
				signer, err := w.keys.Signer(t.Context(), actor)
				if err != nil || signer.ID != keys.RequestID {
					t.Errorf("%s signs with %s, %v, and shows %s", actor, signer.ID, err, keys.RequestID)
				}
			}
		})
	}
}

// Whoever names a key makes us knock at a host of their choice. Where nothing is known of the host,
// that is one request for each kind of signature; where somebody there is known, the blog asks, too.
func TestForgersMakeUsKnockTwice(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	for n, test := range []struct {
		status, knocks int
		known          bool
	}{{401, 2, false}, {403, 2, false}, {404, 1, false}, {401, 4, true}, {403, 2, true}} {
		if test.known {
			person := w.fedi.Person("ada", "pasture.example")
			if _, err := w.remotes.Actor(t.Context(), person.ID); err != nil {
				t.Fatal(err)
			}
		}
		forged, knocks := fmt.Sprintf("https://pasture.example/users/eve%d", n), 0
		w.fedi.Handle(forged, http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			knocks++
			rw.WriteHeader(test.status)
		}))
		if _, err := w.remotes.Key(requestFrom(t, "203.0.113.1"), forged+"#main-key", false); err == nil {
			t.Error("a key of nobody")
		}
		if knocks != test.knocks {
			t.Errorf("%+v: %d knocks", test, knocks)
		}
	}
}
