package publisher_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/article"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

var teaBlog = feeds.Blog{
	ID: 1, BaseURL: base, Username: "tea", HandleHost: "blog.example", Title: "Tea & time", Summary: "Slow things.",
	SiteURL: site, SiteHost: "blog.example", Language: "en", IconURL: "https://blog.example/icon.png", CreatedAt: start,
}

func teaPost() feeds.Post {
	return feeds.Post{
		ID: strings.Repeat("a", 26), BlogID: 1, URL: "https://blog.example/tea", Title: "On tea & time",
		Teaser:   "Why a good cup needs <four> minutes.",
		Content:  safehtml.Article("<p>Full <strong>text</strong>.</p>", nil),
		ImageURL: "https://blog.example/tea.JPG?w=1", ImageAlt: "A blue teapot", Tags: []string{"Tea", "green tea"},
		PublishedAt: start, FirstSeenAt: start, Announce: true,
	}
}

func build(p feeds.Post, f article.Facts) activitypub.Article {
	return article.Build(teaBlog, p, f)
}

func TestTitleIsTextAndTeaserIsHTMLWithoutLinks(t *testing.T) {
	a := build(teaPost(), article.Facts{})
	if a.Type != "Article" || a.Name != "On tea & time" || a.NameMap["en"] != a.Name {
		t.Errorf("%s %q %v", a.Type, a.Name, a.NameMap)
	}
	if a.Summary != "<p>Why a good cup needs &lt;four&gt; minutes.</p>" {
		t.Errorf("%q", a.Summary)
	}
	if a.Preview == nil || a.Preview.Content != "<p><strong>On tea &amp; time</strong></p>"+a.Summary {
		t.Errorf("%+v", a.Preview)
	}
}

func TestTeaserComesFromTheTextWhereTheFeedHasNone(t *testing.T) {
	p := teaPost()
	p.Teaser = ""
	p.Content = safehtml.Article(`<p>Read <a href="https://elsewhere.example/">this</a>. `+strings.Repeat("word ", 300)+`</p>`, nil)
	a := build(p, article.Facts{})
	if strings.Contains(a.Summary, "<a") || !strings.HasPrefix(a.Summary, "<p>Read this. word") ||
		utf8.RuneCountInString(a.Summary) > 500+len("<p></p>") {
		t.Errorf("%q", a.Summary)
	}
}

func TestTitleAndTeaserAreCut(t *testing.T) {
	p := teaPost()
	p.Title, p.Teaser = strings.Repeat("茶 ", 200), strings.Repeat("é ", 600)
	a := build(p, article.Facts{})
	if n := utf8.RuneCountInString(a.Name); n > 150 || n < 100 {
		t.Errorf("name has %d characters", n)
	}
	if n := utf8.RuneCountInString(a.Summary); n > 507 || n < 400 {
		t.Errorf("summary has %d characters", n)
	}
}

func TestPostWithoutTitleIsANoteThatEndsWithItsLink(t *testing.T) {
	p := teaPost()
	p.Title = ""
	a := build(p, article.Facts{})
	want := `<p>Full <strong>text</strong>.</p><p><a href="https://blog.example/tea">https://blog.example/tea</a></p>`
	if a.Type != "Note" || a.Name != "" || a.Summary != "" || a.NameMap != nil || a.Content != want || a.ContentMap["en"] != want {
		t.Errorf("%+v", a)
	}
}

func TestUpdatedIsLeftOutBeforeTheFirstEditAndNeverBeforePublished(t *testing.T) {
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{time.Time{}, ""},
		{start.Add(time.Hour), `"updated":"2026-11-20T13:00:00Z"`},
		{start.Add(-time.Hour), `"updated":"2026-11-20T12:00:00Z"`},
	} {
		body, err := activitypub.Marshal(build(teaPost(), article.Facts{UpdatedAt: c.at}))
		if err != nil || strings.Contains(string(body), `"updated"`) != (c.want != "") || !strings.Contains(string(body), c.want) {
			t.Errorf("%v: %s %v", c.at, body, err)
		}
	}
}

func TestLanguageIsThePostsElseTheBlogsElseUnsaid(t *testing.T) {
	p := teaPost()
	p.Language = "de"
	if a := build(p, article.Facts{}); a.NameMap["de"] == "" || a.ContentMap["de"] != a.Content || len(a.ContentMap) != 1 {
		t.Errorf("%v %v", a.NameMap, a.ContentMap)
	}
	b := teaBlog
	b.Language = ""
	if a := article.Build(b, teaPost(), article.Facts{}); a.NameMap != nil || a.ContentMap != nil {
		t.Errorf("%v %v", a.NameMap, a.ContentMap)
	}
}

func TestPictureIsTheImageAndNoAttachment(t *testing.T) {
	a := build(teaPost(), article.Facts{})
	if a.Image == nil || *a.Image != *activitypub.NewImage("https://blog.example/tea.JPG?w=1", "image/jpeg", "A blue teapot") {
		t.Errorf("%+v", a.Image)
	}
	if len(a.Attachment) != 1 || a.Attachment[0] != activitypub.PageLink("https://blog.example/tea") ||
		a.URL != "https://blog.example/tea" {
		t.Errorf("%+v %s", a.Attachment, a.URL)
	}
}

// Lemmy refuses a post with other types of attachments than Link, Image and Document, and takes the first for its link.
func TestSoundIsADocumentAfterThePage(t *testing.T) {
	p := teaPost()
	p.Attachments = []parser.Attachment{{URL: "https://blog.example/pour.mp3", Type: "audio/mpeg", Title: "Pouring"}}
	a := build(p, article.Facts{})
	want := []activitypub.Attachment{
		activitypub.PageLink("https://blog.example/tea"),
		{Type: "Document", MediaType: "audio/mpeg", URL: "https://blog.example/pour.mp3", Name: "Pouring"},
	}
	if !slices.Equal(a.Attachment, want) {
		t.Errorf("%+v", a.Attachment)
	}
}

func TestCategoriesBecomeHashtags(t *testing.T) {
	p := teaPost()
	p.Tags = []string{"Tea", "green tea", "tea", "#coffee-break", "C++", "2026", "", "  ", "日本 茶", "rooibos & honey", "हिन्दी",
		"snake_case", strings.Repeat("x", 101)}
	for i := range 30 {
		p.Tags = append(p.Tags, fmt.Sprint("more", i))
	}
	var got []string
	for _, tag := range build(p, article.Facts{}).Tag {
		got = append(got, tag.Name)
		if tag.Type != "Hashtag" || tag.Href != site {
			t.Errorf("%+v", tag)
		}
	}
	want := "#Tea #GreenTea #CoffeeBreak #C #日本茶 #RooibosHoney #हिन्दी #snake_case #more0"
	if len(got) != 20 || !strings.HasPrefix(strings.Join(got, " "), want) {
		t.Errorf("%d: %v", len(got), got)
	}
}

func TestLikesBoostsAndRepliesAreTold(t *testing.T) {
	a := build(teaPost(), article.Facts{Likes: 3, Shares: 1, FirstReplies: []string{"https://pasture.example/1"}})
	if *a.Likes.TotalItems != 3 || *a.Shares.TotalItems != 1 || a.Likes.ID != a.ID+"/likes" || a.Shares.ID != a.ID+"/shares" {
		t.Errorf("%+v %+v", a.Likes, a.Shares)
	}
	page, ok := a.Replies.First.(*activitypub.CollectionPage)
	if !ok || len(page.Items) != 1 || page.PartOf != a.ID+"/replies" || a.Thread != a.ID+"/context" || a.Conversation != a.Thread {
		t.Errorf("%+v %s", a.Replies, a.Thread)
	}
}

func TestLongContentIsNotWrittenTwice(t *testing.T) {
	p := teaPost()
	p.Content = safehtml.Article("<p>"+strings.Repeat("long ", 50_000)+"</p>", nil)
	if a := build(p, article.Facts{}); a.ContentMap != nil || a.NameMap["en"] == "" || a.Content != "<p><strong>On tea &amp; time</strong></p>"+p.Content.String() {
		t.Errorf("%d languages of %d bytes", len(a.ContentMap), len(a.Content))
	}
}

// Mastodon answers 413 to an activity over 1 MiB.
func TestEveryCreateStaysBelowOneMiB(t *testing.T) {
	for name, raw := range map[string]string{
		"lines":      "<pre>" + strings.Repeat("tea\n\n\n\n\n\n\n\n\n", 43_000) + "</pre>",
		"paragraphs": strings.Repeat(`<p>A <em>"fine"</em> cup.</p>`, 40_000),
		"one text":   "<blockquote><p>" + strings.Repeat("tea ", 300_000),
		"quotes":     "<p>" + strings.Repeat(`"" `, 330_000) + "</p>",
		"one word":   "<p>" + strings.Repeat("x", 1_040_000) + "</p>",
		"links":      "<ul>" + strings.Repeat(`<li><a href="https://blog.example/a">b</a></li>`, 22_000) + "</ul>",
	} {
		for _, title := range []string{"Long", ""} {
			p := teaPost()
			p.Title, p.Content = title, safehtml.Article(raw, nil)
			a := build(p, article.Facts{})
			body, err := activitypub.Marshal(activitypub.Activity{Context: activitypub.ObjectContext, ID: base, Type: "Create",
				Object: a})
			if err != nil || len(body) >= 1<<20 {
				t.Errorf("%s: %d bytes, %v", name, len(body), err)
			}
			link := `<p><a href="https://blog.example/tea">https://blog.example/tea</a></p>`
			if !strings.HasSuffix(a.Content, link) {
				t.Errorf("%s: does not end with the link: %q", name, a.Content[len(a.Content)-100:])
			}
			checkBalanced(t, name, a.Content)
		}
	}
}

func checkBalanced(t *testing.T, name, content string) {
	t.Helper()
	var open []string
	for z := html.NewTokenizer(strings.NewReader(content)); ; {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				t.Errorf("%s: %v stay open", name, open)
			}
			return
		case html.StartTagToken:
			open = append(open, z.Token().Data)
		case html.EndTagToken:
			if tag := z.Token().Data; len(open) == 0 || open[len(open)-1] != tag {
				t.Fatalf("%s: </%s> closes %v", name, tag, open)
			}
			open = open[:len(open)-1]
		}
	}
}
