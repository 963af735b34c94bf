package publisher_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// actorID is the id of a person's row, who is met for it.
func (w *world) actorID(p *fediversetest.Person) database.ID {
	w.t.Helper()
	actor, err := w.remotes.Actor(w.t.Context(), p.ID)
	w.must(err)
	return actor.ID
}

func TestEditAndRemovalReachWhoeverMayHaveThePost(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.announcer.UpdateInterval = 0
		person := func(name string) *fediversetest.Person {
			return w.fedi.Person(name, name+".example", fediversetest.NoSharedInbox)
		}
		stays, left, refused, blocked, gone := person("stays"), person("left"), person("refused"), person("blocked"), person("gone")
		reader, goneReader, blockedReader := person("reader"), person("gonereader"), person("blockedreader")
		shared, neighbour := w.fedi.Person("shared", "many.example"), w.fedi.Person("neighbour", "many.example")
		w.follow(stays, left, refused, blocked, gone, shared)
		w.write(item{Path: "one", Title: "One"})
		w.announceAll()
		w.exec(`UPDATE deliveries SET state = 'delivered', attempts = 1`)
		w.exec(`UPDATE deliveries SET state = 'refused' WHERE inbox = ?`, refused.InboxURL())
		w.exec(`UPDATE deliveries SET state = 'gone' WHERE inbox = ?`, gone.InboxURL())
		for _, p := range []*fediversetest.Person{left, refused, blocked, gone} {
			if _, err := followers.Unfollow(t.Context(), w.db, w.blog, w.actorID(p)); err != nil {
				t.Fatal(err)
			}
		}
		readers := []database.ID{w.actorID(reader), w.actorID(goneReader), w.actorID(blockedReader), w.actorID(neighbour), w.actorID(stays), w.actorID(refused)}
		post := w.newest().ID
		w.exec(`UPDATE remote_actors SET gone_at = 1 WHERE uri = ?`, goneReader.ID)
		w.announcer.Readers = func(_ context.Context, _ database.Querier, postID string, _ int) ([]database.ID, error) {
			if postID != post {
				return nil, fmt.Errorf("it asks about %s", postID)
			}
			return readers, nil
		}
		w.announcer.Blocked = func(_ context.Context, _ database.Querier, _ database.ID, uri string) (bool, error) {
			return strings.HasPrefix(uri, "https://blocked"), nil
		}
		want := []string{left.InboxURL(), "https://many.example/inbox", reader.InboxURL(), stays.InboxURL()}
		w.write(item{Path: "one", Title: "Two", At: start})
		w.announceAll()
		w.wantInboxes("Update", w.blog, want...)
		w.exec(`UPDATE deliveries SET state = 'delivered', attempts = 1 WHERE state = 'pending'`)
		w.must(feeds.Remove(t.Context(), w.db, w.newest().ID, w.clock()))
		w.announceAll()
		w.wantInboxes("Delete", w.blog, want...)
	})
}

func TestServersOfReadersAreToldUpToTheBounds(t *testing.T) {
	for name, c := range map[string]struct {
		sites, each, want int
	}{
		"a lively post":           {sites: 200, each: 3, want: 600},
		"one site without end":    {sites: 1, each: bounds.ReadersPerSite + 20, want: bounds.ReadersPerSite},
		"more than anybody likes": {sites: bounds.ReadersTold + 10, each: 1, want: bounds.ReadersTold},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, databasetest.Open(t))
			w.announcer.UpdateInterval = 0
			w.write(item{Path: "one", Title: "One"})
			w.announceAll()
			var ids []database.ID
			w.must(w.db.InTx(t.Context(), func(tx *database.Tx) error {
				for i := range c.sites * c.each {
					uri := fmt.Sprintf("https://h%d.site%d.test/u", i, i%c.sites)
					ids = append(ids, database.ID(i+1))
					if _, err := tx.Exec(t.Context(), `
						INSERT INTO remote_actors (id, uri_hash, uri, host, type, username, handle, name, url, avatar_url, inbox, shared_inbox,
							followers_uri, fetched_at, gone_at)
						VALUES (?, ?, ?, '', 'Person', '', '', '', '', '', ?, '', '', 1, 0)`, i+1, database.Hash(uri), uri, uri+"/inbox"); err != nil {
						return err
					}
				}
				return nil
			}))
			w.announcer.Readers = func(_ context.Context, _ database.Querier, _ string, limit int) ([]database.ID, error) {
				return slices.Clone(ids[:min(len(ids), limit)]), nil
			}
			w.write(item{Path: "one", Title: "Two", At: start})
			w.announceAll()
			var n int
			w.must(w.db.QueryRow(t.Context(), `SELECT COUNT(*) FROM deliveries`).Scan(&n))
			if n != c.want {
				t.Errorf("%d deliveries, want %d", n, c.want)
			}
		})
	}
}

// Whoever likes a post may name any inbox as their own. It is told of edits only where its host has
// taken something from us, and of each such site only some are.
func TestReadersWithAnInboxElsewhereDoNotSendEditsToAnybody(t *testing.T) {
	const likes = 30
	for name, c := range map[string]struct {
		hasTaken bool
		want     int
	}{
		"a host that never took anything":      {false, 0},
		"a host that has taken something once": {true, bounds.InboxesElsewhere},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, databasetest.Open(t))
			w.announcer.UpdateInterval = 0
			w.write(item{Path: "one", Title: "One"})
			w.announceAll()
			honest := w.fedi.Person("ada", "meadow.example", fediversetest.NoSharedInbox, fediversetest.Profile("inbox", "https://ap.meadow.example/ada"))
			ids := []database.ID{w.actorID(honest)}
			for n := range likes {
				inbox := fediversetest.Profile("inbox", fmt.Sprintf("https://victim.example/%02d", n))
				ids = append(ids, w.actorID(w.fedi.Person("eve", fmt.Sprintf("evil%d.example", n), fediversetest.NoSharedInbox, inbox)))
			}
			w.announcer.Readers = func(context.Context, database.Querier, string, int) ([]database.ID, error) { return ids, nil }
			if c.hasTaken {
				w.accepts("victim.example")
			}
			w.write(item{Path: "one", Title: "Two", At: start})
			w.announceAll()
			got := w.inboxesOf("Update", w.blog)
			if len(got) != c.want+1 || !slices.Contains(got, "https://ap.meadow.example/ada") {
				t.Errorf("the edit went to %v, want %d beside the honest one", got, c.want)
			}
		})
	}
}
