package widget

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

type threadJSON struct {
	Post   postJSON   `json:"post"`
	Counts countsJSON `json:"counts"`
	Items  []itemJSON `json:"items"`
	More   []moreJSON `json:"more,omitempty"` // answers that are on no page of the thread itself
	Next   *string    `json:"next"`           // cursor= of the next page
}

// moreJSON is what a branch has beyond this page.
type moreJSON struct {
	Below  string `json:"below"`  // id of the answer to the post that the branch begins with
	Count  int    `json:"count"`  // replies
	Cursor string `json:"cursor"` // of the page with the next of them
}

type postJSON struct {
	ID    string `json:"id"`
	URL   string `json:"url"`
	Title string `json:"title"`
}

type countsJSON struct {
	Replies int `json:"replies"`
	Likes   int `json:"likes"`
	Boosts  int `json:"boosts"`
	Quotes  int `json:"quotes"`
}

// itemJSON is a reply. One that is no longer there but has answers has no author, and no text.
type itemJSON struct {
	ID        string      `json:"id"`
	Parent    *string     `json:"parent"` // null: an answer to the post
	Author    *authorJSON `json:"author"`
	HTML      string      `json:"html"`
	Text      string      `json:"text"`
	Lang      *string     `json:"lang"`
	Published string      `json:"published"`
	Edited    *string     `json:"edited"`
	CW        *string     `json:"cw"`
	Media     []mediaJSON `json:"media"`
	Likes     int         `json:"likes"`
	Boosts    int         `json:"boosts"`
	URL       *string     `json:"url"`
	Kind      string      `json:"kind"`                // reply or quote
	ByAuthor  bool        `json:"by_author,omitempty"` // of the post: the blog itself, or its owner by another account
	NoIndex   bool        `json:"noindex,omitempty"`   // its author wants nothing of theirs in search engines
}

type authorJSON struct {
	Name   string  `json:"name"`
	Handle string  `json:"handle"`
	URL    string  `json:"url"`
	Avatar *string `json:"avatar"` // null: pictures from elsewhere would tell their servers who reads here
}

type mediaJSON struct {
	URL  string `json:"url"`
	Type string `json:"type"`
	Name string `json:"name"`

	Sensitive bool `json:"sensitive,omitempty"`
}

func renderJSON(a asked, t page) ([]byte, error) {
	answer := threadJSON{
		Post:   postJSON{ID: a.post.ID, URL: a.post.URL, Title: a.post.Title},
		Counts: countsJSON(t.Counts),
		Items:  make([]itemJSON, 0, len(t.Items)),
	}
	for _, item := range t.Items {
		answer.Items = append(answer.Items, itemOf(item, a.handles()))
	}
	for _, m := range t.More {
		answer.More = append(answer.More, moreJSON{m.Root.String(), m.Count, m.From.String()})
	}
	answer.Next = orNull(t.Next.String())
	return marshal(answer)
}

func itemOf(item thread.Item, handles []string) itemJSON {
	j := itemJSON{ID: item.ID.String(), Published: stamp(item.PublishedAt), Media: []mediaJSON{}, Kind: thread.KindReply}
	if item.ParentID != 0 {
		j.Parent = new(item.ParentID.String())
	}
	if item.Placeholder {
		return j
	}
	content := safehtml.TrimMention(item.HTML, handles...)
	j.Author = &authorJSON{Name: nameOf(item.Author), Handle: item.Author.Handle, URL: profileOf(item.Author)}
	j.HTML, j.Text = content.String(), safehtml.Text(content.String())
	j.Lang, j.CW, j.URL = orNull(item.Language), orNull(item.CW), orNull(originalOf(item))
	if item.Elsewhere() != "" {
		j.URL = orNull(item.ObjectURI) // whoever makes a link of it cannot say where it goes
	}
	j.Likes, j.Boosts, j.Kind, j.NoIndex = item.Likes, item.Boosts, item.Kind, item.Author.Preferences.NoIndex
	j.ByAuthor = item.ByOwner
	if !item.EditedAt.IsZero() {
		j.Edited = new(stamp(item.EditedAt))
	}
	for _, m := range item.Attachments {
		j.Media = append(j.Media, mediaJSON{URL: m.URL, Type: m.MediaType, Name: m.Name, Sensitive: m.Sensitive})
	}
	return j
}

// marshal writes JSON without escaping <, > and &: it is served as JSON with nosniff, and HTML in
// it stays readable.
func marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
