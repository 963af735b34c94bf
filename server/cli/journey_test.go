package cli

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/exit"
)

const public = "https://www.w3.org/ns/activitystreams#Public"

// reply is a Create of a Note by person.
func reply(person, slug, inReplyTo, html string, to ...string) map[string]any {
	note := person + "/notes/" + slug
	return map[string]any{
		"id": note + "/create", "type": "Create",
		"object": map[string]any{
			"id": note, "type": "Note", "attributedTo": person, "inReplyTo": inReplyTo, "content": html, "to": to,
			"published": time.Now().UTC().Format(time.RFC3339),
		},
	}
}

// send does a request and returns status and body.
func send(t *testing.T, r *http.Request) (int, string) {
	t.Helper()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// startWith runs the program beside a farm it may talk to.
func startWith(t *testing.T, databaseURL string, farm *farm, change func(*config.Settings)) *running {
	t.Helper()
	return start(t, databaseURL, func(s *config.Settings) {
		s.Federation.AllowPrivate = farm.addresses()
		if change != nil {
			change(s)
		}
	})
}

// command runs a command line against the same database, as an operator would beside the running server.
func (r *running) command(args ...string) (code int, said string) {
	r.t.Helper()
	var out bytes.Buffer
	s := r.Settings
	code = run(r.world.Within(r.t.Context()), append(args, "--database-url", s.Database.URL, "--data-dir", s.DataDir, "--public-url", s.PublicURL), &out, &out)
	return code, out.String()
}

func TestHeldReplyIsSeenOnlyAfterApproval(t *testing.T) {
	t.Parallel()
	databasetest.EachURL(t, func(t *testing.T, databaseURL string) {
		farm := newFarm(t, 1, 2)
		us := startWith(t, databaseURL, farm, func(s *config.Settings) { s.Moderation.Unknown = "hold" })
		page := us.feed.publish("tea", "On tea", "<p>Four minutes.</p>")
		article, person := us.postID(page), farm.people[0]
		if status, body := send(t, farm.signed(person, us.base+"/inbox", reply(person, "1", article, "<p>Three for me.\u202e</p>", public))); status != http.StatusAccepted {
			t.Fatalf("the reply was answered %d %s", status, body)
		}
		if thread := us.comments(page); thread.Counts.Replies != 0 || len(thread.Items) != 0 {
			t.Fatalf("a held reply is public: %+v", thread)
		}
		_, list := us.command("reply", "list")
		if !strings.Contains(list, "Three for me.") || strings.ContainsRune(list, '\u202e') {
			t.Fatalf("reply list says %q", list)
		}
		id := strings.Fields(list)[0]
		if code, said := us.command("reply", "approve", id); code != exit.OK || us.comments(page).Counts.Replies != 1 {
			t.Errorf("approve: exit %d %s, thread %+v", code, said, us.comments(page))
		}
		send(t, farm.signed(person, us.base+"/inbox", reply(person, "2", article, "<p>Known by now.</p>", public)))
		if n := us.comments(page).Counts.Replies; n != 2 {
			t.Errorf("%d replies, want the second of a known person shown at once", n)
		}
		if code, said := us.command("reply", "hide", id, "--why", "a test"); code != exit.OK || us.comments(page).Counts.Replies != 1 {
			t.Errorf("hide: exit %d %s, thread %+v", code, said, us.comments(page))
		}
		if code, said := us.command("reply", "log"); code != exit.OK || !strings.Contains(said, "hide") || !strings.Contains(said, "a test") {
			t.Errorf("log: exit %d %s", code, said)
		}
	})
}

func TestBlockHoldsAtOnce(t *testing.T) {
	t.Parallel()
	databasetest.EachURL(t, func(t *testing.T, databaseURL string) {
		farm := newFarm(t, 2, 1)
		us := startWith(t, databaseURL, farm, nil)
		page := us.feed.publish("tea", "On tea", "<p>Four minutes.</p>")
		article, mean := us.postID(page), farm.people[0]
		farm.allFollow(us.blog.ActorID())
		send(t, farm.signed(mean, us.base+"/inbox", reply(mean, "1", article, "<p>Bah.</p>", public)))
		if n := us.comments(page).Counts.Replies; n != 1 {
			t.Fatalf("%d replies before the block", n)
		}
		if code, said := us.command("block", "add", mean, "--why", "a test"); code != exit.OK {
			t.Fatalf("block add: exit %d %s", code, said)
		}
		if _, said := us.command("block", "list"); !strings.Contains(said, mean) || !strings.Contains(said, "a test") {
			t.Errorf("block list says %s", said)
		}
		if n := us.comments(page).Counts.Replies; n != 0 {
			t.Errorf("%d replies after the block", n)
		}
		if n := document(t, us.blog.ActorID()+"/followers")["totalItems"]; n != 1.0 {
			t.Errorf("followers say %v, want the other one alone", n)
		}
		if status, _ := send(t, farm.signed(mean, us.base+"/inbox", reply(mean, "2", article, "<p>Bah!</p>", public))); status != http.StatusForbidden {
			t.Errorf("the blocked one was answered %d", status)
		}
	})
}

// TestAttacksChangeNothing sends what must be refused and then the same thing done right, so that a refusal for another
// reason cannot hide.
func TestAttacksChangeNothing(t *testing.T) {
	t.Parallel()
	databasetest.EachURL(t, func(t *testing.T, databaseURL string) {
		farm := newFarm(t, 2, 1)
		us := startWith(t, databaseURL, farm, nil)
		page := us.feed.publish("tea", "On tea", "<p>Four minutes.</p>")
		article, ada, eve := us.postID(page), farm.people[0], farm.people[1]
		inbox := us.base + "/inbox"
		send(t, farm.signed(ada, inbox, reply(ada, "1", article, "<p>Three for me.</p>", public)))

		swapped := farm.signed(eve, inbox, reply(eve, "swapped", article, "<p>Signed.</p>", public))
		swapped.Body = io.NopCloser(strings.NewReader(strings.Repeat(" ", int(swapped.ContentLength))))
		old := farm.signed(eve, inbox, reply(eve, "old", article, "<p>From 1994.</p>", public))
		old.Header.Set("Date", "Tue, 15 Nov 1994 08:12:31 GMT")
		foreign := farm.signed(ada, inbox, reply(eve, "foreign", article, "<p>Not mine.</p>", public)) // ada's key, eve's note
		theirs := farm.signed(eve, inbox, map[string]any{"id": eve + "/delete", "type": "Delete", "object": ada + "/notes/1"})
		private := farm.signed(eve, inbox, reply(eve, "private", article, "<p>geheim</p>", us.blog.ActorID()))
		large := farm.signed(eve, inbox, reply(eve, "large", article, strings.Repeat("a", 1<<20), public))
		wrongType := farm.signed(eve, inbox, reply(eve, "type", article, "<p>Text.</p>", public))
		wrongType.Header.Set("Content-Type", "text/plain")
		for name, c := range map[string]struct {
			request *http.Request
			allowed string
		}{
			"swapped body": {swapped, "400 401"}, "date of 1994": {old, "401"}, "foreign note": {foreign, "401 403"}, "delete of somebody else's": {theirs, "202 403"},
			"private reply": {private, "202"}, "over 1 MiB": {large, "413"}, "wrong content type": {wrongType, "415"},
		} {
			if status, body := send(t, c.request); !strings.Contains(c.allowed, fmt.Sprint(status)) {
				t.Errorf("%s: answered %d %s, want %s", name, status, body, c.allowed)
			}
		}
		if thread := us.comments(page); thread.Counts.Replies != 1 || thread.Items[0].Text != "Three for me." {
			t.Errorf("an attack changed the thread to %+v", thread)
		}
		for _, path := range []string{"/comments?url=" + page, "/thread?url=" + page, "/api/v1/comments?url=" + page, "/posts/" + article[len(us.base+"/posts/"):] + "/replies?page=1"} {
			if _, _, body := fetch(t, us.base+path, "*/*"); strings.Contains(body, "geheim") || strings.Contains(body, "/notes/private") {
				t.Errorf("%s tells of the private reply", path)
			}
		}
		if status, body := send(t, farm.signed(eve, inbox, reply(eve, "right", article, "<p>Four, of course.</p>", public))); status != http.StatusAccepted || us.comments(page).Counts.Replies != 2 {
			t.Errorf("an honest reply was answered %d %s: %+v", status, body, us.comments(page))
		}
	})
}

// TestFullDiskLosesNothing lets SQLite run out of pages: the sender is told to try again, and what was there stays readable.
func TestFullDiskLosesNothing(t *testing.T) {
	t.Parallel()
	farm := newFarm(t, 1, 1)
	us := startWith(t, "sqlite:"+t.TempDir()+"/full.db", farm, nil)
	page := us.feed.publish("tea", "On tea", "<p>Four minutes.</p>")
	article, person := us.postID(page), farm.people[0]
	send(t, farm.signed(person, us.base+"/inbox", reply(person, "1", article, "<p>First.</p>", public)))
	limitPages(t, us, 1) // SQLite takes the present size where that is larger
	activity := func() map[string]any {
		return reply(person, "2", article, "<p>"+strings.Repeat("tea ", 20_000)+"</p>", public)
	}
	if status, body := send(t, farm.signed(person, us.base+"/inbox", activity())); status != http.StatusServiceUnavailable {
		t.Errorf("on a full disk a reply was answered %d %s", status, body)
	}
	if thread := us.comments(page); thread.Counts.Replies != 1 {
		t.Errorf("after the full disk: %+v", thread)
	}
	limitPages(t, us, 1<<30)
	if status, body := send(t, farm.signed(person, us.base+"/inbox", activity())); status != http.StatusAccepted || us.comments(page).Counts.Replies != 2 {
		t.Errorf("with room again it was answered %d %s", status, body)
	}
}

func limitPages(t *testing.T, us *running, pages int) {
	t.Helper()
	if _, err := us.DB.Exec(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages)); err != nil {
		t.Fatal(err)
	}
}
