package admin_test

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// copies has n more replies wait that are like the first, but for their text.
func (f *fixture) copies(n int) (ids []database.ID) {
	f.t.Helper()
	for i := range n {
		id := f.reply + database.ID(i) + 1
		_, err := f.db.Exec(f.t.Context(), `
INSERT INTO replies (id, blog_id, post_id, parent_id, root_id, root_at, sort_at, object_hash, object_uri, url, author_id, html, cw, language, attachments,
	visibility, kind, status, published_at, edited_at, received_at, approved_at, content_hash, site, size)
SELECT ?, blog_id, post_id, 0, ?, root_at, sort_at, ?, ?, url, author_id, ?, '', '', '[]', visibility, kind, status, published_at, 0, received_at, 0,
	content_hash, site, size
FROM replies
WHERE id = ?`, id, id, database.Hash(fmt.Sprint(i)), fmt.Sprint("https://far.example/", i), fmt.Sprintf("<p>Copy %d.</p>", i), f.reply)
		f.must(err)
		ids = append(ids, id)
	}
	return ids
}

var cards = regexp.MustCompile(`<h3 id="r-([a-z0-9]+)">`)

// TestKindsOfPlacesInTheQueue: a decision leads to the next card of the same page; 25 are on one.
func TestKindsOfPlacesInTheQueue(t *testing.T) {
	t.Parallel()
	db := databasetest.Open(t)
	f := newFixture(t, db)
	ids := append([]database.ID{f.reply}, f.copies(29)...)
	b := newBrowser(t, db).signIn()
	action := func(page, id, verdict string) string {
		t.Helper()
		found := regexp.MustCompile(`action="(/admin/replies/` + id + `/` + verdict + `[^"]*)"`).FindStringSubmatch(page)
		if found == nil {
			t.Fatalf("no button to %s %s", verdict, id)
		}
		return strings.ReplaceAll(found[1], "&amp;", "&")
	}
	first := b.get("/admin/").Body.String()
	if n := len(cards.FindAllString(first, -1)); n != 25 || !strings.Contains(first, "(30)") {
		t.Errorf("%d cards are on the first page", n)
	}
	second := b.get("/admin/?after=" + ids[24].String()).Body.String()
	if n := len(cards.FindAllString(second, -1)); n != 5 || !strings.Contains(second, "Back to the oldest") {
		t.Errorf("%d cards are on the second page", n)
	}
	after := "&after=" + ids[24].String()
	for _, step := range []struct {
		page string
		at   int
		do   string
		want string
	}{
		{first, 0, "approve", "/admin/?done=approved#r-" + ids[1].String()},
		{first, 7, "hide", "/admin/?done=hidden#r-" + ids[8].String()},
		{first, 24, "hide", "/admin/?done=hidden"},
		{second, 25, "approve", "/admin/?done=approved" + after + "#r-" + ids[26].String()},
		{second, 29, "hide", "/admin/?done=hidden" + after},
	} {
		if to := b.press(action(step.page, ids[step.at].String(), step.do)).Header().Get("Location"); to != step.want {
			t.Errorf("%s the %dth: to %q, want %q", step.do, step.at, to, step.want)
		}
	}
	for _, evil := range []string{"//evil.example/", "javascript:alert(1)", `"><script>`} {
		to := b.press("/admin/replies/" + ids[2].String() + "/hide?next=" + strings.ReplaceAll(evil, " ", "") + "&after=" + evil + "&from=" + evil).Header().Get("Location")
		if to != "/admin/?done=hidden" {
			t.Errorf("%q leads to %q", evil, to)
		}
	}
}

// TestKindsOfPlacesAmongHeldPosts: a decision leads to what stands behind it on the page, which stays
// unfolded there; where nothing was decided, it leads back.
func TestKindsOfPlacesAmongHeldPosts(t *testing.T) {
	t.Parallel()
	db := databasetest.Open(t)
	f := newFixture(t, db)
	f.bringMany(35)
	f.bringDoubt()
	b := newBrowser(t, db).signIn()
	after := f.reply.String()
	page := html.UnescapeString(b.get("/admin/?after=" + after).Body.String())
	posts := regexp.MustCompile(`<li id="(p-[a-z2-7]{26})">`).FindAllStringSubmatch(page, -1)
	groups := regexp.MustCompile(`<h3 id="(g-[a-z2-7]{13}-[a-z]+)">`).FindAllStringSubmatch(page, -1)
	if len(posts) != 26 || len(groups) != 2 || strings.Contains(page, "<details open>") {
		t.Fatalf("%d posts and %d groups: %s", len(posts), len(groups), page)
	}
	actions := regexp.MustCompile(`action="(/admin/held/[^"]*/(?:quiet|announce)\?[^"]*)"`).FindAllStringSubmatch(page, -1)
	action := func(has string) string {
		for _, a := range actions {
			if strings.Contains(a[1], has) {
				return a[1]
			}
		}
		t.Fatalf("no button to %s in %s", has, page)
		return ""
	}
	at := func(place string) string { return "&after=" + after + "&at=" + place + "#" + place }
	kept, doubt, flood := "/admin/?done=quiet", groups[0][1], groups[1][1]
	for i, want := range map[int]string{
		0: kept + "&after=" + after + "#" + flood, 1: kept + at(posts[2][1]), 8: kept + at(posts[9][1]), 25: kept + "&after=" + after,
	} {
		location, now := b.submit(action(strings.TrimPrefix(posts[i][1], "p-") + "/quiet"))
		if location != want || strings.Contains(now, "<details open>") != (i == 8) {
			t.Errorf("after the %dth: to %q, want %q", i, location, want)
		}
	}
	path, until := f.group(feeds.HeldFlood)
	asked, page := b.submit(action(path+"announce"), "until", until)
	page = html.UnescapeString(page)
	again := regexp.MustCompile(`action="([^"]*)"`).FindStringSubmatch(page)
	if !strings.Contains(page, `href="/admin/?after=`+after+"#"+flood+`"`) || again == nil {
		t.Fatalf("%s does not lead back: %s", asked, page)
	}
	for _, want := range []string{flood, doubt} { // 30 of 32, and the rest
		if location, _ := b.submit(again[1]+"&next="+doubt, f.form(until, 30)...); location != "/admin/?done=all-announce&after="+after+"#"+want {
			t.Errorf("after a group: to %q, want %q", location, want)
		}
	}
	for _, evil := range []string{"//evil.example", `p-"><script>`, "g-x", "javascript:alert(1)"} {
		if to, _ := b.submit(path+"quiet?next="+url.QueryEscape(evil), "until", until); to != "/admin/?done=all-decided" {
			t.Errorf("%q leads to %q", evil, to)
		}
	}
}

// TestKindsOfHiddenRepliesThatAreShownAgain: they are on a page of their own, with why; what cannot come back says so.
func TestKindsOfHiddenRepliesThatAreShownAgain(t *testing.T) {
	t.Parallel()
	db := databasetest.Open(t)
	f := newFixture(t, db)
	ids := f.copies(26)
	b := newBrowser(t, db).signIn()
	if page := b.get("/admin/hidden").Body.String(); !strings.Contains(page, "Nothing is hidden.") {
		t.Errorf("at first: %s", page)
	}
	for _, id := range ids[:25] {
		f.must(moderation.Hide(t.Context(), db, id, "sam", "off-topic", start))
	}
	_, err := db.Exec(t.Context(), "UPDATE replies SET html = '', content_hash = ? WHERE id = ?", database.Digest{}, ids[2])
	f.must(err)
	page := b.get("/admin/hidden").Body.String()
	for _, want := range []string{"Copy 0.", "Copy 1.", "Hidden by sam: off-topic", "(its text was let go)"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in %s", want, page)
		}
	}
	if strings.Contains(page, "Older ones") {
		t.Error("25 are hidden, and a second page of them is offered")
	}
	f.must(moderation.Hide(t.Context(), db, ids[25], "sam", "off-topic", start))
	if page = b.get("/admin/hidden").Body.String(); !strings.Contains(page, `<a href="/admin/hidden?after=`+ids[1].String()+`">Older ones</a>`) {
		t.Error("26 are hidden, and no second page of them is offered")
	}
	shown := b.press("/admin/replies/" + ids[1].String() + "/approve?from=hidden&next=r-" + ids[0].String())
	if to := shown.Header().Get("Location"); to != "/admin/hidden?done=approved#r-"+ids[0].String() || f.shown() != 1 {
		t.Errorf("to %q, %d shown", to, f.shown())
	}
	if to := b.press("/admin/replies/" + ids[2].String() + "/approve?from=hidden").Header().Get("Location"); to != "/admin/hidden?done=no-text" {
		t.Errorf("without its text: to %q", to)
	}
	_, err = moderation.AddBlock(t.Context(), db, 0, moderation.BlockDomain, "far.example", "spam", "sam", start)
	f.must(err)
	if to := b.press("/admin/replies/" + ids[0].String() + "/approve?from=hidden").Header().Get("Location"); to != "/admin/hidden?done=refused" {
		t.Errorf("of somebody who is blocked: to %q", to)
	}
	if page = b.get("/admin/hidden?done=refused").Body.String(); !strings.Contains(page, `class="said not"`) || !strings.Contains(page, "far.example: spam") {
		t.Errorf("why it cannot be shown: %s", page)
	}
	if answer := newBrowser(t, db).get("/admin/hidden"); answer.Code != http.StatusUnauthorized || strings.Contains(answer.Body.String(), "Copy") {
		t.Errorf("without a session: %d", answer.Code)
	}
}

// TestKindsOfWordsOnACard: what it answers, why it waits, and held posts that leave room for the rest.
func TestKindsOfWordsOnACard(t *testing.T) {
	t.Parallel()
	db := databasetest.Open(t)
	f := newFixture(t, db)
	ids := f.copies(2)
	_, err := db.Exec(t.Context(), "UPDATE replies SET parent_id = ?, html = '<p>Nobody drinks that.</p>' WHERE id = ?", ids[0], ids[1])
	f.must(err)
	f.bringMany(13)
	page := newBrowser(t, db).signIn().get("/admin/").Body.String()
	for _, want := range []string{
		"No reply of its author was approved on this blog when it came", "In answer to <bdi>", "more posts</summary>", `<ol class="posts" start="4">`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in %s", want, page)
		}
	}
	_, card, _ := strings.Cut(page, `id="r-`+ids[1].String()+`"`)
	if answered, own := strings.Index(card, "Copy 0."), strings.Index(card, "Nobody drinks that."); answered < 0 || own < answered {
		t.Errorf("what is answered does not stand before the answer: %s", card)
	}
}
