package publisher_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestNewPostIsAnnouncedOnceToEveryServer(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, history(2)...)
		w.follow(w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "pasture.example"),
			w.fedi.Person("cid", "meadow.example", fediversetest.NoSharedInbox))
		enqueued := 0
		w.announcer.WakeNext = func() { enqueued++ }
		w.write(item{Path: "one", Title: "One", Content: "<p>Text</p>"})
		w.announceAll()
		w.announceAll()
		creates := w.sent("Create")
		if len(creates) != 1 || enqueued != 1 {
			t.Fatalf("%d Creates, %d hints", len(creates), enqueued)
		}
		create, id := creates[0], base+"/posts/"+w.newest().ID
		article, _ := create.Object.Object("object")
		if create.ID() != id+"/create" || article.ID() != id || article.String("name") != "One" || article.Has("@context") ||
			!create.Has("@context") ||
			create.Ref("to") != activitypub.Public || create.Ref("cc") != tea+"/followers" || create.Ref("actor") != tea ||
			article.Has("updated") {
			t.Errorf("%s", create.Body)
		}
		if want := []string{"https://meadow.example/users/cid/inbox", "https://pasture.example/inbox"}; !slices.Equal(create.Inboxes,
			want) {
			t.Errorf("to %v", create.Inboxes)
		}
		if served := w.document(id + "/create"); served.Ref("object") != id {
			t.Errorf("%v", served)
		}
	})
}

func TestManyProcessesAnnounceEachStepOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.follow(w.fedi.Person("ada", "pasture.example"))
		others := []*publisher.Announcer{w.announcer}
		for range 3 {
			others = append(others, &publisher.Announcer{DB: db, Log: quiet, Now: w.clock})
		}
		for _, path := range []string{"one", "two", "three"} {
			w.write(item{Path: path, Title: path})
		}
		w.announceAll(others...)
		for _, path := range []string{"one", "two", "three"} {
			w.write(item{Path: path, Title: path + ", edited", At: start})
		}
		w.announceAll(others...)
		if creates, updates := w.sent("Create"), w.sent("Update"); len(creates) != 3 || len(updates) != 3 {
			t.Errorf("%d Creates, %d Updates", len(creates), len(updates))
		}
	})
}

func TestPostWithoutFollowersIsNotAnnouncedToLaterOnes(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.write(item{Path: "one", Title: "One"})
		w.announceAll()
		w.follow(w.fedi.Person("ada", "pasture.example"))
		w.write(item{Path: "one", Title: "One, edited", At: start})
		w.announceAll()
		if creates, updates := w.sent("Create"), w.sent("Update"); len(creates) != 0 || len(updates) != 1 {
			t.Errorf("%d Creates, %d Updates", len(creates), len(updates))
		}
		var n int
		if err := db.QueryRow(t.Context(), `SELECT COUNT(*) FROM activities WHERE kind = 'Create'`).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d Creates were kept for nobody, %v", n, err)
		}
	})
}

func TestRemovedPostIsDeletedOnceAndNeverComesBack(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.follow(w.fedi.Person("ada", "pasture.example"))
		w.write(item{Path: "one", Title: "One"})
		w.announceAll()
		id := base + "/posts/" + w.newest().ID
		change := func(removedAt time.Time, words string) {
			w.exec(`UPDATE posts SET removed_at = ?, content_hash = ?, due_at = 1`, database.Millis(removedAt), database.Hash(words))
			w.announceAll()
		}
		change(w.clock(), "one")
		change(w.clock(), "two")
		change(time.Time{}, "three")
		deletes := w.sent("Delete")
		if len(deletes) != 1 || deletes[0].ID() != id+"/delete" || deletes[0].Ref("object") != id || len(w.sent("Create")) != 1 ||
			len(w.sent("Update")) != 0 {
			t.Fatalf("%d Deletes", len(deletes))
		}
		if tombstone, _ := deletes[0].Object.Object("object"); tombstone.Type() != "Tombstone" ||
			tombstone.String("formerType") != "Article" {
			t.Errorf("%v", tombstone)
		}
	})
}

func TestHistoryAndWhatIsGoneAlreadyAreNeverAnnounced(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, history(2)...)
		w.follow(w.fedi.Person("ada", "pasture.example"))
		w.write(item{Path: "one", Title: "One"})
		w.exec(`UPDATE posts SET removed_at = 1 WHERE announce`)
		w.exec(`UPDATE posts SET due_at = 1`)
		w.announceAll()
		if creates, deletes := w.sent("Create"), w.sent("Delete"); len(creates) != 0 || len(deletes) != 0 {
			t.Errorf("%d Creates, %d Deletes", len(creates), len(deletes))
		}
	})
}

func TestOurOwnHostsGetNothing(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.addBlog(feeds.NewBlog{BaseURL: "https://other.example", Username: "notes"})
		w.follow(w.fedi.Person("ada", "pasture.example"),
			w.fedi.Person("eve", "evil.example", fediversetest.NoSharedInbox), w.fedi.Person("mal", "evil.example", fediversetest.NoSharedInbox))
		// They named our inboxes before the host was ours.
		w.exec(`UPDATE remote_actors SET inbox = ? WHERE username = 'eve'`, tea+"/inbox")
		w.exec(`UPDATE remote_actors SET inbox = ? WHERE username = 'mal'`, "https://OTHER.example/inbox")
		w.write(item{Path: "one", Title: "One"})
		w.announceAll()
		if got := w.sent("Create")[0].Inboxes; !slices.Equal(got, []string{"https://pasture.example/inbox"}) {
			t.Errorf("to %v", got)
		}
	})
}

func TestPostThatFailsRestsAndTheOthersGoOn(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.follow(w.fedi.Person("ada", "pasture.example"))
		w.write(item{Path: "bad", Title: "Bad"})
		bad := w.newest().ID
		w.write(item{Path: "good", Title: "Good"})
		w.announcer.Engagement = func(_ context.Context, postID string) (int, int, []string, error) {
			if postID == bad {
				return 0, 0, nil, errors.New("no")
			}
			return 0, 0, nil, nil
		}
		w.announceAll()
		if creates := w.sent("Create"); len(creates) != 1 || !strings.HasSuffix(creates[0].Ref("object"), w.newest().ID) {
			t.Fatalf("%v", creates)
		}
		w.announcer.Engagement = nil
		w.pass(time.Minute)
		w.announceAll()
		if creates := w.sent("Create"); len(creates) != 2 {
			t.Errorf("%d Creates", len(creates))
		}
	})
}

// The whole way: a post in the feed, a signed delivery that the other server believes.
func TestPostReachesItsFollowers(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		person := w.fedi.Person("ada", "pasture.example", fediversetest.NoSharedInbox)
		w.follow(person)
		worker := &delivery.Worker{DB: db, Client: w.remotes.Client, Keys: w.keys.Signer, Log: quiet, Now: w.clock}
		w.announcer.WakeNext = worker.Wake
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { worker.Run(ctx) })
		running.Go(func() { w.announcer.Run(ctx) })
		defer running.Wait()
		defer stop()
		person.Await("Accept", 1)
		w.write(item{Path: "one", Title: "One"})
		w.announcer.Wake()
		if create := person.Await("Create", 1)[0]; create.Ref("actor") != tea || len(w.fedi.Refused()) != 0 {
			t.Errorf("%v, refused %v", create, w.fedi.Refused())
		}
	})
}
