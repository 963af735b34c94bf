package replies_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/web"
)

const hidesQuiet, hidesAll = "hidesCcPublicFromUnauthedWeb", "hidesToPublicFromUnauthedWeb"

// becomes changes the profile of a person on their own server, and tells nobody, as GoToSocial
// tells followers alone.
func (w *world) becomes(p *fediversetest.Person, profile map[string]any) {
	w.t.Helper()
	doc := map[string]any{
		"id": p.ID, "type": "Person", "preferredUsername": p.Name, "inbox": p.InboxURL(), "followers": p.ID + "/followers",
		"publicKey": map[string]any{"id": p.Key.ID, "owner": p.ID, "publicKeyPem": signature.EncodePublicPEM(&p.Key.Private.PublicKey)},
	}
	for key, value := range profile {
		doc[key] = value
	}
	w.fedi.Serve(p.ID, doc)
}

// withheld are the withheld replies, as the owner is told of them.
func (w *world) withheld() []moderation.Listed {
	w.t.Helper()
	list, err := moderation.List(w.t.Context(), w.db, thread.Withheld, 0, 0, 10)
	w.must(err)
	return list
}

// looked runs the loop of the inbox until a condition holds, or for as long as it takes to ask
// somebody.
func (w *world) looked(condition func() bool) {
	w.t.Helper()
	w.runUntil("who withholds something is asked", condition)
}

// TestKindsOfWishesThatChange: somebody was here before, with the profile of then, and writes
// quietly now.
func TestKindsOfWishesThatChange(t *testing.T) {
	type profile = map[string]any
	for what, test := range map[string]struct {
		then, now profile
		since     time.Duration // between then and now
		down      bool          // their server does not answer
		shown     bool
		asked     int // when they write
		why       string
	}{
		"the setting was lifted":                 {profile{hidesQuiet: true}, profile{hidesQuiet: false}, 3 * time.Hour, false, true, 1, ""},
		"it was lifted on an older server":       {profile{hidesQuiet: true}, profile{}, 6 * 24 * time.Hour, false, true, 1, ""},
		"it stands":                              {profile{hidesQuiet: true}, profile{hidesQuiet: true}, 3 * time.Hour, false, false, 1, hidesQuiet},
		"it stands, and was read a moment ago":   {profile{hidesQuiet: true}, profile{hidesQuiet: false}, 30 * time.Second, false, false, 0, hidesQuiet},
		"it became stricter":                     {profile{hidesQuiet: true}, profile{hidesAll: true}, time.Hour, false, false, 1, hidesAll},
		"nothing was ever wished":                {profile{}, profile{}, 3 * time.Hour, false, true, 0, ""},
		"their server is down":                   {profile{hidesQuiet: true}, profile{hidesQuiet: false}, 3 * time.Hour, true, false, 0, hidesQuiet},
		"everything is hidden, and public now":   {profile{hidesAll: true, hidesQuiet: true}, profile{hidesAll: false}, 2 * time.Hour, false, true, 1, ""},
		"what is hidden is a word and no wish":   {profile{hidesQuiet: "yes"}, profile{}, 2 * time.Hour, false, true, 0, ""},
		"an old profile is asked for at leisure": {profile{}, profile{hidesQuiet: true}, 8 * 24 * time.Hour, false, true, 0, ""},
	} {
		t.Run(what, func(t *testing.T) {
			onSQLite(t, func(t *testing.T, w *world) {
				bo := w.fedi.Person("bo", "gts.example")
				w.becomes(bo, test.then)
				w.accepted(bo.Like(w.teaID))
				w.pass(test.since)
				w.becomes(bo, test.now)
				before := w.fedi.Count("gts.example", "/users/bo")
				w.must(w.exec("UPDATE remote_keys SET fetched_at = ?", w.clock().UnixMilli())) // keys are none of this
				if test.down {
					w.fedi.Fail("gts.example", fediversetest.Fault{Status: 503})
				}
				w.accepted(bo.Reply(w.teaID, "quiet", quietly(bo)...))
				if test.shown {
					w.expect("bo: quiet")
				} else {
					w.expect()
				}
				if n := w.fedi.Count("gts.example", "/users/bo") - before; n != test.asked && !test.down {
					t.Errorf("they are asked %d times, want %d", n, test.asked)
				}
				list := w.withheld()
				if len(list) == 0 != test.shown || len(list) > 0 && !strings.Contains(list[0].KeptBack(), test.why) {
					t.Errorf("withheld: %+v", list)
				}
				if test.down {
					w.fedi.Heal("gts.example")
					w.looked(func() bool { return len(w.withheld()) == 0 })
					w.expect("bo: quiet")
				}
			})
		})
	}
}

// Those of whom something is withheld are asked each hour at first, and each day later.
func TestKindsOfTimesAtWhichWishesAreAskedFor(t *testing.T) {
	for what, test := range map[string]struct {
		age, since time.Duration // of the reply, and since they were asked
		asked      bool
	}{
		"minutes later":                  {40 * time.Minute, 40 * time.Minute, false},
		"an hour later":                  {61 * time.Minute, 61 * time.Minute, true},
		"a day later, asked lately":      {24 * time.Hour, 50 * time.Minute, false},
		"three days later, asked today":  {72 * time.Hour, 5 * time.Hour, false},
		"three days later, asked before": {72 * time.Hour, 25 * time.Hour, true},
		"a year later":                   {365 * 24 * time.Hour, 25 * time.Hour, true},
	} {
		t.Run(what, func(t *testing.T) {
			onSQLite(t, func(t *testing.T, w *world) {
				bo := w.fedi.Person("bo", "gts.example", fediversetest.Profile(hidesQuiet, true))
				w.accepted(bo.Reply(w.teaID, "quiet", quietly(bo)...))
				w.becomes(bo, nil)
				w.pass(test.age)
				w.must(w.exec("UPDATE remote_actors SET fetched_at = ?", w.clock().Add(-test.since).UnixMilli()))
				if test.asked {
					w.looked(func() bool { return len(w.withheld()) == 0 })
					w.expect("bo: quiet")
					return
				}
				before := w.fedi.Count("gts.example", "")
				ada := w.fedi.Person("ada", "pasture.example") // what comes to the loop after its look
				w.accepted(ada.Reply("https://pasture.example/nothing", "elsewhere", to(shared), with("tag", nil)))
				w.work()
				if n := w.fedi.Count("gts.example", "") - before; n != 0 || len(w.withheld()) != 1 {
					t.Errorf("they are asked %d times; %d withheld", n, len(w.withheld()))
				}
			})
		})
	}
}

// The owner may answer what is withheld. Its author gets the answer; readers see both together, or
// neither.
func TestKindsOfAnswersToWithheldReplies(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		bo := w.fedi.Person("bo", "gts.example", fediversetest.Profile(hidesQuiet, true))
		reply := w.accepted(bo.Reply(w.teaID, "quiet", quietly(bo)...))
		w.accepted(bo.Reply(w.teaID, "loud"))
		w.pass(time.Second)
		id := w.withheld()[0].ID
		answer, err := moderation.Answer(t.Context(), w.db, id, "I hear you.", "test", w.clock())
		w.must(err)
		w.expect("bo: loud")
		w.expectCounts(thread.Counts{Replies: 1})
		create, inboxes := w.sentLast()
		note, _ := create.Object("object")
		if inboxes == 0 || note.Ref("inReplyTo") != reply.ObjectID || !strings.Contains(strings.Join(note.Refs("to"), " "), bo.ID) {
			t.Errorf("to %d inboxes: %v", inboxes, create)
		}
		for _, collection := range []string{"/replies?page=1", "/context"} {
			if said := w.get(w.teaID + collection).Body.String(); strings.Contains(said, answer.ObjectURI) || strings.Contains(said, reply.ObjectID) {
				t.Errorf("%s tells of it: %s", collection, said)
			}
		}
		if list := w.withheld(); len(list) != 2 || list[1].KeptBack() == "" || list[1].ID != answer.ID {
			t.Errorf("withheld: %+v", list)
		}
		w.pass(time.Minute)
		w.must(moderation.EditAnswer(t.Context(), w.db, answer.ID, "I hear you now.", "test", w.clock()))
		w.says(bo, map[string]any{hidesQuiet: false})
		w.expect("bo: quiet", "bo: loud", "  tea: <p>I hear you now.</p>") // in the order of time; it hangs below the first
		if items := w.thread().Items; items[2].ParentID != items[0].ID {
			t.Errorf("it hangs below %v", items[2].ParentID)
		}
		w.expectCounts(thread.Counts{Replies: 3})

		// A hidden one is answered no more than before.
		w.must(w.hide(id))
		if _, err := moderation.Answer(t.Context(), w.db, id, "And now?", "test", w.clock()); !errors.Is(err, web.ErrRefused) {
			t.Errorf("an answer to a hidden reply: %v", err)
		}
	})
	each(t, func(t *testing.T, w *world) { // what was answered before it was hidden comes back with it
		w.set("unlisted_replies", "hide")
		ada := w.fedi.Person("ada", "pasture.example")
		w.accepted(ada.Reply(w.teaID, "quiet", with("to", []any{ada.ID + "/followers"}), with("cc", []any{activitypub.Public})))
		id := w.withheld()[0].ID
		if why := w.withheld()[0].KeptBack(); !strings.Contains(why, "unlisted_replies") {
			t.Errorf("withheld because %q", why)
		}
		_, err := moderation.Answer(t.Context(), w.db, id, "Yes.", "test", w.clock())
		w.must(err)
		w.must(w.hide(id))
		w.set("unlisted_replies", "show")
		w.expect()
		w.must(w.approve(id))
		w.expect("ada: quiet", "  tea: <p>Yes.</p>")
		w.expectCounts(thread.Counts{Replies: 2})
	})
}
