package admin_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestApprovedReplyIsShown(t *testing.T) {
	db := databasetest.Open(t)
	f := newFixture(t, db)
	b := newBrowser(t, db).signIn()
	b.sees("A fine leaf", "@eve@far.example", "(1)")
	if n := f.shown(); n != 0 {
		t.Fatalf("%d replies are shown before", n)
	}
	answer := b.press("/admin/replies/" + f.reply.String() + "/approve")
	if answer.Code != http.StatusSeeOther || answer.Header().Get("Location") != "/admin/?done=approved" {
		t.Fatalf("approve: %d to %q", answer.Code, answer.Header().Get("Location"))
	}
	if n := f.shown(); n != 1 {
		t.Errorf("%d replies are shown after", n)
	}
	page := b.get("/admin/?done=approved").Body.String()
	if strings.Contains(page, "A fine leaf") || !strings.Contains(page, "Approved.") {
		t.Errorf("page: %s", page)
	}
}

func TestHiddenReplyIsNotShownAndNoLongerWaits(t *testing.T) {
	db := databasetest.Open(t)
	f := newFixture(t, db)
	b := newBrowser(t, db).signIn()
	if answer := b.press("/admin/replies/" + f.reply.String() + "/hide"); answer.Header().Get("Location") != "/admin/?done=hidden" {
		t.Fatalf("hide: %d to %q", answer.Code, answer.Header().Get("Location"))
	}
	if f.shown() != 0 || f.status() != "hidden" {
		t.Errorf("%d shown, the reply is %s", f.shown(), f.status())
	}
	b.sees("Nothing waits")
}

func TestDecisionNeedsASessionAndAReply(t *testing.T) {
	db := databasetest.Open(t)
	f := newFixture(t, db)
	b := newBrowser(t, db)
	approve := "/admin/replies/" + f.reply.String() + "/approve"
	if got := b.press(approve).Code; got != http.StatusUnauthorized || f.status() != "held" {
		t.Errorf("without a session: %d, the reply is %s", got, f.status())
	}
	b.signIn()
	unknown := database.ID(5 << 40).String()
	if answer := b.press("/admin/replies/" + unknown + "/approve"); answer.Header().Get("Location") != "/admin/?done=gone" {
		t.Errorf("unknown reply: %d to %q", answer.Code, answer.Header().Get("Location"))
	}
	for _, path := range []string{"/admin/replies/1%20OR%201/approve", "/admin/replies/" + f.reply.String() + "/explode"} {
		if got := b.press(path).Code; got != http.StatusNotFound {
			t.Errorf("%s: %d", path, got)
		}
	}
	if got := b.get(approve).Code; got != http.StatusMethodNotAllowed || f.status() != "held" {
		t.Errorf("GET: %d, the reply is %s", got, f.status())
	}
}

func TestPageSaysWhatDoesNotWorkAndWhy(t *testing.T) {
	db := databasetest.Open(t)
	newFixture(t, db)
	b := newBrowser(t, db).signIn()
	b.sees("@tea@blog.example", "answered 503", "(2 times in a row)", "5 Jan 2026, 08:00 UTC", "slow.example", "bad gateway", "Accept", "1 pending")
	if page := b.get("/admin/").Body.String(); strings.Count(page, "bad gateway") != 1 {
		t.Error("why a server was not reached is given as its own words too")
	}
}

func TestHostileTextsAreHarmless(t *testing.T) {
	db := databasetest.Open(t)
	newFixture(t, db)
	page := newBrowser(t, db).signIn().get("/admin/?done=%3Cscript%3E").Body.String()
	for _, bad := range []string{"<script", `href="javascript:`, "<b>picture"} {
		if strings.Contains(page, bad) {
			t.Errorf("%q in %s", bad, page)
		}
	}
	if n := strings.Count(page, "&lt;script&gt;alert"); n < 6 {
		t.Errorf("only %d hostile texts are on the page: %s", n, page)
	}
}

func TestEmptyPageSaysWhatToDo(t *testing.T) {
	newBrowser(t, databasetest.Open(t)).signIn().sees("Nothing waits", "bloghorn blog add", "None fails")
}
