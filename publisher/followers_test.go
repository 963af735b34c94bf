package publisher_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/web"
)

func (w *world) count() int {
	w.t.Helper()
	n, err := followers.Count(w.t.Context(), w.db, w.blog.ID)
	w.must(err)
	return n
}

// known is the stored actor of a person.
func (w *world) known(p *fediversetest.Person) remote.Actor {
	w.t.Helper()
	actor, err := w.remotes.Known(w.t.Context(), w.db, p.ID)
	w.must(err)
	return actor
}

func TestFollowIsAcceptedAtThePersonalInboxWithItsOwnWords(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		person := w.fedi.Person("ada", "pasture.example")
		w.follow(person)
		accept := w.sent("Accept")[0]
		follow, _ := accept.Object.Object("object")
		if !strings.HasPrefix(accept.ID(), base+"/activities/") || accept.Ref("actor") != tea || accept.Ref("to") != person.ID ||
			follow.ID() != person.ID+"/follows/1" || follow.Type() != "Follow" || follow.Ref("actor") != person.ID ||
			follow.Ref("object") != tea {
			t.Errorf("%s", accept.Body)
		}
		if !slices.Equal(accept.Inboxes, []string{person.InboxURL()}) || w.count() != 1 {
			t.Errorf("to %v, %d followers", accept.Inboxes, w.count())
		}
	})
}

// The other server asks again because it has lost its memory, so it must hear the answer again.
func TestFollowAgainIsAcceptedAgainUnderItsNewID(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		person := w.fedi.Person("ada", "pasture.example")
		w.follow(person)
		again := activitypub.Object{"id": person.ID + "/follows/2", "type": "Follow"}
		w.must(w.db.InTx(t.Context(), func(tx *database.Tx) error {
			return followers.Follow(t.Context(), tx, w.blog, w.known(person), again, w.clock())
		}))
		accepts := w.sent("Accept")
		if len(accepts) != 2 || accepts[0].ID() == accepts[1].ID() || accepts[1].Ref("object") != again.ID() || w.count() != 1 {
			t.Fatalf("%d accepts, %d followers", len(accepts), w.count())
		}
		for uri, want := range map[string]bool{person.ID + "/follows/1": false, person.ID + "/follows/2": true} {
			if ended, err := followers.UnfollowByURI(t.Context(), db, uri, w.known(person).ID); err != nil || ended != want {
				t.Errorf("Undo of %s: %v %v", uri, ended, err)
			}
		}
	})
}

func TestFollowWithoutIDIsEchoedWithoutID(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	w.follow(w.fedi.Person("ada", "pasture.example"))
	actor := w.known(w.fedi.Person("ada", "pasture.example"))
	for _, answer := range []string{"Accept", "Reject"} {
		send := map[string]func(tx *database.Tx) error{
			"Accept": func(tx *database.Tx) error {
				return followers.Follow(t.Context(), tx, w.blog, actor, activitypub.Object{"type": "Follow"}, w.clock())
			},
			"Reject": func(tx *database.Tx) error {
				return followers.Reject(t.Context(), tx, w.blog, actor, activitypub.Object{"type": "Follow"}, w.clock())
			},
		}[answer]
		w.must(w.db.InTx(t.Context(), send))
		all := w.sent(answer)
		if follow, _ := all[len(all)-1].Object.Object("object"); follow.Has("id") || follow.Ref("actor") != actor.URI {
			t.Errorf("%s: %v", answer, follow)
		}
	}
	if ended, err := followers.UnfollowByURI(t.Context(), w.db, "", actor.ID); ended || err != nil {
		t.Errorf("Undo of nothing: %v %v", ended, err)
	}
	endless := activitypub.Object{"id": "https://pasture.example/" + strings.Repeat("x", 2048)}
	err := w.db.InTx(t.Context(), func(tx *database.Tx) error {
		return followers.Follow(t.Context(), tx, w.blog, actor, endless, w.clock())
	})
	if !errors.Is(err, web.ErrInvalid) {
		t.Errorf("endless id: %v", err)
	}
}

func TestUnfollowEndsOnlyOnesOwn(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		person, eve := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("eve", "evil.example")
		w.follow(person, eve)
		if ended, err := followers.UnfollowByURI(t.Context(), db, person.ID+"/follows/1", w.known(eve).ID); ended || err != nil {
			t.Errorf("eve ended ada's: %v %v", ended, err)
		}
		for _, want := range []bool{true, false} {
			if ended, err := followers.Unfollow(t.Context(), db, w.blog, w.known(person).ID); ended != want || err != nil {
				t.Errorf("%v %v", ended, err)
			}
		}
		if w.count() != 1 {
			t.Errorf("%d followers", w.count())
		}
	})
}

func TestRemovedFollowersGetNothingMoreAndTheirNeighboursDo(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.follow(w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "pasture.example"),
			w.fedi.Person("eve", "evil.example"), w.fedi.Person("mal", "sub.evil.example"), w.fedi.Person("gus", "notevil.example"))
		w.write(item{Path: "one", Title: "One"})
		w.announceAll()
		pending := func() (inboxes []string) {
			rows, err := db.Query(t.Context(), `
				SELECT d.inbox
				FROM deliveries d
				JOIN activities a ON a.id = d.activity_id
				WHERE a.kind = 'Create' AND d.state = 'pending'
				ORDER BY d.inbox
				LIMIT 100`)
			w.must(err)
			defer rows.Close()
			for rows.Next() {
				var inbox string
				w.must(rows.Scan(&inbox))
				inboxes = append(inboxes, inbox)
			}
			return inboxes
		}
		for _, c := range []struct {
			match followers.Match
			n     int
			left  []string
		}{
			{followers.Match{}, 0, []string{"https://evil.example/inbox", "https://notevil.example/inbox",
				"https://pasture.example/inbox", "https://sub.evil.example/inbox"}},
			{followers.Match{Host: "evil.example"}, 2, []string{"https://notevil.example/inbox",
				"https://pasture.example/inbox"}},
			{followers.Match{ActorURI: ada}, 1, []string{"https://notevil.example/inbox", "https://pasture.example/inbox"}},
			{followers.Match{ActorURI: "https://pasture.example/users/bob"}, 1, []string{"https://notevil.example/inbox"}},
		} {
			var n int
			w.must(db.InTx(t.Context(), func(tx *database.Tx) (err error) {
				n, err = followers.Remove(t.Context(), tx, 0, c.match)
				return err
			}))
			if got := pending(); n != c.n || !slices.Equal(got, c.left) {
				t.Errorf("%+v: %d removed, left %v", c.match, n, got)
			}
		}
	})
}

func TestRemovingFromOneBlogLeavesTheOthers(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	person := w.fedi.Person("ada", "pasture.example")
	w.follow(person)
	other := w.addBlog(feeds.NewBlog{BaseURL: "https://other.example", Username: "notes"})
	w.must(w.db.InTx(t.Context(), func(tx *database.Tx) error {
		if err := followers.Follow(t.Context(), tx, other, w.known(person), activitypub.Object{}, w.clock()); err != nil {
			return err
		}
		_, err := followers.Remove(t.Context(), tx, other.ID, followers.Match{ActorURI: person.ID})
		return err
	}))
	if n, err := followers.Count(t.Context(), w.db, other.ID); n != 0 || w.count() != 1 || err != nil {
		t.Errorf("%d and %d, %v", n, w.count(), err)
	}
}

func TestBlogIsSeenOnceItHasAFollower(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, history(1)...)
		seen := func() bool {
			seen, err := followers.SeenOutside(t.Context(), db, w.blog)
			w.must(err)
			return seen
		}
		if seen() {
			t.Error("a new blog is seen")
		}
		person := w.fedi.Person("ada", "pasture.example")
		w.follow(person)
		if !seen() {
			t.Error("a follower has not seen it")
		}
		if _, err := followers.Unfollow(t.Context(), db, w.blog, w.known(person).ID); err != nil || !seen() {
			t.Errorf("who has left has not seen it, %v", err)
		}
	})
}
