package demo

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/http"
	"time"

	"github.com/bloghorn/bloghorn/server/web"
)

const maxFeedEntries = 20

// The feed is Atom (RFC 4287) with the whole text of each post.
type atomFeed struct {
	XMLName  xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang     string      `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
	ID       string      `xml:"id"`
	Title    string      `xml:"title"`
	Subtitle string      `xml:"subtitle"`
	Updated  string      `xml:"updated"`
	Author   string      `xml:"author>name"`
	Links    []atomLink  `xml:"link"`
	Entries  []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID        string      `xml:"id"`
	Title     string      `xml:"title"`
	Link      atomLink    `xml:"link"`
	Published string      `xml:"published"`
	Updated   string      `xml:"updated"`
	Content   atomContent `xml:"content"`
}

type atomContent struct {
	Type string `xml:"type,attr"`
	HTML string `xml:",chardata"`
}

func (b *Blog) feed(w http.ResponseWriter, r *http.Request) error {
	body, err := b.atom()
	if err != nil {
		return err
	}
	web.Write(w, r, web.Page{
		Type: "application/atom+xml; charset=utf-8",
		Body: body,
		ETag: web.ETag(body),
	})
	return nil
}

func (b *Blog) atom() ([]byte, error) {
	home := b.options.BlogURL + "/"
	feed := atomFeed{
		Lang: "en", ID: home, Title: blogTitle, Subtitle: blogSubtitle, Author: blogAuthor,
		Links: []atomLink{{"alternate", "text/html", home}, {"self", "application/atom+xml", b.FeedURL()}},
	}
	var updated time.Time
	entries := b.Entries()
	for _, e := range entries[:min(len(entries), maxFeedEntries)] {
		feed.Entries = append(feed.Entries, b.atomEntry(e))
		updated = later(updated, e.changedAt())
	}
	feed.Updated = stamp(updated)
	out := bytes.NewBufferString(xml.Header)
	if err := xml.NewEncoder(out).Encode(feed); err != nil {
		return nil, fmt.Errorf("write the feed: %w", err)
	}
	return out.Bytes(), nil
}

func (b *Blog) atomEntry(e Entry) atomEntry {
	return atomEntry{
		ID:        b.URL(e),
		Title:     e.Title,
		Link:      atomLink{"alternate", "text/html", b.URL(e)},
		Published: stamp(e.PublishedAt),
		Updated:   stamp(e.changedAt()),
		Content:   atomContent{Type: "html", HTML: e.HTML},
	}
}

func (e Entry) changedAt() time.Time { return later(e.PublishedAt, e.EditedAt) }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
