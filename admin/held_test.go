package admin_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// look is what became of a post.
func (f *fixture) look(id string) feeds.Post {
	f.t.Helper()
	p, err := feeds.PostByID(f.t.Context(), f.db, id)
	f.must(err)
	return p
}

// due counts the posts that the publisher will announce, and says when the last one goes.
func (f *fixture) due() (n int, last time.Time) {
	f.t.Helper()
	posts, err := feeds.DuePosts(f.t.Context(), f.db, start.Add(365*24*time.Hour), 1000)
	f.must(err)
	if len(posts) > 0 {
		last = posts[len(posts)-1].DueAt
	}
	return len(posts), last
}

// group is the address of a whole group's buttons, and the stamp that their forms have.
func (f *fixture) group(rule string) (path, until string) {
	return fmt.Sprintf("/admin/held/%s/%s/", f.blog.ID, rule), fmt.Sprint(database.Millis(start))
}

// form is what a page that shows n held posts sends to announce them.
func (f *fixture) form(until string, n int) []string {
	fields := []string{"until", until}
	held := f.held()
	for _, p := range held[:min(n, len(held))] {
		fields = append(fields, "id", p.ID)
	}
	return fields
}

func TestPageSaysWhichPostsWaitAndWhy(t *testing.T) {
	db := databasetest.Open(t)
	f := newFixture(t, db)
	f.bringMany(30)
	b := newBrowser(t, db).signIn()
	b.sees("<title>(31) Bloghorn</title>", "Posts that are held (30)", "Many more new posts at once than usual",
		"30 new posts came at once", "Cup number 29", `href="https://blog.example/cup-29"`, "1 follower<", "Keep all 30 quietly",
		"Announce all 30", "And 5 more", `<a href="#posts">30 posts</a>`)
	if page := b.get("/admin/").Body.String(); strings.Count(page, "30 new posts came at once") != 2 {
		t.Errorf("the reason stands not once at the posts and once at the blog: %s", page)
	}
}

func TestEachButtonOfAHeldPost(t *testing.T) {
	for verdict, want := range map[string]struct {
		said           string
		announce, isIn bool // it is announced; it is there at all
	}{
		"announce": {"Announced.", true, true},
		"quiet":    {"Kept quietly.", false, true},
		"same":     {"It is that post now.", false, false},
	} {
		t.Run(verdict, func(t *testing.T) {
			db := databasetest.Open(t)
			f := newFixture(t, db)
			f.bringDoubt()
			held := f.held()
			if len(held) != 1 || held[0].HeldLike != f.post.ID {
				t.Fatalf("held: %+v", held)
			}
			b := newBrowser(t, db).signIn()
			b.sees("Perhaps a post that you published before", "Another name", "It may be:", "It is that post")
			path := "/admin/held/" + held[0].ID + "/" + verdict
			if _, page := b.submit(path); !strings.Contains(page, want.said) || strings.Contains(page, "Posts that are held") || b.woken != 1 {
				t.Errorf("woken %d times, page: %s", b.woken, page)
			}
			p, err := feeds.PostByID(t.Context(), db, held[0].ID)
			if isIn := err == nil; isIn != want.isIn || isIn && (!p.HeldAt.IsZero() || p.Announce != want.announce) {
				t.Errorf("it is %+v, %v", p, err)
			}
			if like := f.look(f.post.ID); !want.isIn && like.Title != "Another name" {
				t.Errorf("the known post is called %q", like.Title)
			}
			if location, page := b.submit(path); location != "/admin/?done=decided" || !strings.Contains(page, "does not wait any more") {
				t.Errorf("again: %s %s", location, page)
			}
			if notice, err := feeds.NoticeOf(t.Context(), db, f.blog.ID); err != nil || notice.Why != "" {
				t.Errorf("all is decided, and the owner is told %q, %v", notice.Why, err)
			}
		})
	}
}

func TestOfManyWhoDecideAtOnceOneDoes(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		f := newFixture(t, db)
		f.bringDoubt()
		id := f.held()[0].ID
		b := newBrowser(t, db).signIn()
		var group sync.WaitGroup
		answers := make(chan string, 9)
		for i := range 9 {
			one := newBrowser(t, db)
			one.cookie = b.cookie
			path := "/admin/held/" + id + "/" + []string{"announce", "quiet", "same"}[i%3]
			group.Go(func() { answers <- one.press(path).Header().Get("Location") })
		}
		group.Wait()
		close(answers)
		decided := 0
		for location := range answers {
			switch location {
			case "/admin/?done=announced", "/admin/?done=quiet", "/admin/?done=same":
				decided++
			case "/admin/?done=decided":
			default:
				t.Errorf("somebody is sent to %q", location)
			}
		}
		if decided != 1 {
			t.Errorf("%d decided", decided)
		}
	})
}

func TestFewPostsAreAnnouncedTogetherOneAfterAnother(t *testing.T) {
	db := databasetest.Open(t)
	f := newFixture(t, db)
	f.bringMany(10)
	b := newBrowser(t, db).signIn()
	path, until := f.group(feeds.HeldFlood)
	form := f.form(until, 10)
	location, page := b.submit(path+"announce", form...)
	if location != "/admin/?done=all-announce" || !strings.Contains(page, "every ten minutes") {
		t.Errorf("%s %s", location, page)
	}
	if n, last := f.due(); n != 10 || !last.Equal(start.Add(90*time.Minute)) {
		t.Errorf("%d are announced, the last at %s", n, last)
	}
	location, page = b.submit(path+"announce", form...)
	if location != "/admin/?done=all-decided" || !strings.Contains(page, "Nothing was changed") {
		t.Errorf("again: %s %s", location, page)
	}
}

func TestManyPostsAreAskedBackFirst(t *testing.T) {
	db := databasetest.Open(t)
	f := newFixture(t, db)
	f.bringMany(40)
	b := newBrowser(t, db).signIn()
	path, until := f.group(feeds.HeldFlood)
	location, page := b.submit(path+"announce", "until", until)
	for _, want := range []string{
		"Announce 30 posts?", "<strong>1 follower</strong>", "5 Jan 2026, 12:50 UTC", "What goes on waiting: 10 posts.", "Cup number 29",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%s lacks %q: %s", location, want, page)
		}
	}
	if n, _ := f.due(); n != 0 || len(f.held()) != 40 {
		t.Fatalf("asking back announced %d", n)
	}
	form := f.form(until, 30)
	for _, want := range form {
		if want != "until" && want != "id" && !strings.Contains(page, `value="`+want+`"`) {
			t.Errorf("the form that asks back lacks %s: %s", want, page)
		}
	}
	b.submit(path+"announce", form...)
	again, page := b.submit(path+"announce", form...)
	if !strings.HasPrefix(again, "/admin/?done=all-decided") || !strings.Contains(page, "somebody has decided about them before") {
		t.Errorf("pressed twice: %s %s", again, page)
	}
	if n, last := f.due(); n != 30 || !last.Equal(start.Add(290*time.Minute)) || len(f.held()) != 10 {
		t.Errorf("%d are announced, the last at %s, %d are held", n, last, len(f.held()))
	}
	if _, page := b.submit(path+"announce", "until", until); !strings.Contains(page, "Announce 10 posts?") {
		t.Errorf("the page from before, once more: %s", page)
	}
	b.submit(path+"announce", f.form(until, 30)...)
	if n, last := f.due(); n != 40 || !last.Equal(start.Add(390*time.Minute)) {
		t.Errorf("then %d are announced, the last at %s", n, last)
	}
	if gone := b.get(location); gone.Header().Get("Location") != "/admin/?done=all-decided" {
		t.Errorf("the page that asks back, later: %d %s", gone.Code, gone.Body)
	}
}

func TestAllAreKeptQuietly(t *testing.T) {
	db := databasetest.Open(t)
	f := newFixture(t, db)
	f.bringMany(40)
	b := newBrowser(t, db).signIn()
	path, until := f.group(feeds.HeldFlood)
	_, page := b.submit(path+"quiet", "until", until)
	if !strings.Contains(page, "nobody is told") || strings.Contains(page, "Posts that are held") || strings.Contains(page, "Posts that wait") {
		t.Errorf("page: %s", page)
	}
	if n, _ := f.due(); n != 0 || len(f.held()) != 0 {
		t.Errorf("%d are announced, %d held", n, len(f.held()))
	}
}

func TestWhatCameAfterThePageWasReadIsNotDecided(t *testing.T) {
	db := databasetest.Open(t)
	f := newFixture(t, db)
	f.bringMany(5)
	path, _ := f.group(feeds.HeldFlood)
	before := fmt.Sprint(database.Millis(start) - 1)
	b := newBrowser(t, db).signIn()
	for _, verdict := range []string{"announce", "quiet"} {
		if location, _ := b.submit(path+verdict, f.form(before, 5)...); location != "/admin/?done=all-decided" {
			t.Errorf("%s leads to %s", verdict, location)
		}
	}
	if n := len(f.held()); n != 5 {
		t.Errorf("%d are still held", n)
	}
}

func TestAnotherSitesPostsAreExplained(t *testing.T) {
	db := databasetest.Open(t)
	f := newFixture(t, db)
	f.title = "Casino"
	f.bringMany(3)
	newBrowser(t, db).signIn().sees("The feed looks like another site’s",
		"it is called &#34;Casino&#34;, not &#34;Tea&#34;", "Keep all 3 quietly")
}

func TestFormsAboutPostsThatMakeNoSense(t *testing.T) {
	db := databasetest.Open(t)
	f := newFixture(t, db)
	f.bringMany(5)
	id := f.held()[0].ID
	b := newBrowser(t, db)
	path, until := f.group(feeds.HeldFlood)
	for _, p := range []string{
		"/admin/held/" + id + "/announce", path + "quiet", path + "announce", "/admin/blogs/" + f.blog.ID.String() + "/read",
	} {
		if got := b.press(p); got.Code != http.StatusUnauthorized || !strings.Contains(got.Body.String(), "Nothing was changed") {
			t.Errorf("%s without a session: %d", p, got.Code)
		}
	}
	b.signIn()
	for p, want := range map[string]int{
		"/admin/held/" + id + "/explode":                          http.StatusNotFound,
		"/admin/held/1%20OR%201/announce":                         http.StatusNotFound,
		"/admin/held/" + strings.Repeat("a", 5000) + "/announce":  http.StatusNotFound,
		"/admin/held/" + f.blog.ID.String() + "/weather/announce": http.StatusNotFound,
		"/admin/held/!/flood/announce":                            http.StatusNotFound,
		path + "explode?until=" + until:                           http.StatusBadRequest,
		path + "announce":                                         http.StatusBadRequest,
		path + "quiet":                                            http.StatusBadRequest,
		"/admin/blogs/nobody/read":                                http.StatusNotFound,
	} {
		if got := b.press(p).Code; got != want {
			t.Errorf("%.80s: %d, want %d", p, got, want)
		}
	}
	if got := b.get("/admin/held/" + id + "/announce").Code; got != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", got)
	}
	if location, _ := b.submit("/admin/held/" + strings.Repeat("a", 26) + "/announce"); location != "/admin/?done=decided" {
		t.Errorf("a post that never was: %s", location)
	}
	if n := len(f.held()); n != 5 {
		t.Errorf("%d are still held", n)
	}
}

func TestHostileTitlesAreHarmless(t *testing.T) {
	db := databasetest.Open(t)
	f := newFixture(t, db)
	f.bring(item{"a", hostileText, "x"}, item{"b", "abc\u202egnp.exe\u2066", "y"}, item{"c", strings.Repeat("W", 500), "z"},
		item{"d", `" autofocus onfocus="alert(1)`, "w"}, item{"e", "", "only text"})
	b := newBrowser(t, db).signIn()
	page := b.get("/admin/").Body.String()
	for _, bad := range []string{"<script", `" autofocus`, strings.Repeat("W", 121)} {
		if strings.Contains(page, bad) {
			t.Errorf("%q in %s", bad, page)
		}
	}
	for _, want := range []string{"<bdi>&lt;script&gt;", "<bdi>abc\u202egnp.exe\u2066</bdi>", "<bdi>only text</bdi>"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in %s", want, page)
		}
	}
}

func TestPostsThatWaitForTheirDateWaitForNobody(t *testing.T) {
	db := databasetest.Open(t)
	f := newFixture(t, db)
	f.bringMany(5)
	if _, err := db.Exec(t.Context(), "UPDATE posts SET held_by = ?, published_at = ? WHERE held_at > 0", feeds.HeldDated,
		database.Millis(start.Add(72*time.Hour))); err != nil {
		t.Fatal(err)
	}
	b := newBrowser(t, db).signIn()
	b.sees("<title>(1) Bloghorn</title>", "<dt>Posts waiting</dt><dd>0</dd>", "Waiting for their date", "you need not do anything",
		"<dt>Dated ahead</dt>", "5 posts wait for their dates, the first of which is 2026-01-08 08:00 UTC")
	if page := b.get("/admin/").Body.String(); strings.Contains(page, "Posts that wait<") {
		t.Errorf("the owner is asked to decide: %s", page)
	}
}

// TestPostsThatMayBeKnownOnesAreAnnouncedOneByOne: what is true of one says nothing of the next.
func TestPostsThatMayBeKnownOnesAreAnnouncedOneByOne(t *testing.T) {
	db := databasetest.Open(t)
	f := newFixture(t, db)
	f.bringMany(5)
	b := newBrowser(t, db).signIn()
	for rule, want := range map[string]string{feeds.HeldDoubt: "", feeds.HeldLocked: "", feeds.HeldForeign: "Announce all 5 …"} {
		if _, err := db.Exec(t.Context(), "UPDATE posts SET held_by = ? WHERE held_at > 0", rule); err != nil {
			t.Fatal(err)
		}
		page := b.get("/admin/").Body.String()
		if !strings.Contains(page, want) || want == "" && strings.Contains(page, "Announce all") {
			t.Errorf("%s: %s", rule, page)
		}
	}
	path, until := f.group(feeds.HeldDoubt)
	if answer := b.get(path + "announce?until=" + until); answer.Code != http.StatusNotFound {
		t.Errorf("%d", answer.Code)
	}
}

func TestPostThatIsLetOutSaysThatItWaitsForItsTurn(t *testing.T) {
	db := databasetest.Open(t)
	f := newFixture(t, db)
	f.bringMany(5)
	b := newBrowser(t, db).signIn()
	held := f.held()
	b.submit("/admin/held/" + held[0].ID + "/announce")
	if _, page := b.submit("/admin/held/" + held[1].ID + "/announce"); !strings.Contains(page, "goes out in its turn") {
		t.Errorf("page: %s", page)
	}
	if n, last := f.due(); n != 2 || !last.Equal(start.Add(10*time.Minute)) {
		t.Errorf("%d are announced, the last at %s", n, last)
	}
}
