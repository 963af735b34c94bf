package article

import (
	"slices"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

func TestKindsOfNamesInTexts(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`<p>Thanks to @ada@pasture.example!</p>`:                                   "@ada@pasture.example",
		`<p>@Bob@Meadow.Example: (@eve.b@xn--wgvt91f.example) „@x@日記.example“</p>`: "@Bob@meadow.example @eve.b@xn--wgvt91f.example @x@xn--wgvt91f.example",
		`<p>@ada@pasture.example, @ada@pasture.example.</p>`:                       "@ada@pasture.example",
		`<p>@ada@pasture.example:8443 wrote</p>`:                                   "@ada@pasture.example:8443",
		`<p><a href="https://pasture.example/@ada">Ada</a></p>`:                    "https://pasture.example/@ada",
		`<p><a href="https://social.example/users/bob/">Bob</a></p>`:               "https://social.example/users/bob/",
		`<p><a href="https://social.example/@ada@pasture.example">A</a></p>`:       "https://social.example/@ada@pasture.example",

		`<p>Write to ada@pasture.example or x@y@pasture.example.</p>`:                           "",
		`<p><code>git clone git@@host.example</code> and <code>@ada@pasture.example</code></p>`: "",
		`<pre>@ada@pasture.example</pre>`:                                                       "",
		`<p>@ada and @localhost and @a@b</p>`:                                                   "",
		`<p>https://example.example/@ada@pasture.example/1</p>`:                                 "",
		`<p><a href="https://pasture.example/@ada/112233">a toot</a></p>`:                       "",
		`<p><a href="http://pasture.example/@ada">no https</a></p>`:                             "",
		`<p><a href="https://pasture.example/@ada?x=1">a search</a></p>`:                        "",
		`<p><a href="https://news.example/users/bob/posts">posts</a></p>`:                       "",
		`<p>me@home: @media (min-width: 1em), @font-face@2x.png</p>`:                            "@font-face@2x.png", // nobody's, which its server says
	} {
		if got := strings.Join(remote.NamesIn(safehtml.Article(raw, nil).String()), " "); got != want {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
	if n := len(remote.NamesIn("<p>" + strings.Repeat("@a@b.example @", 1) + strings.Repeat("x", 9) + "</p>")); n != 1 {
		t.Errorf("%d names", n)
	}
	var many strings.Builder
	for _, c := range "abcdefghijklmnop" {
		many.WriteString("@" + string(c) + "@pasture.example ")
	}
	if n := len(remote.NamesIn(many.String())); n != remote.MaxNamed {
		t.Errorf("%d of sixteen people become mentions", n)
	}
}

// An answer begins with a mention of whom it answers, once.
func TestKindsOfMentionsInAnswers(t *testing.T) {
	t.Parallel()
	ada := remote.Actor{URI: "https://pasture.example/users/ada", URL: "https://pasture.example/@ada", Username: "ada", Handle: "@ada@pasture.example"}
	bob := remote.Actor{URI: "https://meadow.example/u/7", URL: "https://meadow.example/@bob", Username: "bob", Handle: "@bob@meadow.example"}
	const (
		toAda = `<span class="h-card"><a href="https://pasture.example/@ada" class="u-url mention">@<span>ada</span></a></span>`
		toBob = `<span class="h-card"><a href="https://meadow.example/@bob" class="u-url mention">@<span>bob</span></a></span>`
	)
	for text, want := range map[string]string{
		"Thank you!":                                   "<p>" + toAda + "</p><p>Thank you!</p>",
		"@ada@pasture.example thank you!":              "<p>" + toAda + " thank you!</p>",
		"@Ada@Pasture.example: thank you!":             "<p>" + toAda + ": thank you!</p>",
		"@ada thank you!":                              "<p>" + toAda + " thank you!</p>",
		"@bob@meadow.example @ada@pasture.example so:": "<p>" + toBob + " " + toAda + " so:</p>",
		"[Ada](https://pasture.example/@ada), yes":     `<p><a href="https://pasture.example/@ada" rel="nofollow ugc noopener noreferrer">Ada</a>, yes</p>`,
		"As @bob@meadow.example says.":                 "<p>" + toAda + "</p><p>As " + toBob + " says.</p>",
		"@bob@meadow.example says so too.":             "<p>" + toAda + "</p><p>" + toBob + " says so too.</p>",
		"@adam is somebody else.":                      "<p>" + toAda + "</p><p>@adam is somebody else.</p>",
		"`@bob@meadow.example` is how one writes it":   "<p>" + toAda + "</p><p><code>@bob@meadow.example</code> is how one writes it</p>",
	} {
		content := safehtml.Markdown(text).String()
		n := Note{To: ada, HTML: content}
		if slices.Contains(remote.NamesIn(content), bob.Handle) {
			n.Named = []remote.Named{{Name: bob.Handle, Actor: bob}}
		}
		if slices.Contains(remote.NamesIn(content), ada.URL) {
			n.Named = append(n.Named, remote.Named{Name: ada.URL, Actor: ada})
		}
		note := BuildNote(feeds.Blog{BaseURL: "https://fedi.blog.example", Username: "tea"}, n)
		if note.Content != want {
			t.Errorf("%s:\n%s\n%s", text, note.Content, want)
		}
		var tagged []string
		for _, tag := range note.Tag {
			tagged = append(tagged, tag.Type+" "+tag.Name+" "+tag.Href)
			if !slices.Contains(note.Cc, tag.Href) {
				t.Errorf("%s: %s is not addressed: %v", text, tag.Name, note.Cc)
			}
		}
		wantTags := 1
		if slices.ContainsFunc(n.Named, func(n remote.Named) bool { return n.Actor.URI == bob.URI }) {
			wantTags = 2
		}
		if len(tagged) != wantTags || len(note.Cc) != wantTags+1 {
			t.Errorf("%s: tags %v, cc %v", text, tagged, note.Cc)
		}
	}
}
