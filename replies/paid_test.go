package replies_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
)

// TestWhatIsTriedAgainIsCountedOnce has another transaction always be faster, so that each effect
// is tried five times.
func TestWhatIsTriedAgainIsCountedOnce(t *testing.T) {
	onSQLite(t, func(t *testing.T, w *world) {
		w.inbox.UnknownShow = false
		w.inbox.Answers = followers.NewAnswers(w.clock)
		w.inbox.NewWords = quota(w, bounds.NewWordsPerPerson, bounds.NewWordsPerSite)
		ada := w.fedi.Person("ada", "pasture.example")
		follow := ada.Follow(w.blog.ActorID(), away)
		undone := database.Hash("undone", ada.ID, database.Hash(follow.Activity.ID()).String())
		w.change(`CREATE TRIGGER race AFTER INSERT ON followers BEGIN
			INSERT INTO tombstones (key_hash, created_at, keep) VALUES (x'` + undone.String() + `', 9000000000000, 0);
		END`)
		w.answered(ada.Post(shared, follow.Activity), http.StatusServiceUnavailable)
		w.change(`DROP TRIGGER race`)
		for range bounds.AnswersPerPerson.Burst - 1 {
			w.accepted(ada.Follow(w.blog.ActorID()))
		}
		w.answered(ada.Follow(w.blog.ActorID()), http.StatusTooManyRequests)

		w.accepted(ada.Reply(w.teaID, "one"))
		w.change(`CREATE TRIGGER race BEFORE INSERT ON replies BEGIN
			UPDATE replies SET object_hash = NEW.object_hash;
		END`)
		w.answered(ada.Reply(w.teaID, "two"), http.StatusServiceUnavailable)
		w.change(`DROP TRIGGER race`)
		for n := range bounds.NewWordsPerPerson.Burst - 2 {
			w.accepted(ada.Delete(w.accepted(ada.Reply(w.teaID, fmt.Sprint(n)))))
		}
		w.answered(ada.Reply(w.teaID, "last"), http.StatusTooManyRequests)
	})
}
