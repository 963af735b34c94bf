package replies_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/web"
)

// stored is a reply that is written into the table as the inbox would: thousands of them, without a
// signature for each.
type stored struct {
	id, parent    database.ID
	author        database.ID
	status, html  string
	at            time.Time
	root          database.ID
	rootAt, order int64
}

func (r *stored) idOrZero() database.ID {
	if r == nil {
		return 0
	}
	return r.id
}

// store writes replies, each after its parent, and counts the shown ones.
func (w *world) store(list ...*stored) {
	w.t.Helper()
	byID, shown := map[database.ID]*stored{}, 0
	w.must(w.db.InTx(w.t.Context(), func(tx *database.Tx) error {
		for _, r := range list {
			r.root, r.rootAt, r.order = r.id, r.at.UnixMilli(), r.at.UnixMilli()
			if p := byID[r.parent]; p != nil {
				r.root, r.rootAt, r.order = p.root, p.rootAt, max(r.order, p.order+1)
			}
			byID[r.id] = r
			if r.status == thread.Shown {
				shown++
			}
			uri := fmt.Sprint("https://pasture.example/stored/", r.id)
			if _, err := tx.Exec(w.t.Context(), `
INSERT INTO replies (id, blog_id, post_id, parent_id, root_id, root_at, sort_at, object_hash, object_uri, url, author_id, html, cw, language,
	attachments, content_hash, visibility, status, published_at, edited_at, received_at, approved_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?, '', '', '[]', ?, 'public', ?, ?, 0, ?, 0)`, r.id, w.blog.ID, w.tea.ID, r.parent, r.root, r.rootAt, r.order,
				database.Hash(uri), uri, r.author, r.html, database.Hash(r.html), r.status, r.at.UnixMilli(), r.at.UnixMilli()); err != nil {
				return err
			}
		}
		_, err := tx.Exec(w.t.Context(), "INSERT INTO threads (post_id, version, replies, likes, boosts, changed_at) VALUES (?, 1, ?, 0, 0, 1)", w.tea.ID, shown)
		return err
	}))
}

// walk reads all pages of the thread, and of what they say that there is more of. A root that a
// page repeats is there once.
func (w *world) walk() []thread.Item {
	w.t.Helper()
	var all []thread.Item
	seen := map[database.ID]bool{0: true}
	var read func(from thread.Cursor)
	read = func(from thread.Cursor) {
		for {
			page := w.page(from)
			w.checkPage(page, seen)
			for _, i := range page.Items {
				if !seen[i.ID] {
					seen[i.ID] = true
					all = append(all, i)
				}
			}
			if from.InBranch() {
				if page.Next.IsZero() {
					return
				}
				from = page.Next
				continue
			}
			for _, m := range page.More {
				before := len(all)
				read(m.From)
				if now := shown(all) - shown(all[:before]); now != m.Count {
					w.t.Errorf("the page says that there are %d more, and there are %d", m.Count, now)
				}
			}
			if page.Next.IsZero() {
				return
			}
			from = page.Next
		}
	}
	read(thread.Cursor{})
	return all
}

func shown(items []thread.Item) (n int) {
	for _, i := range items {
		if !i.Placeholder {
			n++
		}
	}
	return n
}

// checkPage looks at what a page promises: its size, and that what is answered came before.
func (w *world) checkPage(page thread.Thread, seen map[database.ID]bool) {
	w.t.Helper()
	size, here, roots := 0, map[database.ID]bool{}, map[database.ID]bool{}
	for _, i := range page.Items {
		if !seen[i.ParentID] && !here[i.ParentID] {
			w.t.Errorf("%d comes before %d, which it answers", i.ID, i.ParentID)
		}
		if i.Status != thread.Shown && (!i.Placeholder || i.HTML.String() != "") {
			w.t.Errorf("a page shows %+v", i.Reply)
		}
		here[i.ID], roots[i.RootID] = true, true
		if !i.Placeholder {
			size += 1024 + len(i.HTML.String())
		}
	}
	if size > bounds.ThreadPage+64<<10 || len(roots) > bounds.ThreadRoots {
		w.t.Errorf("a page has %d bytes and %d branches", size, len(roots))
	}
}

// Whatever hangs where and in whatever state: on the pages together each shown reply is there once,
// after what it answers.
func TestPagesTogetherAreTheThread(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	statuses := []string{thread.Shown, thread.Shown, thread.Shown, thread.Hidden, thread.Deleted, thread.Held, thread.Withheld}
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		list := make([]*stored, costtest.Pick(400, 4000))
		want := 0
		for n := range list {
			r := &stored{id: database.NewID(start), status: statuses[random.IntN(len(statuses))], at: start.Add(time.Duration(random.IntN(600)) * time.Minute)}
			if wide := []int{1, 3, 1000}[n*3/len(list)]; random.IntN(1+wide) > 0 { // roots, then bushes, then one forest of branches
				r.parent = list[random.IntN(max(n, 1))].idOrZero()
			}
			if r.html = "<p>x</p>"; random.IntN(20) == 0 {
				r.html = "<p>" + strings.Repeat("word ", 8<<10) + "</p>"
			}
			if list[n] = r; r.status == thread.Shown {
				want++
			}
		}
		w.store(list...)
		if got := shown(w.walk()); got != want {
			t.Errorf("%d of %d shown replies are on the pages", got, want)
		}
		w.checkPlaces()
	})
}

func TestLongBranchAndDeepChainAreRead50AtATime(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		n := costtest.Pick(200, 3000)
		at := func(i int) time.Time { return start.Add(time.Duration(i) * time.Second) }
		root := &stored{id: database.NewID(start), status: thread.Shown, html: "<p>root</p>", at: start}
		deep := &stored{id: database.NewID(start), status: thread.Deleted, at: at(1)}
		list := []*stored{root, deep}
		for i := range n {
			list = append(list, &stored{id: database.NewID(start), parent: root.id, status: thread.Shown, html: "<p>x</p>", at: at(i + 2)})
		}
		for i := range n { // a chain, half of it deleted
			status := thread.Shown
			if i%2 > 0 {
				status = thread.Deleted
			}
			list = append(list, &stored{id: database.NewID(start), parent: list[len(list)-1].id, status: status, html: "<p>x</p>", at: at(i + 2)})
			if i == 0 {
				list[len(list)-1].parent = deep.id
			}
		}
		w.store(list...)
		page := w.page(thread.Cursor{})
		if len(page.More) != 2 || page.More[0].Root != root.id || page.More[0].Count != n-bounds.ThreadAnswers || page.More[1].Root != deep.id {
			t.Errorf("the first page says that there is more: %+v", page.More)
		}
		if got := shown(page.Items); got != 2*bounds.ThreadAnswers+2 || !page.Next.IsZero() {
			t.Errorf("the first page has %d replies, and goes on at %q", got, page.Next)
		}
		more := w.page(page.More[0].From)
		if more.Items[0].ID != root.id || shown(more.Items) != 1+bounds.ThreadAnswers || more.Next.InBranch() != (n > 2*bounds.ThreadAnswers) {
			t.Errorf("the branch goes on with %d items, then %q", len(more.Items), more.Next)
		}
		if got := shown(w.walk()); got != 1+n+n/2 {
			t.Errorf("%d of %d replies are on the pages", got, 1+n+n/2)
		}
	})
}

// What a page costs is counted in what is allocated for it.
func TestAPageCostsWhatItHoldsAndNotWhatTheThreadHolds(t *testing.T) {
	cost := func(n int) uint64 {
		w := newWorld(t, databasetest.Open(t))
		list := make([]*stored, n)
		for i := range list {
			list[i] = &stored{id: database.NewID(start), status: thread.Shown, html: "<p>Nice.</p>", at: start.Add(time.Duration(i) * time.Second)}
			if i%5 > 0 {
				list[i].parent = list[i-i%5].id
			}
		}
		w.store(list...)
		w.page(thread.Cursor{})
		return costtest.Allocated(func() { w.page(thread.Cursor{}) })
	}
	if few, many := cost(200), cost(costtest.Pick(4000, 10_000)); many > 2*few {
		t.Errorf("the first page of a long thread costs %d bytes, of a short one %d", many, few)
	}
}

func TestCursorIsOneThatAPageGave(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	var list []*stored
	for i := range 2 * bounds.ThreadRoots {
		list = append(list, &stored{id: database.NewID(start), status: thread.Shown, html: "<p>x</p>", at: start.Add(time.Duration(i) * time.Second)})
	}
	w.store(list...)
	next := w.page(thread.Cursor{}).Next
	if again, err := thread.ParseCursor(next.String()); err != nil || again != next {
		t.Errorf("%q is read as %q, %v", next, again, err)
	}
	for _, wrong := range []string{
		"x", ".", "..", "...", next.String() + ".", strings.ToUpper(next.String()), next.String() + "." + next.String(), strings.Repeat("a.", 10_000),
		list[0].id.String(), list[0].id.String() + ".+1", list[0].id.String() + ".01", list[0].id.String() + ".zzzzzzzzzzzzzzzzzzzz", "aaaaaaaaaaaaa.1", "' OR 1=1 --", "\x00",
	} {
		if c, err := thread.ParseCursor(wrong); !errors.Is(err, web.ErrInvalid) {
			t.Errorf("%.40q is %+v, %v", wrong, c, err)
		}
	}
	// Nobody reads one thread below another post.
	branch := list[0].id.String() + ".0." + list[0].id.String()
	c, err := thread.ParseCursor(branch)
	w.must(err)
	if thread, err := thread.ReadThread(t.Context(), w.db, []feeds.Copy{{Post: w.milk, Blog: w.blog}}, c); err != nil || len(thread.Items) > 0 {
		t.Errorf("below another post stand %d items, %v", len(thread.Items), err)
	}
	if thread := w.page(c); len(thread.Items) != 1 {
		t.Errorf("a branch has %d items", len(thread.Items))
	}
	// One that was made up is a place like any other.
	for _, made := range []string{list[0].id.String() + ".-zzzzzz", list[0].id.String() + ".1." + list[1].id.String(), list[0].id.String() + ".1y2p0ij32e8e7", database.NewID(start).String() + ".0." + list[0].id.String()} {
		c, err := thread.ParseCursor(made)
		if err != nil {
			t.Errorf("%s: %v", made, err)
		}
		w.page(c)
	}
}

func TestWhoeverSaysVeryMuchUnderAPostIsHeld(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bo := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bo", "meadow.example")
		w.inbox.UnknownShow = false
		w.accepted(ada.Reply(w.teaID, "first"))
		w.accepted(bo.Reply(w.teaID, "first"))
		for _, held := range w.held() {
			w.must(w.approve(held.ID))
		}
		w.pass(time.Hour)
		// The lively evening of two friends, but for its last words.
		var evening []*stored
		for i := range 2 * (bounds.ShownPerPerson - 1) {
			author := w.authorOf(ada)
			if i%2 > 0 {
				author = w.authorOf(bo)
			}
			evening = append(evening, &stored{id: database.NewID(w.clock()), author: author, status: thread.Shown, html: "<p>" + strings.Repeat("word ", 100) + "</p>", at: w.clock()})
		}
		w.must(w.exec("DELETE FROM threads"))
		w.store(evening...)
		w.must(w.exec("UPDATE threads SET replies = replies + 2"))
		last := w.accepted(ada.Reply(w.teaID, "and the last word"))
		w.accepted(bo.Reply(w.teaID, "no, mine"))
		if n := len(w.held()); n != 0 {
			t.Fatalf("%d of %d replies of two friends are held", n, 2*bounds.ShownPerPerson)
		}
		w.accepted(ada.Reply(w.teaID, "one more"))
		w.accepted(ada.Reply(strings.Replace(w.teaID, w.tea.ID, w.milk.ID, 1), "under another post"))
		held := w.held()
		if len(held) != 1 || held[0].HTML.String() != "one more" || w.lastVerdict() != "Create done: shown" {
			t.Fatalf("held: %v, last: %s", held, w.lastVerdict())
		}
		// A moderator who has looked makes room for as many again.
		w.pass(time.Minute)
		w.must(w.approve(held[0].ID))
		w.pass(time.Minute)
		w.accepted(ada.Reply(w.teaID, "and another"))
		if n := len(w.held()); n != 0 {
			t.Errorf("%d are held after a moderator looked", n)
		}
		w.checkText(ada, last)
	})
}

// checkText fills what one person may say under a post, with new replies and with edits.
func (w *world) checkText(ada *fediversetest.Person, last *fediversetest.Sent) {
	w.t.Helper()
	said := func() int {
		return w.count("SELECT SUM(OCTET_LENGTH(html)) FROM replies WHERE post_id = ? AND author_id = ? AND status = 'shown'", w.tea.ID, w.authorOf(ada))
	}
	long := "<p>" + strings.Repeat("word ", 12<<10) + "</p>"
	for len(w.held()) == 0 && said() <= bounds.ShownTextPerPerson {
		w.accepted(ada.Reply(w.teaID, long))
	}
	if n := said(); n > bounds.ShownTextPerPerson || n < bounds.ShownTextPerPerson/2 {
		w.t.Errorf("%d bytes of one person are shown", n)
	}
	w.accepted(ada.Edit(last, "<p>a word</p>"))
	if n := len(w.held()); n != 1 {
		w.t.Errorf("a short edit is held")
	}
	w.accepted(ada.Edit(last, long))
	if n := len(w.held()); n != 2 || said() > bounds.ShownTextPerPerson || !strings.Contains(w.lastVerdict(), "said much") {
		w.t.Errorf("after a long edit %d bytes of one person are shown: %s", said(), w.lastVerdict())
	}
}

func (w *world) authorOf(p *fediversetest.Person) (id database.ID) {
	w.t.Helper()
	w.must(w.db.QueryRow(w.t.Context(), "SELECT id FROM remote_actors WHERE uri_hash = ?", database.Hash(p.ID)).Scan(&id))
	return id
}
