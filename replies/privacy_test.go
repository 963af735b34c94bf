package replies_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
)

// privacies are the ways in which a reply is not for everybody.
var privacies = map[string][]fediversetest.Option{
	"followers only": {fediversetest.FollowersOnly},
	"direct":         {fediversetest.Direct},
	"no addresses":   {with("to", nil), with("cc", nil)},
	"public activity around a private object": {
		fediversetest.Direct, onActivity("to", activitypub.Public), onActivity("cc", activitypub.Public)},
	"public activity around an object without addresses": {
		with("to", nil), with("cc", nil), onActivity("to", activitypub.Public)},
	"public in bto":           {fediversetest.Direct, with("bto", activitypub.Public), with("audience", activitypub.Public)},
	"public in another case":  {with("to", "AS:PUBLIC"), with("cc", "https://www.w3.org/ns/activitystreams#public")},
	"public, deeply embedded": {with("to", []any{[]any{activitypub.Public}}), with("cc", 7)},
}

// TestPrivateRepliesReachNoPublicByte looks at everything this package tells anybody, at its tables
// and at its log.
func TestPrivateRepliesReachNoPublicByte(t *testing.T) {
	const marker = "canary-in-a-cage"
	each(t, func(t *testing.T, w *world) {
		var log bytes.Buffer
		w.inbox.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		w.accepted(ada.Like(w.teaID))
		before := w.publicly()
		for name, options := range privacies {
			options = append([]fediversetest.Option{with("summary", marker), with("name", marker)}, options...)
			reply := w.accepted(ada.Reply(w.teaID, marker, options...))
			w.pass(time.Minute)
			w.accepted(ada.Edit(reply, marker+" edited", options...))
			w.accepted(bob.Like(reply.ObjectID, to(shared)))
			w.work()
			if got := w.publicly(); got != before {
				t.Errorf("%s: the public sees\n%s", name, difference(before, got))
			}
			w.accepted(ada.Delete(reply))
		}
		w.forgotten(marker)
		if got := w.publicly(); got != before || strings.Contains(log.String(), marker) {
			t.Errorf("the public sees\n%s, the log says\n%s", got, log.String())
		}
	})
}

// publicly is all that anybody outside can learn of the thread.
func (w *world) publicly() string {
	w.t.Helper()
	var b strings.Builder
	shown := w.thread()
	for i := range shown.Items {
		shown.Items[i].Author.FetchedAt = time.Time{}
	}
	fmt.Fprintf(&b, "%+v\n", shown)
	likes, shares, first, err := thread.Engagement(w.t.Context(), w.db, w.tea.ID)
	w.must(err)
	fmt.Fprintln(&b, likes, shares, first)
	for _, collection := range []string{"", "/replies", "/replies?page=1", "/likes", "/shares", "/context"} {
		answer := w.get(w.teaID + collection)
		fmt.Fprintln(&b, collection, answer.Code, answer.Body)
	}
	log, err := moderation.Decisions(w.t.Context(), w.db, 0, 100)
	w.must(err)
	all, err := moderation.List(w.t.Context(), w.db, "", 0, 0, 100)
	w.must(err)
	fmt.Fprintf(&b, "%+v\n", log)
	for _, l := range all {
		fmt.Fprintf(&b, "%+v %s %s\n", l.Reply, l.Author.Name, l.PostTitle)
	}
	return b.String()
}

// TestThreeSpellingsOfPublic are all understood.
func TestThreeSpellingsOfPublic(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		for i, public := range []string{activitypub.Public, "as:Public", "Public"} {
			w.accepted(ada.Reply(w.teaID, fmt.Sprint("to ", i), with("to", public), with("cc", nil)))
			w.accepted(ada.Reply(w.teaID, fmt.Sprint("cc ", i), with("to", ada.ID+"/followers"), with("cc", []any{public})))
		}
		w.expect("ada: to 0", "ada: cc 0", "ada: to 1", "ada: cc 1", "ada: to 2", "ada: cc 2")
	})
}

// TestAnswerToAPrivateReplyIsNotShown: readers would see half of a conversation, and the other half
// is not for them.
func TestAnswerToAPrivateReplyIsNotShown(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		private := w.accepted(ada.Reply(w.teaID, "for bob", fediversetest.FollowersOnly))
		w.accepted(bob.Reply(private.ObjectID, "to ada", to(shared)))
		w.work()
		w.expect()
		// Where it says itself that it belongs to the thread of our post, it stands alone.
		w.accepted(bob.Reply(private.ObjectID, "to all", to(shared), with("context", ids.PostContext(w.blog, w.tea.ID))))
		w.work()
		w.expect("bob: to all")
	})
}
