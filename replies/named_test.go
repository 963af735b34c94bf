package replies_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// People whom the blog names in an answer are told, with whom it answers and in every edit; who is
// blocked is not.
func TestKindsOfPeopleNamedInAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databasetest.Open(t))
	ada, bob, eve := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example"), w.fedi.Person("eve", "heath.example")
	w.accepted(ada.Reply(w.teaID, "one"))
	w.accepted(bob.Reply(w.teaID, "two"))
	w.accepted(eve.Reply(w.teaID, "three"))
	_, err := moderation.AddBlock(t.Context(), w.db, 0, moderation.BlockActor, eve.ID, "", "test", w.clock())
	w.must(err)
	for text, want := range map[string][]string{
		"Thank you!": {ada.ID},
		"@ada@pasture.example thank you, and @bob@meadow.example too!":       {ada.ID, bob.ID},
		"See [Bob](https://meadow.example/@bob), and not @eve@heath.example": {ada.ID, bob.ID},
		"Who is @nobody@fen.example?":                                        {ada.ID},
	} {
		answer, err := w.answer(0, text)
		w.must(err)
		create, inboxes := w.sentLast()
		note, _ := create.Object("object")
		var tagged []string
		for _, tag := range note.Objects("tag") {
			tagged = append(tagged, tag.Ref("href"))
		}
		slices.Sort(tagged)
		slices.Sort(want)
		if !slices.Equal(tagged, want) || inboxes != len(want) {
			t.Errorf("%s: tagged %v, sent to %d inboxes", text, tagged, inboxes)
		}
		for _, id := range want {
			if !slices.Contains(note.Refs("cc"), id) || !slices.Contains(create.Refs("cc"), id) {
				t.Errorf("%s: %s is not addressed: %v", text, id, note.Refs("cc"))
			}
		}
		if n := strings.Count(note.String("content"), `href="https://pasture.example/@ada"`); n != 1 {
			t.Errorf("%s: ada is mentioned %d times in %s", text, n, note.String("content"))
		}
		if served := w.document(answer.ObjectURI); served.String("content") != note.String("content") {
			t.Errorf("%s: served as %s", text, served.String("content"))
		}
		w.must(moderation.EditAnswer(t.Context(), w.db, answer.ID, text+" (edited)", "test", w.clock()))
		if update, to := w.sentLast(); update.Type() != "Update" || to != len(want) {
			t.Errorf("%s: the edit went to %d inboxes", text, to)
		}
		w.must(moderation.DeleteAnswer(t.Context(), w.db, answer.ID, "test", w.clock()))
		if gone, to := w.sentLast(); gone.Type() != "Delete" || to != len(want) {
			t.Errorf("%s: the Delete went to %d inboxes", text, to)
		}
	}
}
