package parser

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"

	"github.com/bloghorn/bloghorn/feeds/charset"
	"github.com/bloghorn/bloghorn/feeds/dates"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// jsonFeed and jsonItem are JSON Feed 1.0 and 1.1. A wrong type in one field is no reason to lose a
// blog, so none is an error.
type jsonFeed struct {
	Version     JSONText
	Title       JSONText
	HomePageURL JSONText `json:"home_page_url"`
	Description JSONText
	Icon        JSONText
	Language    JSONText
	Author      json.RawMessage
	Authors     jsonList
	FeedURL     JSONText `json:"feed_url"`
	Hubs        jsonList
	Items       jsonList
}

type jsonItem struct {
	ID            JSONText
	URL           JSONText
	ExternalURL   JSONText `json:"external_url"`
	Title         JSONText
	ContentHTML   JSONText `json:"content_html"`
	ContentText   JSONText `json:"content_text"`
	Summary       JSONText
	Image         JSONText
	BannerImage   JSONText `json:"banner_image"`
	DatePublished JSONText `json:"date_published"`
	Author        json.RawMessage
	Authors       jsonList
	Tags          jsonTags
	Language      JSONText
	Attachments   jsonList
}

// JSONText is a string, or a number as it is written, which an id may be; "" for anything else.
type JSONText string

// UnmarshalJSON never fails on JSON that is well-formed.
func (t *JSONText) UnmarshalJSON(raw []byte) error {
	switch c := raw[0]; {
	case c == '"':
		var text string
		err := json.Unmarshal(raw, &text)
		*t = JSONText(charset.Tidy(text))
		return err
	case c == '-' || c >= '0' && c <= '9':
		*t = JSONText(raw)
	}
	return nil
}

// jsonList is the first elements of a list; none of anything else. The rest is not even kept: ten
// million zeros fit into 20 MB of JSON.
type jsonList []json.RawMessage

// UnmarshalJSON never fails on JSON that is well-formed.
func (l *jsonList) UnmarshalJSON(raw []byte) error {
	if raw[0] != '[' {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() && len(*l) < maxRead {
		var one json.RawMessage
		if err := d.Decode(&one); err != nil {
			return err
		}
		*l = append(*l, one)
	}
	return nil
}

// jsonTags is a list of tags, or one text with commas between them, as some write it.
type jsonTags struct{ jsonList }

// UnmarshalJSON never fails on JSON that is well-formed.
func (t *jsonTags) UnmarshalJSON(raw []byte) error {
	if raw[0] != '"' {
		return t.jsonList.UnmarshalJSON(raw)
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return err
	}
	for _, tag := range strings.SplitN(text, ",", 2*maxTags) {
		one, _ := json.Marshal(strings.TrimSpace(tag)) // strings always marshal
		t.jsonList = append(t.jsonList, one)
	}
	return nil
}

const jsonVersion = "jsonfeed.org/version/"

func parseJSON(text []byte, at *url.URL) (*Feed, error) {
	if hasLongString(text) {
		return nil, fmt.Errorf("one text of it is longer than %d MiB", maxPiece>>20)
	}
	var j jsonFeed
	if err := json.Unmarshal(text, &j); err != nil {
		return nil, explainJSON(err)
	}
	_, version, ok := strings.Cut(string(j.Version), jsonVersion)
	if !ok {
		return nil, errors.New("it is JSON, but no JSON Feed: its version is not https://jsonfeed.org/version/…")
	}
	if version == "1" {
		version = "1.0"
	}
	f := &Feed{
		Format:      "JSON Feed " + Cut(version, 10),
		Title:       Line(plainRSS(string(j.Title)), MaxTitle),
		Description: Line(safehtml.Text(textJSON(j.Description)), MaxSummary),
		SiteURL:     pageAddress(at, string(j.HomePageURL)),
		Language:    Language(string(j.Language)),
		ImageURL:    Address(at, string(j.Icon)),
	}
	f.Hub = j.hub(at)
	var read []jsonItem
	var written []string
	for _, raw := range j.Items {
		var i jsonItem
		if json.Unmarshal(raw, &i) == nil { // what is no object is no item
			read, written = append(read, i), append(written, string(i.DatePublished))
		}
	}
	order := dates.OrderOf(written, f.Language)
	var all []Item
	for _, i := range read {
		all = append(all, i.item(j, f, at, order))
	}
	f.Items = usable(all)
	return f, nil
}

// hasLongString says that a string of the document is longer than maxPiece: decoding copies it
// several times.
func hasLongString(text []byte) bool {
	begun, inside := 0, false
	for at := 0; at < len(text); at++ {
		switch c := text[at]; {
		case inside && c == '\\':
			at++
		case c == '"':
			inside, begun = !inside, at
		case inside && at-begun > maxPiece:
			return true
		}
	}
	return false
}

// hub is the first of the feed's hubs that speaks WebSub.
func (j jsonFeed) hub(at *url.URL) (h Hub) {
	for _, raw := range j.Hubs[:min(len(j.Hubs), maxLinks)] {
		var one struct{ Type, URL JSONText }
		if json.Unmarshal(raw, &one) == nil && strings.EqualFold(string(one.Type), "WebSub") {
			h.add("hub", string(one.URL), at)
		}
	}
	h.add("self", string(j.FeedURL), at)
	return h.Whole()
}

func explainJSON(err error) error {
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong):
		return errors.New("it is JSON, but no JSON Feed")
	case strings.Contains(err.Error(), "unexpected end"):
		return fmt.Errorf("it is cut off before its end (%w)", err)
	}
	return fmt.Errorf("it is not valid JSON: %w", err)
}

func (i jsonItem) item(j jsonFeed, f *Feed, at *url.URL, order dates.DayOrder) Item {
	it := Item{
		GUID:     strings.TrimSpace(string(i.ID)),
		Link:     cmp.Or(pageAddress(at, string(i.URL), Join(at, f.SiteURL)), Address(nil, string(i.ID)), Address(at, string(i.ExternalURL))),
		Title:    Line(plainRSS(string(i.Title)), MaxTitle),
		ImageURL: Address(at, string(cmp.Or(i.Image, i.BannerImage))),
		icon:     f.ImageURL,
		Tags:     Tags(i.Tags.texts(), plainRSS),
		Author:   Line(cmp.Or(names(i.Authors, i.Author), names(j.Authors, j.Author)), MaxAuthor),
		Language: cmp.Or(Language(string(i.Language)), f.Language),
		Summary:  textJSON(i.Summary),
		Content:  cmp.Or(string(i.ContentHTML), html.EscapeString(string(i.ContentText))),
	}
	it.Attachments, it.pictures = i.attached(at)
	it.Dates = dates.Of(it.Language, order, nil, string(i.DatePublished))
	it.PublishedAt = dates.Believed(it.Dates, dates.Someday)
	it.Base = Join(at, f.SiteURL) // what Micro.blog means by "uploads/1.jpg"
	return it.Bounded()
}

var unclosed = regexp.MustCompile(`(?i)<(?:br|img\s[^<>]*)\s*/?>`)

// textJSON is what the format calls plain text, as HTML: many programs put there what they have,
// which is HTML.
func textJSON(text JSONText) string {
	raw := string(text)
	if strings.Contains(raw, "</") || unclosed.MatchString(raw) {
		return raw
	}
	return html.EscapeString(html.UnescapeString(raw))
}

func (i jsonItem) attached(at *url.URL) (sounds, shown []Attachment) {
	var all []Attachment
	for _, raw := range i.Attachments[:min(len(i.Attachments), 10*maxAttachments)] {
		var one struct {
			URL      JSONText
			MIMEType JSONText `json:"mime_type"`
			Title    JSONText
		}
		if json.Unmarshal(raw, &one) == nil {
			all = append(all, Attachment{Address(at, string(one.URL)), string(one.MIMEType), plainRSS(string(one.Title))})
		}
	}
	for _, a := range all {
		if p, ok := picture(a.URL, a.Type, a.Title); ok && a.IsPicture() {
			shown = append(shown, p)
		}
	}
	return playable(all), shown
}

func (l jsonList) texts() (all []string) {
	for _, raw := range l {
		var t JSONText
		if json.Unmarshal(raw, &t) == nil {
			all = append(all, string(t))
		}
	}
	return all
}

// names are those of version 1.1's authors, else that of version 1's one author.
func names(authors jsonList, author json.RawMessage) string {
	if len(authors) == 0 {
		authors = jsonList{author}
	}
	var all []string
	for _, raw := range authors[:min(len(authors), maxAuthors)] {
		var person struct{ Name JSONText }
		if json.Unmarshal(raw, &person) != nil { // a bare string, as some write it
			_ = json.Unmarshal(raw, &person.Name)
		}
		all = append(all, string(person.Name))
	}
	return strings.Join(distinctNames(all), ", ")
}
