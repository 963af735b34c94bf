package replies_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// answer has the blog answer the n-th item of the thread.
func (w *world) answer(n int, text string) (thread.Reply, error) {
	w.t.Helper()
	w.pass(time.Second)
	return moderation.Answer(w.t.Context(), w.db, w.thread().Items[n].ID, text, "test", w.clock())
}

// sentLast is the newest activity that was enqueued, and to how many inboxes.
func (w *world) sentLast() (activity activitypub.Object, inboxes int) {
	w.t.Helper()
	var id database.ID
	var body []byte
	w.must(w.db.QueryRow(w.t.Context(), "SELECT id, body FROM activities ORDER BY id DESC LIMIT 1").Scan(&id, &body))
	activity, err := activitypub.Parse(body)
	w.must(err)
	return activity, w.count("SELECT COUNT(*) FROM deliveries WHERE activity_id = ?", id)
}

func TestBlogAnswersAReply(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		w.accepted(ada.Follow(w.blog.ActorID()))
		one := w.accepted(bob.Reply(w.teaID, "one", to(shared)))
		version := w.thread().Version
		answer, err := w.answer(0, "Thank you, **Bob**!\nFour minutes.")
		w.must(err)
		w.expect("bob: one", "  tea: <p>Thank you, <strong>Bob</strong>!<br/>\nFour minutes.</p>")
		if thread := w.thread(); thread.Version != version+1 || !thread.Items[1].ByOwner || thread.Items[0].ByOwner || thread.Counts.Replies != 2 {
			t.Errorf("the thread is %+v", thread)
		}
		create, inboxes := w.sentLast()
		note, _ := create.Object("object")
		mention := note.Objects("tag")[0]
		switch {
		case inboxes != 2, create.Type() != "Create", create.ID() == note.ID(), note.ID() != answer.ObjectURI, note.Ref("inReplyTo") != one.ObjectID:
			t.Errorf("to %d inboxes: %v", inboxes, create)
		case mention.Type() != "Mention", mention.Ref("href") != bob.ID, mention.String("name") != "@bob@meadow.example":
			t.Errorf("the mention is %v", mention)
		case !strings.Contains(strings.Join(note.Refs("cc"), " "), bob.ID), strings.Join(create.Refs("cc"), " ") != strings.Join(note.Refs("cc"), " "):
			t.Errorf("addressed to %v and %v", note.Refs("cc"), create.Refs("cc"))
		case note.Ref("context") != ids.PostContext(w.blog, w.tea.ID), !strings.HasPrefix(note.String("content"), `<p><span class="h-card"><a href="https://meadow.example/@bob"`):
			t.Errorf("the note is %v", note)
		}
		if served := w.document(answer.ObjectURI); served.String("content") != note.String("content") || served.Ref("inReplyTo") != one.ObjectID {
			t.Errorf("served is %v", served)
		}
		if items := w.document(w.teaID + "/replies?page=1").Refs("items"); len(items) != 2 || items[1] != answer.ObjectURI {
			t.Errorf("the replies are %v", items)
		}
	})
}

func TestAnswersToTheBlogsAnswerStandBelowIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		bob := w.fedi.Person("bob", "meadow.example")
		w.accepted(bob.Reply(w.teaID, "one", to(shared)))
		answer, err := w.answer(0, "two")
		w.must(err)
		w.pass(time.Second)
		w.accepted(bob.Reply(answer.ObjectURI, "three", to(shared)))
		w.accepted(bob.Like(answer.ObjectURI, to(shared)))
		w.expect("bob: one", "  tea: <p>two</p> [1 likes, 0 boosts]", "    bob: three")
		// Nobody else speaks for it.
		w.fedi.Person("eve", "spam.example")
		for _, kind := range []string{"Delete", "Update"} {
			eve := w.fedi.Person("eve", "spam.example")
			forged := eve.Post(shared, map[string]any{"id": eve.ID + "#" + kind, "type": kind, "actor": eve.ID, "object": map[string]any{
				"id": answer.ObjectURI, "type": "Note", "attributedTo": eve.ID, "content": "forged", "to": activitypub.Public, "inReplyTo": w.teaID,
			}})
			if forged.Status != http.StatusForbidden {
				t.Errorf("a forged %s was answered %d", kind, forged.Status)
			}
		}
		w.must(moderation.DeleteAnswer(t.Context(), w.db, answer.ID, "test", w.clock()))
		w.expect("bob: one", "  …", "    bob: three")
	})
}

func TestAnswerIsEditedAndDeleted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		bob := w.fedi.Person("bob", "meadow.example")
		w.accepted(bob.Reply(w.teaID, "one", to(shared)))
		answer, err := w.answer(0, "two")
		w.must(err)
		w.must(moderation.EditAnswer(t.Context(), w.db, answer.ID, "zwei", "test", w.clock()))
		update, _ := w.sentLast()
		note, _ := update.Object("object")
		published, _ := note.Time("published")
		updated, _ := note.Time("updated")
		if update.Type() != "Update" || !strings.HasSuffix(note.String("content"), "<p>zwei</p>") || !updated.After(published) {
			t.Errorf("the Update is %v", update)
		}
		if err := moderation.EditAnswer(t.Context(), w.db, answer.ID, "zwei", "test", w.clock()); !errors.Is(err, web.ErrTooMany) {
			t.Errorf("the same again: %v", err)
		}
		w.must(moderation.EditAnswer(t.Context(), w.db, answer.ID, "deux", "test", w.clock())) // within a second
		if second, _ := w.sentLast(); second.ID() == update.ID() {
			t.Error("two edits have one id")
		}
		w.expect("bob: one", "  tea: <p>deux</p>")
		w.must(w.hide(answer.ID))
		before, _ := w.sentLast()
		if err := moderation.EditAnswer(t.Context(), w.db, answer.ID, "hidden", "test", w.clock()); !errors.Is(err, web.ErrRefused) {
			t.Errorf("an edit of what is hidden: %v", err)
		}
		if after, _ := w.sentLast(); after.ID() != before.ID() {
			t.Errorf("what is hidden was sent: %v", after)
		}
		w.must(w.approve(answer.ID))
		w.must(moderation.DeleteAnswer(t.Context(), w.db, answer.ID, "test", w.clock()))
		gone, _ := w.sentLast()
		if tomb, _ := gone.Object("object"); gone.Type() != "Delete" || tomb.Type() != "Tombstone" || tomb.ID() != answer.ObjectURI {
			t.Errorf("the Delete is %v", gone)
		}
		if served := w.get(answer.ObjectURI); served.Code != http.StatusGone || strings.Contains(served.Body.String(), "deux") {
			t.Errorf("what was deleted answers %d %s", served.Code, served.Body)
		}
		for what, err := range map[string]error{
			"edit":   moderation.EditAnswer(t.Context(), w.db, answer.ID, "trois", "test", w.clock()),
			"delete": moderation.DeleteAnswer(t.Context(), w.db, answer.ID, "test", w.clock()),
		} {
			if !errors.Is(err, web.ErrNotFound) {
				t.Errorf("%s what was deleted: %v", what, err)
			}
		}
		w.expect("bob: one")
	})
}

func TestAnswersThatAreRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.inbox.UnknownShow = false
		bob := w.fedi.Person("bob", "meadow.example")
		w.accepted(bob.Reply(w.teaID, "one", to(shared)))
		held, err := moderation.List(t.Context(), w.db, thread.Held, 0, 0, 1)
		w.must(err)
		id := held[0].Reply.ID
		say := func(id database.ID, text string) error {
			_, err := moderation.Answer(t.Context(), w.db, id, text, "test", w.clock())
			return err
		}
		if err := say(id, "too early"); !errors.Is(err, web.ErrRefused) {
			t.Errorf("an answer to a held reply: %v", err)
		}
		w.must(moderation.Approve(t.Context(), w.db, id, "test", "", w.clock()))
		for text, want := range map[string]error{
			"": web.ErrInvalid, " \n ": web.ErrInvalid, "<script>alert(1)</script>": web.ErrInvalid, "\xff": web.ErrInvalid,
			strings.Repeat("x", 5001): web.ErrInvalid, strings.Repeat("x", 1<<20): web.ErrInvalid,
			"[click](javascript:alert(1)) <b onclick=x>me</b> ![i](https://x.example/i.png)": nil,
		} {
			if err := say(id, text); !errors.Is(err, want) {
				t.Errorf("%.30q: %v, want %v", text, err, want)
			}
		}
		if shown := w.lines(); strings.Contains(shown, "javascript") || strings.Contains(shown, "onclick") || strings.Contains(shown, "<img") {
			t.Errorf("shown is %s", shown)
		}
		if err := say(id, "[click](javascript:alert(1)) <b onclick=x>me</b> ![i](https://x.example/i.png)"); !errors.Is(err, web.ErrTooMany) {
			t.Errorf("the same at once again: %v", err)
		}
		if err := say(12345, "nobody"); !errors.Is(err, web.ErrNotFound) {
			t.Errorf("an answer to nothing: %v", err)
		}
		if err := moderation.EditAnswer(t.Context(), w.db, id, "put into his mouth", "test", w.clock()); !errors.Is(err, web.ErrRefused) {
			t.Errorf("an edit of somebody's words: %v", err)
		}
		if err := moderation.DeleteAnswer(t.Context(), w.db, id, "test", w.clock()); !errors.Is(err, web.ErrRefused) {
			t.Errorf("a deletion of somebody's words: %v", err)
		}
	})
}

// TestBlogSpeaksUnderItsOwnPost, quietly where what it answers is.
func TestBlogSpeaksUnderItsOwnPost(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		said, err := moderation.AnswerPost(t.Context(), w.db, w.blog, w.tea, "A correction.", "test", w.clock())
		w.must(err)
		w.expect("tea: <p>A correction.</p>")
		if note := w.document(said.ObjectURI); note.Ref("inReplyTo") != w.teaID || len(note.Objects("tag")) != 0 {
			t.Errorf("the note is %v", note)
		}
		if people := w.browse(said.ObjectURI); people.Code != http.StatusSeeOther || !strings.Contains(people.Header().Get("Location"), "/thread?url=https%3A%2F%2Fblog.example%2Ftea#fedi-c-"+said.ID.String()) {
			t.Errorf("people get %d %s", people.Code, people.Header().Get("Location"))
		}
		bob := w.fedi.Person("bob", "meadow.example")
		w.pass(time.Second)
		w.accepted(bob.Reply(w.teaID, "quiet", to(shared), fediversetest.Unlisted))
		answer, err := w.answer(1, "as quiet")
		w.must(err)
		if note := w.document(answer.ObjectURI); activitypub.VisibilityOf(note) != activitypub.VisibilityUnlisted {
			t.Errorf("addressed to %v, %v", note.Refs("to"), note.Refs("cc"))
		}
	})
}
