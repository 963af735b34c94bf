package preview

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"
	"unicode"
)

// document is the preview for programs. Names in it stay.
type document struct {
	Feed     feedDocument    `json:"feed"`
	Account  string          `json:"account"`
	Entries  []entryDocument `json:"entries"`
	Warnings []Warning       `json:"warnings"`
}

type feedDocument struct {
	URL         string   `json:"url"`
	Site        string   `json:"site"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	Language    string   `json:"language"`
	Image       string   `json:"image"`
	Format      string   `json:"format"`
	Items       int      `json:"items"`
	Guessed     bool     `json:"guessed"`
	Ignored     []string `json:"ignored"`
}

type entryDocument struct {
	Post   postDocument    `json:"post"`
	Create json.RawMessage `json:"create"`
}

type postDocument struct {
	ID        string    `json:"id"`
	GUID      string    `json:"guid"`
	URL       string    `json:"url"`
	Title     string    `json:"title"`
	Teaser    string    `json:"teaser"`
	Content   string    `json:"content"`
	Image     string    `json:"image"`
	ImageAlt  string    `json:"image_alt"`
	Tags      []string  `json:"tags"`
	Author    string    `json:"author"`
	Language  string    `json:"language"`
	Published time.Time `json:"published"`
}

// JSON writes the preview as one JSON object.
func (p Preview) JSON(w io.Writer) error {
	f := p.Feed
	d := document{
		Feed: feedDocument{f.FeedURL, f.SiteURL, f.Title, f.Description, f.Language, f.ImageURL, f.Format, f.Items, f.Guessed,
			append([]string{}, f.Ignored...)},
		Account: p.Blog.Handle(), Entries: []entryDocument{}, Warnings: append([]Warning{}, p.Warnings...),
	}
	for _, e := range p.Entries {
		d.Entries = append(d.Entries, entryDocument{Create: e.Create, Post: postDocument{
			e.Post.ID, e.Post.GUID, e.Post.URL, e.Post.Title, e.Post.Teaser, e.Post.Content.String(), e.Post.ImageURL, e.Post.ImageAlt,
			append([]string{}, e.Post.Tags...), e.Post.Author, e.Post.Language, e.Post.PublishedAt,
		}})
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(d); err != nil {
		return fmt.Errorf("write the preview as JSON: %w", err)
	}
	_, err := w.Write(withoutControls(out.Bytes()))
	return err
}

// withoutControls escapes the control characters that JSON may hold as they are (RFC 8259 §7 names
// those below U+0020 only): a terminal obeys U+009B as well. They stand in strings, where an escape
// means the same.
func withoutControls(text []byte) []byte {
	var out bytes.Buffer
	for _, r := range string(text) {
		if unicode.IsControl(r) && r != '\n' {
			fmt.Fprintf(&out, `\u%04x`, r)
			continue
		}
		out.WriteRune(r)
	}
	return out.Bytes()
}
