package replies_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/replies/inbox"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// TestStrangersFillNoMoreThanTheirShare has actors of one site send five replies of 62 KB each, as
// a red team did with 400 of them.
func TestStrangersFillNoMoreThanTheirShare(t *testing.T) {
	onSQLite(t, func(t *testing.T, w *world) {
		w.inbox.UnknownShow = false
		text, statuses, mine := strings.Repeat("x", 62_000), map[int]int{}, map[int]int{}
		for n := range costtest.Pick(20, 400) {
			eve := w.fedi.Person(fmt.Sprintf("eve%d", n), fmt.Sprintf("s%d.evil.example", n))
			for i := range 5 {
				sent := eve.Reply(w.teaID, text)
				statuses[sent.Status]++
				if n == 0 {
					mine[i] = sent.Status
				}
			}
		}
		kept := w.count("SELECT SUM(LENGTH(html)) FROM replies")
		t.Logf("%v: %d KB are kept", statuses, kept>>10)
		if kept > bounds.HeldBytesPerSite || mine[3] != 202 || mine[4] != 429 || w.count("SELECT SUM(size) FROM replies") < kept {
			t.Errorf("%d bytes of one site are kept, and of the first person's replies %v", kept, mine)
		}
		w.accepted(w.fedi.Person("ada", "pasture.example").Reply(w.teaID, "honest"))
	})
}

// TestNewcomersOfALargeServerAreHeldAllOfThem: a popular post, and 300 people of one server who
// each reply once or twice.
func TestNewcomersOfALargeServerAreHeldAllOfThem(t *testing.T) {
	onSQLite(t, func(t *testing.T, w *world) {
		w.inbox.UnknownShow = false
		w.inbox.NewWords = quota(w, bounds.NewWordsPerPerson, bounds.NewWordsPerSite)
		w.inbox.Activities = quota(w, bounds.ActivitiesPerPerson, bounds.ActivitiesPerSite)
		for n := range 300 {
			p := w.fedi.Person(fmt.Sprintf("p%d", n), "mastodon.example")
			for range 1 + n%2 {
				w.accepted(p.Reply(w.teaID, strings.Repeat("An honest word. ", 30)))
			}
		}
		if n := w.count("SELECT COUNT(*) FROM replies WHERE status = 'held'"); n != 450 {
			t.Errorf("%d are held", n)
		}
	})
}

func quota(w *world, person, site bounds.Rate) inbox.Quota {
	return inbox.Quota{Person: &web.Limiter{Rate: person, Now: w.clock}, Site: web.NewShare(site, w.clock)}
}

// copies multiplies the only reply: as many more as are asked for, of other people of its site or
// of others.
func (w *world) copies(n int, site string, size int) {
	w.t.Helper()
	_, err := w.db.Exec(w.t.Context(), `
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
INSERT INTO replies (id, blog_id, post_id, parent_id, root_id, root_at, sort_at, object_hash, object_uri, url, author_id, html, cw, language, attachments, content_hash,
	visibility, status, published_at, edited_at, received_at, approved_at, site, size)
SELECT id - 1000000 - i, blog_id, post_id, 0, id - 1000000 - i, root_at, sort_at, randomblob(32), object_uri || '/' || i, '', 1000 + i, '', '', '', '[]', content_hash,
	visibility, status, published_at, edited_at, received_at, 0, CASE WHEN ? = '' THEN 's' || i || '.example' ELSE ? END, ?
FROM replies, n
WHERE replies.id = (SELECT MIN(id) FROM replies)`, n, site, site, size)
	w.must(err)
}

func TestWhatWaitsIsBoundedBySiteAndInAll(t *testing.T) {
	for name, test := range map[string]struct {
		copies, size int
		site         string
		ada, cleo    int // of the same site, of another
	}{
		"one less of a site":        {bounds.HeldPerSite - 2, 10, "pasture.example", 202, 202},
		"a site's number":           {bounds.HeldPerSite - 1, 10, "pasture.example", 429, 202},
		"a site's bytes":            {1, bounds.HeldBytesPerSite, "pasture.example", 429, 202},
		"a server below the domain": {1, bounds.HeldBytesPerSite, "pasture.example", 429, 202},
		"everybody's number":        {bounds.HeldPerBlog - 1, 10, "", 429, 429},
		"one less of everybody":     {bounds.HeldPerBlog - 3, 10, "", 202, 202},
		"everybody's bytes":         {16, bounds.HeldBytesPerBlog / 16, "", 429, 429},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onSQLite(t, func(t *testing.T, w *world) {
				w.inbox.UnknownShow = false
				w.accepted(w.fedi.Person("bob", "pasture.example").Reply(w.teaID, "first"))
				w.copies(test.copies, test.site, test.size)
				w.answered(w.fedi.Person("ada", "b.pasture.example").Reply(w.teaID, "second"), test.ada)
				w.answered(w.fedi.Person("cleo", "meadow.example").Reply(w.teaID, "third"), test.cleo)
				w.inbox.UnknownShow = true // whoever may speak is not in that queue
				w.accepted(w.fedi.Person("dora", "pasture.example").Reply(w.teaID, "fourth"))
			})
		})
	}
}

// Names of sites are free where everybody may have one below a shared domain.
func TestAFewSitesCannotKeepAllOthersOutOfTheQueue(t *testing.T) {
	t.Run("by number", func(t *testing.T) {
		t.Parallel()
		onSQLite(t, func(t *testing.T, w *world) {
			checkLastQuarter(w, func() { w.copies(bounds.HeldPerBlog*3/4-1, "evil.example", 10) })
		})
	})
	t.Run("by text", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, w *world) {
			checkLastQuarter(w, func() { w.must(w.exec(`UPDATE replies SET size = ?`, bounds.HeldBytesPerBlog*3/4)) })
		})
	})
}

func checkLastQuarter(w *world, fill func()) {
	w.t.Helper()
	w.inbox.UnknownShow = false
	var log strings.Builder
	w.inbox.Log = slog.New(slog.NewTextHandler(&log, nil))
	mallory := w.fedi.Person("mallory", "evil.example")
	w.accepted(mallory.Reply(w.teaID, "first"))
	if crowds, err := moderation.Crowds(w.t.Context(), w.db); err != nil || len(crowds) != 0 {
		w.t.Errorf("%v, %v", crowds, err)
	}
	fill()
	for _, site := range []string{"evil.example", "evil2.example"} {
		w.must(w.exec(`UPDATE replies SET site = ?`, site))
		w.answered(w.fedi.Person("moe", site).Reply(w.teaID, "second"), 429)
	}
	for i := range bounds.HeldLastPerSite {
		w.accepted(w.fedi.Person(fmt.Sprint("ada", i), "pasture.example").Reply(w.teaID, "An honest word."))
	}
	w.answered(w.fedi.Person("cleo", "pasture.example").Reply(w.teaID, "one too many"), 429)
	w.accepted(w.fedi.Person("dora", "meadow.example").Reply(w.teaID, "first"))
	w.must(w.exec(`UPDATE replies SET size = ? WHERE site = 'meadow.example'`, bounds.HeldLastBytesPerSite))
	w.answered(w.fedi.Person("dora", "meadow.example").Reply(w.teaID, "after a long one"), 429)

	crowds, err := moderation.Crowds(w.t.Context(), w.db)
	if err != nil || len(crowds) != 1 || len(crowds[0].Sites) != 3 || crowds[0].Sites[0].Site != "evil2.example" {
		w.t.Errorf("%+v, %v", crowds, err)
	}
	if n := strings.Count(log.String(), "bloghorn block add"); n != 1 {
		w.t.Errorf("the owner is told %d times: %s", n, log.String())
	}
}

func TestBytesOfOnePersonAreBoundedAlsoWhenTheyEdit(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.inbox.UnknownShow = false
		eve, text := w.fedi.Person("eve", "evil.example"), strings.Repeat("x", 50_000)
		var sent []*fediversetest.Sent
		for range bounds.HeldBytesPerPerson / 50_000 {
			sent = append(sent, w.accepted(eve.Reply(w.teaID, text)))
		}
		w.answered(eve.Reply(w.teaID, text), 429)
		w.accepted(eve.Edit(sent[0], text+"y")) // what it had is not counted again
		w.accepted(eve.Edit(sent[1], text+strings.Repeat("y", 10_000)))
		w.answered(eve.Edit(sent[2], text+strings.Repeat("y", 10_000)), 429)
		w.accepted(eve.Edit(sent[1], text))
		w.must(w.hide(w.held()[0].ID))
		w.accepted(eve.Reply(w.teaID, text))
	})
}

// TestEditsOfHiddenRepliesAreBounded: nobody sees them, and no moderator is asked about them again.
func TestEditsOfHiddenRepliesAreBounded(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.inbox.UnknownShow = false
		eve, text := w.fedi.Person("eve", "evil.example"), strings.Repeat("x", 50_000)
		var sent []*fediversetest.Sent
		for n := range bounds.HeldBytesPerPerson/50_000 + 1 {
			sent = append(sent, w.accepted(eve.Reply(w.teaID, fmt.Sprint(n))))
		}
		for _, held := range w.held() {
			w.must(w.hide(held.ID))
		}
		until := w.count("SELECT MIN(let_go_at) FROM replies")
		w.pass(time.Hour)
		for _, one := range sent[1:] {
			w.accepted(eve.Edit(one, text))
		}
		w.answered(eve.Edit(sent[0], text), 429)
		w.accepted(eve.Edit(sent[1], "shorter"))
		w.accepted(eve.Edit(sent[0], text))
		if n := w.count("SELECT COUNT(*) FROM replies WHERE status = 'hidden' AND let_go_at = ?", until); n != len(sent) {
			t.Errorf("of %d hidden texts, %d go when they would have gone", len(sent), n)
		}
		w.runExpiry(bounds.HiddenFor, "they go", func() bool { return w.count("SELECT COUNT(*) FROM replies WHERE size > 0") == 0 })
		w.accepted(eve.Edit(sent[2], text)) // rows without a text take up no room
	})
}

func TestWhoDeletesAgainAndAgainLeavesFewRows(t *testing.T) {
	onSQLite(t, func(t *testing.T, w *world) {
		w.inbox.UnknownShow = false
		w.inbox.NewWords = quota(w, bounds.NewWordsPerPerson, bounds.NewWordsPerSite)
		eve := w.fedi.Person("eve", "evil.example")
		for range bounds.NewWordsPerPerson.Burst {
			w.accepted(eve.Delete(w.accepted(eve.Reply(w.teaID, "x"))))
		}
		w.answered(eve.Reply(w.teaID, "x"), 429)
		w.accepted(w.fedi.Person("ada", "evil.example").Reply(w.teaID, "another person"))
		w.inbox.NewWords.Site.Burst = 1
		w.accepted(w.fedi.Person("bob", "pasture.example").Reply(w.teaID, "first"))
		w.answered(w.fedi.Person("cleo", "b.pasture.example").Reply(w.teaID, "second of the site"), 429)
		w.pass(bounds.NewWordsPerPerson.Every)
		w.accepted(eve.Reply(w.teaID, "x"))
	})
}

func TestActivitiesOfOnePersonAndSiteAreBounded(t *testing.T) {
	onSQLite(t, func(t *testing.T, w *world) {
		w.inbox.Activities = quota(w, bounds.ActivitiesPerPerson, bounds.ActivitiesPerSite)
		w.inbox.Activities.Person.Burst, w.inbox.Activities.Site.Burst = 3, 5
		eve, bob := w.fedi.Person("eve", "evil.example"), w.fedi.Person("bob", "b.evil.example")
		for range 3 {
			w.accepted(eve.Like("https://elsewhere.example/1", to(shared)))
		}
		w.answered(eve.Like(w.teaID), 429)
		w.accepted(bob.Like(w.teaID))
		w.accepted(bob.Boost(w.teaID))
		w.answered(bob.Undo(bob.Like(w.teaID, away), to(shared)), 429)
		w.accepted(w.fedi.Person("ada", "pasture.example").Like(w.teaID))
		w.pass(bounds.ActivitiesPerPerson.Every)
		w.accepted(eve.Like(w.teaID))
	})
}

// runExpiry lets the loop tidy up once, after some time.
func (w *world) runExpiry(after time.Duration, what string, gone func() bool) {
	w.t.Helper()
	w.pass(after)
	w.runUntil(what, gone)
}

func TestTextsThatNobodyShowsGo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		shown := w.accepted(ada.Reply(w.teaID, "shown"))
		hidden := w.accepted(ada.Reply(w.teaID, "hidden words", with("attachment", []any{map[string]any{"type": "Image", "url": "https://pasture.example/1.png"}})))
		w.inbox.UnknownShow = false
		bob := w.fedi.Person("bob", "meadow.example")
		waited := w.accepted(bob.Reply(hidden.ObjectID, "held words"))
		id, held := w.thread().Items[1].ID, w.held()[0].ID
		w.must(w.hide(id))
		w.pass(time.Minute)
		w.must(w.approve(id))
		w.must(w.hide(id))
		text := func(of string) int { return w.count("SELECT COUNT(*) FROM replies WHERE html LIKE ?", "%"+of+"%") }
		version := w.thread().Version
		w.runExpiry(bounds.HiddenFor-time.Hour, "a round", func() bool { return true })
		if text("hidden words") != 1 {
			t.Error("the text went before its time")
		}
		w.runExpiry(2*time.Hour, "the hidden text goes", func() bool { return text("hidden words") == 0 })
		if text("held words") != 1 || text("shown") != 1 {
			t.Error("the text of what waits or is shown went, too")
		}
		w.runExpiry(bounds.HeldFor-bounds.HiddenFor, "the held text goes", func() bool { return text("held words") == 0 })
		for id, status := range map[database.ID]string{id: thread.Hidden, held: thread.Expired} {
			if n := w.count("SELECT COUNT(*) FROM replies WHERE id = ? AND status = ? AND size = 0 AND attachments = '[]' AND let_go_at IS NULL", id, status); n != 1 {
				t.Errorf("%s is not %s without a text", id, status)
			}
		}
		w.expect("ada: shown")
		if got := w.thread().Version; got != version || len(w.held()) != 0 {
			t.Errorf("version %d after %d, %d are held", got, version, len(w.held()))
		}
		// The decision can be taken back no more, and says so; the author's next words come back
		// for one.
		if err := w.approve(id); !errors.Is(err, web.ErrGone) || !strings.Contains(err.Error(), hidden.ObjectID) {
			t.Errorf("approve: %v", err)
		}
		w.must(w.hide(id))
		w.accepted(ada.Post(shared, hidden.Activity)) // the same again does not bring it back
		w.expect("ada: shown")
		w.accepted(ada.Edit(hidden, "new words"))
		w.must(w.approve(id))
		w.expect("ada: shown", "ada: new words")
		w.accepted(ada.Edit(shown, "shown, edited"))
		if err := w.approve(held); !errors.Is(err, web.ErrGone) {
			t.Errorf("approve what has expired: %v", err)
		}
		w.accepted(bob.Edit(waited, "more words"))
		if again := w.held(); len(again) != 1 || again[0].ID != held {
			t.Fatalf("%+v are held", again)
		}
		w.must(w.approve(held))
		w.expect("ada: shown, edited", "ada: new words", "  bob: more words")
	})
}

func TestLargeActivityThatWaitsIsAskedForAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		one := ada.Reply(w.teaID, "one", away)
		w.accepted(bob.Reply(one.ObjectID, strings.Repeat("long ", bounds.WaitingBody/5), to(shared)))
		w.accepted(bob.Reply(one.ObjectID, strings.Repeat("short ", 100), to(shared))) // the honest case is kept
		if most := w.count("SELECT MAX(LENGTH(body)) FROM received"); most > 4096 {
			t.Errorf("%d bytes wait", most)
		}
		w.work()
		if items := w.thread().Items; len(items) != 3 || w.count("SELECT COUNT(*) FROM received WHERE body IS NOT NULL") != 0 {
			t.Errorf("%d items: %s", len(items), w.verdicts())
		}
	})
}

func TestJournalForgetsSoonerWhatHadNoEffect(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.accepted(ada.Like("https://elsewhere.example/1", to(shared), with("id", "https://pasture.example/"+strings.Repeat("x", 2000))))
		w.accepted(ada.Like(w.teaID))
		if most := w.count("SELECT MAX(LENGTH(uri)) FROM received"); most > 500 {
			t.Errorf("an id of %d bytes is journalled", most)
		}
		w.runExpiry(8*24*time.Hour, "what was dropped is forgotten", func() bool { return w.count("SELECT COUNT(*) FROM received WHERE state = 'dropped'") == 0 })
		if n := w.count("SELECT COUNT(*) FROM received WHERE state = 'done'"); n != 1 {
			t.Errorf("%d rows of what had an effect", n)
		}
		w.expectCounts(thread.Counts{Likes: 1})
	})
}

func TestReportsAndQuotesAreBounded(t *testing.T) {
	onSQLite(t, func(t *testing.T, w *world) {
		server, ada := w.fedi.Person("actor", "meadow.example"), w.fedi.Person("ada", "pasture.example")
		report := func(n int) string {
			w.accepted(server.Post(shared, map[string]any{
				"id": fmt.Sprint("https://meadow.example/flags/", n), "type": "Flag", "actor": server.ID, "object": w.teaID,
			}))
			return w.lastVerdict()
		}
		many := func(n int, insert string) {
			_, err := w.db.Exec(t.Context(), "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "+insert, n)
			w.must(err)
		}
		many(bounds.ReportsOpen-1, `
INSERT INTO reports (id, blog_id, site, actor_uri, objects, reason, created_at, closed_at, closed_by)
SELECT i, 1, 's' || i, '', '[]', '', `+fmt.Sprint(start.UnixMilli())+`, 0, '' FROM n`)
		if got := report(1); got != "Flag done: reported" {
			t.Error(got)
		}
		if got := report(2); !strings.Contains(got, "wait already") {
			t.Error(got)
		}
		many(bounds.QuotesPerPerson-1, `
INSERT INTO quotes (id, blog_id, post_id, instrument_hash, instrument_uri, actor_hash, actor_uri, created_at, revoked_at)
SELECT i, `+fmt.Sprint(int64(w.blog.ID))+`, 'x', randomblob(32), '', x'`+database.Hash(ada.ID).String()+`', '', 0, 0 FROM n`)
		w.accepted(w.ask(ada, "1", w.quoteOf(ada, "1")))
		w.accepted(w.ask(ada, "2", w.quoteOf(ada, "2")))
		if got := w.verdicts(); !strings.Contains(strings.Join(got, "\n"), "may quote") || !strings.Contains(got[len(got)-1], "may quote 500 things already") {
			t.Errorf("%q", got)
		}
		w.runExpiry(bounds.ReportsFor+time.Hour, "the reports go", func() bool { return w.count("SELECT COUNT(*) FROM reports") == 0 })
	})
}
