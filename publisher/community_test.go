package publisher_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// TestRemovedCommunityGetsNothingNew, and only the one that is meant is removed. The whole way of a community is tested in package server.
func TestRemovedCommunityGetsNothingNew(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		forum := w.fedi.Person("tea", "forum.example", fediversetest.NoSharedInbox, fediversetest.Profile("type", "Group"))
		actor, _, err := w.remotes.Lookup(t.Context(), forum.ID)
		w.must(err)
		in := func(do func(tx *database.Tx) error) { t.Helper(); w.must(db.InTx(t.Context(), do)) }
		in(func(tx *database.Tx) error { return publisher.JoinCommunity(t.Context(), tx, w.blog, actor, w.clock()) })
		c, err := publisher.CommunityOf(t.Context(), db, w.blog.ID)
		w.must(err)
		in(func(tx *database.Tx) error {
			asked, err := publisher.CommunityAnswered(t.Context(), tx, forum.ID, c.FollowURI, true, w.clock())
			if !asked {
				t.Error("the answer of the group is not known as one")
			}
			return err
		})
		post := func(path string) {
			w.write(item{Path: path, Title: path})
			w.announceAll()
		}
		for _, other := range []followers.Match{{Host: "rum.example"}, {Host: "tea.forum.example"}, {ActorURI: forum.ID + "2"}} {
			in(func(tx *database.Tx) error { return publisher.RemoveCommunities(t.Context(), tx, 0, other) })
		}
		in(func(tx *database.Tx) error {
			return publisher.RemoveCommunities(t.Context(), tx, w.blog.ID+1, followers.Match{Host: forum.Host})
		})
		post("one")
		if creates := w.sent("Create"); len(creates) != 1 || !slices.Equal(creates[0].Inboxes, []string{forum.InboxURL()}) {
			t.Errorf("a community that was not meant was removed: %v", creates)
		} else if article, _ := creates[0].Object.Object("object"); article.String("name") != "one" || strings.Contains(article.String("content"), "one") {
			t.Errorf("the community shows the title twice: %v", article)
		}
		in(func(tx *database.Tx) error {
			return publisher.RemoveCommunities(t.Context(), tx, 0, followers.Match{Host: "example"})
		})
		if _, err := publisher.CommunityOf(t.Context(), db, w.blog.ID); !errors.Is(err, database.ErrNotFound) {
			t.Error("it is still there:", err)
		}
		post("two")
		if creates := w.sent("Create"); len(creates) != 1 {
			t.Errorf("%d posts went into the community that was removed", len(creates)-1)
		}
	})
}
