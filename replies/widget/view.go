package widget

import (
	"bytes"
	"embed"
	"fmt"
	"hash/fnv"
	"html/template"
	"strings"
	"time"
	"unicode"

	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

//go:embed *.html
var templateFiles embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"stamp": stamp,
	"day":   func(t time.Time) string { return t.UTC().Format("2 January 2006") },
	"full":  func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") },
	"count": count,
}).ParseFS(templateFiles, "*.html"))

// threadView is what fragment.html shows.
type threadView struct {
	PostID, PostURL string
	Heading         string
	Counts          thread.Counts
	ReplyURL        string // "" on the thread page, which has the form itself
	Start           string // address of the first page; "" on that
	Comments        []commentView
	More            moreView // of the thread
}

// moreView leads to what is not on this page.
type moreView struct {
	URL    string // of a page that works without JavaScript; "" if there is no more
	Cursor string
	Count  int
}

// commentView is one reply with its answers.
type commentView struct {
	ID                                   string
	Gone                                 bool // deleted or hidden; only its answers are left
	ByOwner                              bool // the author of the post, not a reader
	Quote                                bool // of the post, in words of their own
	NoIndex                              bool // not for search engines
	Name, Handle, Profile, Initials, URL string
	Tint                                 int // 0 to 5, the same for one person everywhere
	Content                              template.HTML
	CW, Language                         string
	Published, Edited                    time.Time
	Likes, Boosts                        int
	Media                                []mediaView
	ReplyURL, Elsewhere                  string // where URL leads, if that is not to its author's server
	AnswersTo, AnswersToID               string // whom, where the place does not say it; no id if that is not on this page
	Answers                              []commentView
	More                                 moreView // answers
}

type mediaView struct{ URL, Words string }

func renderFragment(a asked, p page) ([]byte, error) {
	v := viewOf(a, p.Thread)
	v.ReplyURL = a.threadURL("", "")
	return execute("fragment.html", v)
}

func execute(name string, data any) ([]byte, error) {
	var out bytes.Buffer
	if err := templates.ExecuteTemplate(&out, name, data); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func viewOf(a asked, t thread.Thread) threadView {
	v := threadView{
		PostID: a.post.ID, PostURL: a.post.URL, Heading: a.heading, Counts: t.Counts,
		Comments: viewAll(a, nest(t)),
	}
	if !t.Next.IsZero() && !t.Next.InBranch() {
		v.More = a.more(t.Next, 0)
	}
	if !a.cursor.IsZero() {
		v.Start = a.threadURL("", "") + "#" + headingID(a)
	}
	return v
}

// headingID is where the comments begin in a page: above them stands the form, which readers who go
// on have seen.
func headingID(a asked) string { return "fedi-" + a.post.ID }

func (a asked) more(from thread.Cursor, count int) moreView {
	if from.IsZero() {
		return moreView{}
	}
	return moreView{a.threadURL("cursor", from.String()) + "#" + headingID(a), from.String(), count}
}

func viewAll(a asked, branches []*branch) []commentView {
	views := make([]commentView, 0, len(branches))
	for _, b := range branches {
		v := viewItem(a, b.item)
		if b.parent != nil {
			v.AnswersTo = nameOf(b.parent.Author)
			if !b.elsewhere {
				v.AnswersToID = b.parent.ID.String()
			}
		}
		v.Answers, v.More = viewAll(a, b.answers), a.more(b.more.From, b.more.Count)
		views = append(views, v)
	}
	return views
}

func viewItem(a asked, item thread.Item) commentView {
	v := commentView{ID: item.ID.String(), Gone: item.Placeholder, Published: item.PublishedAt}
	if item.Placeholder {
		return v
	}
	v.Name, v.Handle, v.Profile = nameOf(item.Author), item.Author.Handle, profileOf(item.Author)
	v.Initials, v.Tint = initials(v.Name), tint(item.Author.URI)
	v.Content = safehtml.TrimMention(item.HTML, a.handles()...).Template()
	v.CW, v.Language, v.Edited = item.CW, item.Language, item.EditedAt
	v.Likes, v.Boosts, v.Quote, v.NoIndex = item.Likes, item.Boosts, item.Kind == thread.KindQuote, item.Author.Preferences.NoIndex
	v.ByOwner = item.ByOwner
	v.URL, v.Elsewhere, v.ReplyURL = originalOf(item), item.Elsewhere(), a.threadURL("reply", v.ID)+"#reply"
	for _, m := range item.Attachments {
		if isWeb(m.URL) {
			v.Media = append(v.Media, mediaView{m.URL, describe(m)})
		}
	}
	return v
}

// describe says what a reader would open.
func describe(m thread.Attachment) string {
	kind, known := "Attachment", false
	for prefix, word := range map[string]string{"image/": "Image", "video/": "Video", "audio/": "Audio"} {
		if strings.HasPrefix(m.MediaType, prefix) {
			kind, known = word, true
		}
	}
	switch {
	case m.Name != "":
		return kind + ": " + m.Name
	case known:
		return kind + " without description"
	}
	return kind
}

// nameOf is what to call somebody; a placeholder's author has no name any more.
func nameOf(a remote.Actor) string {
	for _, name := range []string{a.Name, a.Username, a.Handle} {
		if strings.TrimSpace(name) != "" {
			return name
		}
	}
	return "somebody"
}

func profileOf(a remote.Actor) string {
	if isWeb(a.URL) {
		return a.URL
	}
	return a.URI
}

// originalOf is the reply's page, mostly on its author's server (thread.Reply.Elsewhere).
func originalOf(item thread.Item) string {
	if isWeb(item.URL) {
		return item.URL
	}
	return item.ObjectURI
}

func isWeb(address string) bool {
	return strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://")
}

// initials are what stands for somebody's picture: the first letters of their first and last name.
func initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 0 {
		return "?"
	}
	first := firstLetter(words[0])
	if len(words) == 1 {
		return first
	}
	return first + firstLetter(words[len(words)-1])
}

func firstLetter(word string) string {
	for _, r := range word {
		return string(unicode.ToUpper(r))
	}
	return ""
}

// tint spreads people over the colours of the stylesheet.
func tint(uri string) int {
	sum := fnv.New32a()
	sum.Write([]byte(uri))
	return int(sum.Sum32() % 6)
}

// count writes "1 reply", "2 replies".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
