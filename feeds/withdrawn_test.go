package feeds_test

import (
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestAPostThatItsFeedHasLostMeanwhileIsNotStillDue(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.publish(post(1))
		w.mustPoll()
		waits, err := feeds.DueOf(t.Context(), db, w.blog.ID, 10)
		if err != nil || len(waits) != 1 {
			t.Fatalf("%d posts wait, %v", len(waits), err)
		}
		p := waits[0]
		for _, lost := range []string{"absent_polls = 1, absent_since = 1", "absent_polls = 0, absent_since = 1"} {
			w.exec(`UPDATE posts SET ` + lost)
			if due, err := feeds.StillDue(t.Context(), db, p); due || err != nil {
				t.Errorf("with %s it is still due: %t, %v", lost, due, err)
			}
		}
		w.exec(`UPDATE posts SET absent_polls = 0, absent_since = 0`)
		if due, err := feeds.StillDue(t.Context(), db, p); !due || err != nil {
			t.Errorf("back in its feed it is not due: %v", err)
		}
	})
}
