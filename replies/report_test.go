package replies_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/web"
)

func TestReportsAreKeptForTheOwnerAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, server := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("actor", "meadow.example")
		reply := w.accepted(ada.Reply(w.teaID, "one"))
		w.accepted(server.Post(shared, map[string]any{
			"id": "https://meadow.example/flags/1", "type": "Flag", "actor": server.ID, "content": "<b>Rude</b>" + strings.Repeat("ü", 9000),
			"object": []any{w.blog.ActorID(), w.teaID, reply.ObjectID, "https://elsewhere.example/1", 7, nil, w.teaID},
		}))
		w.accepted(server.Post(shared, map[string]any{
			"id": "https://meadow.example/flags/2", "type": "Flag", "actor": server.ID, "object": "https://elsewhere.example/1",
		}))
		open, err := moderation.Reports(t.Context(), w.db, false, 0, 10)
		w.must(err)
		if len(open) != 1 || open[0].BlogID != w.blog.ID || open[0].Actor != server.ID || len(open[0].Objects) != 3 ||
			len([]rune(open[0].Reason)) != 5000 || !strings.HasPrefix(open[0].Reason, "Rudeü") {
			t.Fatalf("%+v", open)
		}
		w.must(moderation.CloseReport(t.Context(), w.db, open[0].ID, "sam", w.clock()))
		if err := moderation.CloseReport(t.Context(), w.db, open[0].ID, "sam", w.clock()); !errors.Is(err, web.ErrNotFound) {
			t.Errorf("closed twice: %v", err)
		}
		one, err := moderation.ReportByID(t.Context(), w.db, open[0].ID)
		w.must(err)
		closed, err := moderation.Reports(t.Context(), w.db, true, 0, 10)
		w.must(err)
		if len(closed) != 1 || one.ClosedBy != "sam" {
			t.Errorf("%+v, %+v", closed, one)
		}
		w.expect("ada: one")
	})
}

func TestReportsOfOneServerAreBounded(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		server, other := w.fedi.Person("actor", "meadow.example"), w.fedi.Person("actor", "pasture.example")
		flag := func(n int) map[string]any {
			return map[string]any{"id": fmt.Sprint("https://meadow.example/flags/", n), "type": "Flag", "actor": server.ID, "object": w.teaID}
		}
		for n := range 105 {
			w.accepted(server.Post(shared, flag(n)))
		}
		w.accepted(other.Post(shared, map[string]any{"id": "https://pasture.example/1", "type": "Flag", "actor": other.ID, "object": []any{w.teaID}}))
		if n := w.count("SELECT COUNT(*) FROM reports"); n != 101 {
			t.Errorf("%d reports", n)
		}
		w.pass(25 * time.Hour)
		w.accepted(server.Post(shared, flag(200)))
		if n := w.count("SELECT COUNT(*) FROM reports"); n != 102 {
			t.Errorf("%d reports a day later", n)
		}
		w.answered(other.Post(shared, map[string]any{"id": "https://meadow.example/2", "type": "Flag", "actor": other.ID, "object": w.teaID}), 403)
	})
}

// TestReportsOfOneSiteAreBounded has a wildcard domain make up a server for each report.
func TestReportsOfOneSiteAreBounded(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for n := range bounds.ReportsPerDay + 10 {
			app := w.fedi.Person("app", fmt.Sprintf("n%d.wild.example", n))
			w.accepted(app.Post(shared, map[string]any{"id": app.ID + "#flag", "type": "Flag", "actor": app.ID, "object": w.teaID}))
		}
		if n := w.count("SELECT COUNT(*) FROM reports"); n != bounds.ReportsPerDay {
			t.Errorf("%d reports of one site in a day", n)
		}
	})
}

func TestReplyIsReportedToItsServerOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		eve := w.fedi.Person("eve", "evil.example")
		reply := w.accepted(eve.Reply(w.teaID, "buy"))
		id := w.thread().Items[0].ID
		host, err := moderation.SendReport(t.Context(), w.db, base, id, "sam", "spam", w.clock())
		w.must(err)
		flag := w.sent("Flag")[0]
		if objects := flag.Refs("object"); host != "evil.example" || flag.Ref("actor") != base+"/actor" || flag.String("content") != "spam" ||
			len(objects) != 2 || objects[0] != eve.ID || objects[1] != reply.ObjectID || flag.Ref("to") != eve.ID {
			t.Errorf("to %s: %v", host, flag)
		}
		if _, err := moderation.SendReport(t.Context(), w.db, base, id, "sam", "spam", w.clock()); !errors.Is(err, web.ErrTooMany) {
			t.Errorf("reported twice: %v", err)
		}
		if _, err := moderation.SendReport(t.Context(), w.db, base, id+1, "sam", "spam", w.clock()); !errors.Is(err, web.ErrNotFound) {
			t.Errorf("nothing reported: %v", err)
		}
		w.block(0, moderation.BlockDomain, "evil.example") // what mostly comes next
		if n := w.queued("Flag"); n != 1 {
			t.Errorf("%d reports wait", n)
		}
		if n := w.count("SELECT COUNT(*) FROM decisions WHERE what = 'report'"); n != 1 {
			t.Errorf("%d decisions", n)
		}
	})
}
