package feeds

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// jsonFeed and jsonItem are JSON Feed 1.0 and 1.1. Fields that authors get wrong are read as whatever they are: an id that is a number
// is allowed (and shall become a string), and a wrong type in one field is no reason to lose a blog.
type jsonFeed struct {
	Version     any
	Title       any
	HomePageURL any `json:"home_page_url"`
	Description any
	Icon        any
	Language    any
	Author      any
	Authors     any
	Items       []json.RawMessage
}

type jsonItem struct {
	ID            any
	URL           any
	Title         any
	ContentHTML   any `json:"content_html"`
	ContentText   any `json:"content_text"`
	Summary       any
	Image         any
	BannerImage   any `json:"banner_image"`
	DatePublished any `json:"date_published"`
	Author        any
	Authors       any
	Tags          any
	Language      any
}

const jsonVersion = "jsonfeed.org/version/"

func parseJSON(text []byte, at *url.URL) (*Feed, error) {
	var j jsonFeed
	if err := json.Unmarshal(text, &j); err != nil {
		return nil, explainJSON(err)
	}
	_, version, ok := strings.Cut(str(j.Version), jsonVersion)
	if !ok {
		return nil, errors.New("it is JSON, but no JSON Feed: its version is not https://jsonfeed.org/version/…")
	}
	if version == "1" {
		version = "1.0"
	}
	f := &Feed{
		Format:      "JSON Feed " + cut(version, 10),
		Title:       line(str(j.Title), maxTitle),
		Description: line(str(j.Description), maxSummary),
		SiteURL:     address(at, str(j.HomePageURL)),
		Language:    language(str(j.Language)),
		ImageURL:    address(at, str(j.Icon)),
	}
	var all []item
	for _, raw := range j.Items[:min(len(j.Items), maxRead)] {
		var i jsonItem
		if json.Unmarshal(raw, &i) == nil { // an item that is no object is none
			all = append(all, i.item(j, f, at))
		}
	}
	f.items = newest(all)
	return f, nil
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

func (i jsonItem) item(j jsonFeed, f *Feed, at *url.URL) item {
	it := item{
		guid:        strings.TrimSpace(str(i.ID)),
		link:        address(at, str(i.URL)),
		title:       line(str(i.Title), maxTitle),
		imageURL:    address(at, cmp.Or(str(i.Image), str(i.BannerImage))),
		tags:        tags(texts(i.Tags), func(s string) string { return s }),
		author:      line(cmp.Or(names(i.Authors, i.Author), names(j.Authors, j.Author)), maxAuthor),
		language:    cmp.Or(language(str(i.Language)), f.Language),
		publishedAt: jsonDate(str(i.DatePublished)),
		summary:     html.EscapeString(str(i.Summary)),
		content:     cmp.Or(str(i.ContentHTML), html.EscapeString(str(i.ContentText))),
	}
	it.base = join(at, f.SiteURL) // what Micro.blog means by "uploads/1.jpg"
	if it.content == "" {
		it.content, it.summary = it.summary, ""
	}
	return it
}

func jsonDate(text string) time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return published("", &at)
}

// str is a string, or a number as it would be written; "" for anything else.
func str(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

func texts(v any) (all []string) {
	list, _ := v.([]any)
	for _, one := range list {
		all = append(all, str(one))
	}
	return all
}

// names are those of version 1.1's authors, else that of version 1's one author.
func names(authors, author any) string {
	var all []string
	list, _ := authors.([]any)
	if len(list) == 0 {
		list = []any{author}
	}
	for _, one := range list[:min(len(list), 10)] {
		person, _ := one.(map[string]any)
		if name := strings.TrimSpace(str(person["name"])); name != "" {
			all = append(all, name)
		}
	}
	return strings.Join(all, ", ")
}
