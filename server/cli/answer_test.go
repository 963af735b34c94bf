package cli

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/exit"
)

// TestOwnerAnswersFromTheCommandLine goes the whole way: to the follower, to whom it answers, onto the page, and back.
func TestOwnerAnswersFromTheCommandLine(t *testing.T) {
	t.Parallel()
	c := newChecked(t)
	eve := c.person()
	want(t, "reply", eve.Reply(c.post, "<p>How long?</p>").Status, 202)
	code, said := c.say("reply", "answer", c.replyID(t, "How long?"), "Four minutes. See https://tea.test/rules")
	want(t, said, code, exit.OK)
	note, _ := eve.Await("Create", 1)[0].Object("object")
	c.ada.Await("Create", 2) // she follows
	body := readAll(t, c.ask(t, "GET", teaBase+"/comments?url="+c.page, "text/html"))
	want(t, "marked", strings.Contains(body, `<span class="fedi-badge" part="badge">Author</span>`), true)
	want(t, "without the mention", c.shows(t, "Four minutes. See https://tea.test/rules"), true)

	want(t, "answered", eve.Reply(note.ID(), "<p>Thanks.</p>").Status, 202)
	want(t, "below it", c.shows(t, "Thanks."), true)
	id := c.replyID(t, "Four minutes. See https://tea.test/rules")
	code, said = c.say("reply", "edit", id, "Five minutes.")
	want(t, said, code, exit.OK)
	edited, _ := eve.Await("Update", 1)[0].Object("object")
	want(t, "edited", strings.Contains(edited.String("content"), "Five minutes."), true)
	code, said = c.say("reply", "delete", id)
	want(t, said, code, exit.OK)
	eve.Await("Delete", 1)
	want(t, "gone", c.shows(t, "Five minutes."), false)
	want(t, "what stood below stays", c.shows(t, "Thanks."), true)

	code, said = c.say("reply", "answer", c.page, "A correction.")
	want(t, said, code, exit.OK)
	want(t, "under the post", c.shows(t, "A correction."), true)
	code, said = c.say("reply", "delete", c.replyID(t, "Thanks."))
	want(t, said, code, exit.Refused)
}

// TestWhatTheBlogTookBackIsServedNowhere: neither the note nor the activities that brought it.
func TestWhatTheBlogTookBackIsServedNowhere(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"delete", "hide"} {
		t.Run(verb, func(t *testing.T) {
			c := newChecked(t)
			eve := c.person()
			want(t, "reply", eve.Reply(c.post, "<p>How long?</p>").Status, 202)
			code, said := c.say("reply", "answer", c.replyID(t, "How long?"), "Ring me at 555.")
			want(t, said, code, exit.OK)
			told := []string{eve.Await("Create", 1)[0].ID()}
			want(t, "what it says at first", c.ask(t, "GET", told[0], activityJSON).StatusCode, 200)
			id := c.replyID(t, "Ring me at 555.")
			code, said = c.say("reply", "edit", id, "Ring me at 556.")
			want(t, said, code, exit.OK)
			told = append(told, eve.Await("Update", 1)[0].ID())
			want(t, "what it says now", c.ask(t, "GET", told[1], activityJSON).StatusCode, 200)
			want(t, "what it said before", c.ask(t, "GET", told[0], activityJSON).StatusCode, 404)
			code, said = c.say("reply", verb, id)
			want(t, said, code, exit.OK)
			for _, activity := range told {
				res := c.ask(t, "GET", activity, activityJSON)
				want(t, activity+readAll(t, res), res.StatusCode, 404)
			}
		})
	}
}
