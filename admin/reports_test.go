package admin_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// report has the server of somebody report the post, with words that nobody wants to run.
func (f *fixture) report() database.ID {
	f.t.Helper()
	mod := f.fedi.Person("mod", "far.example")
	f.accepted(mod.Post(ids.ActorInbox(f.blog), map[string]any{
		"id": mod.ID + "#flag", "type": "Flag", "actor": mod.ID, "content": hostileText, "object": []any{f.blog.ActorID(), ids.PostID(f.blog, f.post.ID)},
	}))
	reports, err := moderation.Reports(f.t.Context(), f.db, false, 0, 10)
	f.must(err)
	if len(reports) != 1 {
		f.t.Fatalf("%d reports wait", len(reports))
	}
	return reports[0].ID
}

func TestReportWaitsUntilItIsDealtWith(t *testing.T) {
	db := databasetest.Open(t)
	f := newFixture(t, db)
	b := newBrowser(t, db)
	id := f.report()
	button := "/admin/reports/" + id.String() + "/close"
	if got := b.press(button).Code; got != http.StatusUnauthorized {
		t.Errorf("without a session: %d", got)
	}
	b.signIn()
	b.sees("Reports from other servers (1)", "https://far.example/users/mod", ids.PostID(f.blog, f.post.ID))
	if page := b.get("/admin/").Body.String(); strings.Contains(page, hostileText) {
		t.Error("the reason is on the page as it came")
	}
	for _, want := range []string{"/admin/?done=closed#reports", "/admin/?done=no-report#reports"} {
		if got := b.press(button).Header().Get("Location"); got != want {
			t.Errorf("to %q, want %q", got, want)
		}
	}
	if page := b.get("/admin/?done=closed").Body.String(); strings.Contains(page, "Reports from other servers") || !strings.Contains(page, "dealt with") {
		t.Errorf("page: %s", page)
	}
	if got := b.press("/admin/reports/nonsense/close").Code; got != http.StatusNotFound {
		t.Errorf("no id: %d", got)
	}
}
