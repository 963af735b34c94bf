package cli

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/exit"
)

func TestQuoteIsStampedAndTakenBackByCommand(t *testing.T) {
	t.Parallel()
	databasetest.EachURL(t, func(t *testing.T, databaseURL string) {
		farm := newFarm(t, 1, 1)
		us := startWith(t, databaseURL, farm, nil)
		page := us.feed.publish("tea", "On tea", "<p>Four minutes.</p>")
		article, person := us.postID(page), farm.people[0]
		quote := map[string]any{
			"id": person + "/notes/q", "type": "Note", "attributedTo": person, "content": "<p>Read this.</p>", "quote": article, "to": public,
		}
		request := map[string]any{"id": person + "/requests/1", "type": "QuoteRequest", "object": article, "instrument": quote}
		if status, body := send(t, farm.signed(person, us.base+"/inbox", request)); status != http.StatusAccepted {
			t.Fatalf("the request was answered %d %s", status, body)
		}
		eventually(t, "the Accept", func() bool { return farm.arrived("Accept") == 1 })
		if counts := us.comments(page).Counts; counts.Quotes != 1 || counts.Replies != 0 {
			t.Errorf("counts %+v", counts)
		}
		_, list := us.command("quote", "list")
		id := strings.Fields(list)[0]
		if stamp := document(t, us.base+"/quotes/"+id); stamp["interactionTarget"] != article || stamp["interactingObject"] != quote["id"] {
			t.Errorf("the stamp is %v", stamp)
		}
		if code, said := us.command("quote", "revoke", id, "--why", "a test"); code != exit.OK {
			t.Fatalf("quote revoke: exit %d %s", code, said)
		}
		if status, _, _ := fetch(t, us.base+"/quotes/"+id, activityJSON); status != http.StatusGone {
			t.Errorf("the stamp answers %d", status)
		}
		eventually(t, "the Delete", func() bool { return farm.arrived("Delete") == 1 })
		if code, _ := us.command("quote", "revoke", id); code != exit.NotFound {
			t.Errorf("a second time: exit %d", code)
		}
	})
}

func TestReportsComeAndGoByCommand(t *testing.T) {
	t.Parallel()
	databasetest.EachURL(t, func(t *testing.T, databaseURL string) {
		farm := newFarm(t, 1, 1)
		us := startWith(t, databaseURL, farm, nil)
		page := us.feed.publish("tea", "On tea", "<p>Four minutes.</p>")
		article, person := us.postID(page), farm.people[0]
		flag := map[string]any{"id": person + "/flags/1", "type": "Flag", "object": []string{article}, "content": "Copied from us."}
		for _, activity := range []map[string]any{flag, reply(person, "1", article, "<p>Buy.</p>", public)} {
			if status, body := send(t, farm.signed(person, us.base+"/inbox", activity)); status != http.StatusAccepted {
				t.Fatalf("answered %d %s", status, body)
			}
		}
		_, list := us.command("report", "list")
		id := strings.Fields(list)[0]
		if _, shown := us.command("report", "show", id); !strings.Contains(shown, "Copied from us.") || !strings.Contains(shown, article) {
			t.Errorf("report show says %s", shown)
		}
		if code, said := us.command("report", "close", id); code != exit.OK {
			t.Errorf("report close: exit %d %s", code, said)
		}
		if code, _ := us.command("report", "close", id); code != exit.NotFound {
			t.Errorf("closed twice: exit %d", code)
		}
		_, replies := us.command("reply", "list", "--status", "shown")
		if code, said := us.command("report", "send", strings.Fields(replies)[0], "--why", "spam"); code != exit.OK {
			t.Fatalf("report send: exit %d %s", code, said)
		}
		eventually(t, "the Flag", func() bool { return farm.arrived("Flag") == 1 })
	})
}
