package publisher_test

import (
	"slices"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// TestKindsOfFollowersWhoAreRejected: whoever is removed is told at their own inbox, about the Follow that they sent; nobody else is.
func TestKindsOfFollowersWhoAreRejected(t *testing.T) {
	for name, c := range map[string]struct {
		matches []followers.Match
		told    []string
	}{
		"one person":                    {[]followers.Match{{ActorURI: ada}}, []string{"ada"}},
		"a server and what is below it": {[]followers.Match{{Host: "evil.example"}}, []string{"eve", "mal", "min"}},
		"a server by two names":         {[]followers.Match{{Host: "evil.example"}, {Host: "pasture.example"}}, []string{"ada", "bob", "eve", "mal", "min"}},
		"the same twice":                {[]followers.Match{{ActorURI: ada}, {ActorURI: ada}}, []string{"ada"}},
		"somebody who follows no more":  {[]followers.Match{{ActorURI: "https://pasture.example/users/never"}}, nil},
		"a server that nobody is on":    {[]followers.Match{{Host: "xample"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, databasetest.Open(t))
			// One inbox for all of a server: what is cancelled for the next follower must not be the word to the one before.
			crowd := fediversetest.Profile("inbox", "https://evil.example/inbox")
			w.follow(w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "pasture.example"), w.fedi.Person("eve", "evil.example", crowd),
				w.fedi.Person("min", "evil.example", crowd), w.fedi.Person("mal", "sub.evil.example"), w.fedi.Person("gus", "notevil.example"))
			w.write(item{Path: "one", Title: "One"})
			w.announceAll()
			var n int
			w.must(w.db.InTx(t.Context(), func(tx *database.Tx) (err error) {
				n, err = followers.RejectAll(t.Context(), tx, 0, c.matches, w.clock())
				return err
			}))
			var waiting int
			w.must(w.db.QueryRow(t.Context(), "SELECT COUNT(*) FROM deliveries d JOIN activities a ON a.id = d.activity_id WHERE a.kind = 'Reject' AND d.state = 'pending'").
				Scan(&waiting))
			if waiting != n {
				t.Errorf("%d of %d wait for delivery", waiting, n)
			}
			var told []string
			for _, s := range w.sent("Reject") {
				follow, _ := s.Object.Object("object")
				told = append(told, follow.Ref("actor"))
				if s.Ref("actor") != w.blog.ActorID() || s.Ref("to") != follow.Ref("actor") || !follow.Is("Follow") ||
					follow.Ref("object") != w.blog.ActorID() || follow.ID() == "" {
					t.Errorf("told %v", s.Object)
				}
			}
			for i, id := range told {
				told[i] = id[len(id)-3:]
			}
			slices.Sort(told)
			if n != len(c.told) || !slices.Equal(told, c.told) || w.count() != 6-n {
				t.Errorf("%d removed, told %v, want %v; %d left", n, told, c.told, w.count())
			}
		})
	}
}
