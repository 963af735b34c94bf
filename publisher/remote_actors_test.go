package publisher_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestActorIsAskedForOnceADay(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		person := w.fedi.Person("ada", "pasture.example", fediversetest.Profile("name", "Ada <b>L</b>"))
		actor, err := w.remotes.Actor(t.Context(), person.ID)
		if err != nil || actor.Handle != "@ada@pasture.example" || actor.Inbox != person.InboxURL() ||
			actor.SharedInbox != person.SharedInbox ||
			actor.Host != "pasture.example" || actor.Type != "Person" || actor.FollowersURI != person.ID+"/followers" ||
			strings.Contains(actor.Name, "<") {
			t.Fatalf("%+v %v", actor, err)
		}
		w.pass(23 * time.Hour)
		if again, err := w.remotes.Actor(t.Context(), person.ID); err != nil || again != actor || w.fedi.Count("pasture.example",
			"") != 1 {
			t.Errorf("after 23 hours: %+v %v", again, err)
		}
		w.pass(2 * time.Hour)
		if again, err := w.remotes.Actor(t.Context(), person.ID); err != nil || again.ID != actor.ID || w.fedi.Count("pasture.example",
			"") != 2 {
			t.Errorf("after 25 hours: %+v %v", again, err)
		}
		bob, err := w.remotes.Actor(t.Context(), w.fedi.Person("bob", "meadow.example").ID)
		w.must(err)
		byID, err := remote.ActorsByID(t.Context(), db, []database.ID{actor.ID, 7, bob.ID})
		if err != nil || len(byID) != 2 || byID[actor.ID].URI != person.ID || byID[bob.ID] != bob {
			t.Errorf("%v %v", byID, err)
		}
	})
}

// Peers fetch nine documents for a follower; one has the key and the actor.
func TestNewSenderCostsOneFetchAndNoRowBeforeItIsVerified(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		person := w.fedi.Person("ada", "pasture.example")
		if _, err := w.remotes.Key(t.Context(), person.Key.ID, false); err != nil {
			t.Fatal(err)
		}
		if _, err := w.remotes.Known(t.Context(), db, person.ID); !errors.Is(err, database.ErrNotFound) {
			t.Errorf("stored with the key: %v", err)
		}
		if _, err := w.remotes.Actor(t.Context(), person.ID); err != nil || w.fedi.Count("pasture.example", "") != 1 {
			t.Errorf("%d requests, %v", w.fedi.Count("pasture.example", ""), err)
		}
		bob := w.fedi.Person("bob", "meadow.example")
		if _, err := w.remotes.Key(t.Context(), bob.Key.ID, false); err != nil {
			t.Fatal(err)
		}
		w.pass(time.Hour)
		if _, err := w.remotes.Actor(t.Context(), bob.ID); err != nil || w.fedi.Count("meadow.example", "") != 2 {
			t.Errorf("an hour later: %d requests, %v", w.fedi.Count("meadow.example", ""), err)
		}
	})
}

func TestActorThatDoesNotAnswerIsTheOneWeKnow(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		person := w.fedi.Person("ada", "pasture.example")
		known, err := w.remotes.Actor(t.Context(), person.ID)
		w.must(err)
		w.pass(48 * time.Hour)
		w.fedi.Fail("pasture.example", fediversetest.Fault{Status: 502})
		if actor, err := w.remotes.Actor(t.Context(), person.ID); err != nil || actor != known {
			t.Errorf("%+v %v", actor, err)
		}
		if _, err := w.remotes.Refresh(t.Context(), person.ID); !errors.Is(err, remote.ErrUnreachable) {
			t.Errorf("%v", err)
		}
	})
}

func TestActorThatLeftIsMarkedAndMayComeBack(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		person := w.fedi.Person("ada", "pasture.example")
		w.follow(person)
		w.fedi.Gone(person.ID)
		if _, err := w.remotes.Refresh(t.Context(), person.ID); !errors.Is(err, remote.ErrGone) || w.known(person).GoneAt.IsZero() {
			t.Errorf("%v %+v", err, w.known(person))
		}
		requests := w.fedi.Count("pasture.example", "")
		if _, err := w.remotes.Actor(t.Context(), person.ID); !errors.Is(err, remote.ErrGone) || w.fedi.Count("pasture.example",
			"") != requests {
			t.Errorf("asked again: %v", err)
		}
		w.write(item{Path: "one", Title: "One"})
		w.announceAll()
		if creates := w.sent("Create"); len(creates) != 1 { // one answer proves nothing: posts go on to her
			t.Errorf("%d Creates", len(creates))
		}
		w.pass(25 * time.Hour)
		w.fedi.Person("ada", "pasture.example")
		if actor, err := w.remotes.Actor(t.Context(), person.ID); err != nil || !actor.GoneAt.IsZero() {
			t.Errorf("%+v %v", actor, err)
		}
	})
}

// An answer that was asked for before an actor changed or left, and comes after that, is old.
func TestWhatAnActorSaysWhileItIsAskedForStays(t *testing.T) {
	said := func(name string) activitypub.Object {
		return activitypub.Object{"id": ada, "type": "Person", "inbox": ada + "/inbox", "preferredUsername": "ada", "name": name}
	}
	for name, test := range map[string]struct {
		meanwhile func(w *world) error
		answer    http.Handler
		err       error
		want      string // the name
		gone      bool
	}{
		"an Update": {
			func(w *world) error {
				_, err := w.remotes.Store(w.t.Context(), w.db, said("New"), w.clock())
				return err
			},
			says(asJSON, jsonOf(said("Old"))), nil, "New", false,
		},
		"a Delete": {
			func(w *world) error { return w.remotes.Forget(w.t.Context(), w.db, ada) },
			says(asJSON, jsonOf(said("Old"))), remote.ErrGone, "", true,
		},
		"an Update, and its server seems not to know": {
			func(w *world) error {
				_, err := w.remotes.Store(w.t.Context(), w.db, said("New"), w.clock())
				return err
			},
			http.NotFoundHandler(), nil, "New", false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				w := newWorld(t, db)
				_, err := w.remotes.Store(t.Context(), db, said("Old"), w.clock())
				w.must(err)
				w.fedi.Handle(ada, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
					w.pass(time.Second)
					if err := test.meanwhile(w); err != nil {
						t.Error(err)
					}
					test.answer.ServeHTTP(rw, r)
				}))
				if _, err := w.remotes.Refresh(t.Context(), ada); !errors.Is(err, test.err) {
					t.Errorf("%v, want %v", err, test.err)
				}
				is, err := w.remotes.Known(t.Context(), db, ada)
				if err != nil || is.Name != test.want || !is.GoneAt.IsZero() != test.gone {
					t.Errorf("%q, gone at %v, %v", is.Name, is.GoneAt, err)
				}
			})
		})
	}
}

// A late 404 must not make a Delete look older than it is: what was asked for between the two would undo it.
func TestWhoIsDeletedStaysDeletedWhateverComesLate(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		doc := activitypub.Object{"id": ada, "type": "Person", "inbox": ada + "/inbox", "preferredUsername": "ada", "name": "Ada"}
		began := w.clock()
		_, err := w.remotes.Store(t.Context(), db, doc, began)
		w.must(err)
		w.pass(10 * time.Second)
		w.must(w.remotes.Forget(t.Context(), db, ada))
		_, err = w.remotes.MarkGone(t.Context(), db, ada, began.Add(2*time.Second))
		w.must(err)
		_, err = w.remotes.Store(t.Context(), db, doc, began.Add(5*time.Second))
		w.must(err)
		if is, err := w.remotes.Known(t.Context(), db, ada); err != nil || is.Name != "" || is.GoneAt.IsZero() {
			t.Errorf("%q, gone at %v, %v", is.Name, is.GoneAt, err)
		}
	})
}

func TestAddressOfAProfileIsNotAnActorsID(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	w.fedi.Person("ada", "pasture.example")
	w.fedi.Handle("https://pasture.example/@ada", says(asJSON, actorWith(ada, keyWith(adaKey, ada))))
	if actor, err := w.remotes.Actor(t.Context(), "https://pasture.example/@ada"); !errors.Is(err, remote.ErrNotTrusted) {
		t.Errorf("%+v %v", actor, err)
	}
}

func TestHostileActorIsBoundedOrRefused(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		long := strings.Repeat("茶", 5000)
		doc := activitypub.Object{
			"id": ada, "type": "Person", "inbox": ada + "/inbox", "preferredUsername": long, "name": long,
			"url": "javascript:alert(1)", "icon": map[string]any{"url": "https://pasture.example/" + long}, "followers": long,
			"endpoints": map[string]any{"sharedInbox": "file:///etc/passwd"},
		}
		actor, err := w.remotes.Store(t.Context(), db, doc, start)
		if err != nil || actor.URL != ada || actor.AvatarURL != "" || actor.FollowersURI != "" || actor.SharedInbox != "" {
			t.Fatalf("%+v %v", actor, err)
		}
		if stored, err := w.remotes.Known(t.Context(), db, ada); err != nil || stored != actor {
			t.Errorf("%+v %v", stored, err)
		}
		for name, change := range map[string]activitypub.Object{
			"no id": {"id": ""}, "id of another kind": {"id": "acct:ada@pasture.example"}, "no inbox": {"inbox": nil},
			"inbox nowhere": {"inbox": "tea"},
			"no actor":      {"type": "Note"}, "long host": {"id": "https://" + strings.Repeat("x", 300) + ".example/"},
		} {
			spoiled := activitypub.Object{"id": ada, "type": "Person", "inbox": ada + "/inbox"}
			for key, value := range change {
				spoiled[key] = value
			}
			if _, err := w.remotes.Store(t.Context(), db, spoiled, start); !errors.Is(err, remote.ErrNotTrusted) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
