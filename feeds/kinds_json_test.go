package feeds_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/parser"
)

// The format says that these are plain text, and programs put HTML there all the same.
func TestKindsOfTextsInJSON(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`A &amp; B`:                    "A & B",
		`Fish & chips`:                 "Fish & chips",
		`Don&#8217;t <em>spill</em>`:   "Don’t spill",
		`2 < 3 and 4 > 1`:              "2 < 3 and 4 > 1",
		`Vec<T> for tea`:               "Vec<T> for tea",
		`&lt;b&gt; is bold`:            "<b> is bold",
		`Water, H<sub>2</sub>O &gt; 0`: "Water, H₂O > 0",
	} {
		quoted, _ := json.Marshal(raw)
		f, err := parser.Parse([]byte(`{"version":"https://jsonfeed.org/version/1.1","title":`+string(quoted)+`,"description":`+string(quoted)+
			`,"items":[{"id":"1","title":`+string(quoted)+`,"content_html":"<p>x</p>","tags":[`+string(quoted)+`],`+
			`"attachments":[{"url":"/a.mp3","mime_type":"audio/mpeg","title":`+string(quoted)+`}]},{"id":"2","summary":`+string(quoted)+`,"content_html":"<p>y</p>"}]}`), "", feedURL)
		if err != nil {
			t.Fatal(err)
		}
		all := feeds.PostsOf(f, tea, start)
		p, summary := all[0], all[1].Teaser
		for what, got := range map[string]string{
			"feed's title": f.Title, "description": f.Description, "title": p.Title, "summary": summary, "tag": p.Tags[0], "file": p.Attachments[0].Title,
		} {
			if got = strings.Join(strings.Fields(got), " "); got != want {
				t.Errorf("%s of %s\n got %s\nwant %s", what, raw, got, want)
			}
		}
	}
	f, err := parser.Parse([]byte(`{"version":"https://jsonfeed.org/version/1.1","title":"T","description":"<p>All <b>about</b> tea</p>","items":[`+
		`{"id":"1","summary":"<p>One &amp; all</p>"}]}`), "", feedURL)
	if err != nil || f.Description != "All about tea" {
		t.Fatalf("%q, %v", f.Description, err)
	}
	if p := feeds.PostsOf(f, tea, start)[0]; p.Teaser != "One & all" || p.Content.String() != "<p>One &amp; all</p>" {
		t.Errorf("%q, %s", p.Teaser, p.Content)
	}
}

func TestKindsOfLinksInJSON(t *testing.T) {
	t.Parallel()
	for fields, want := range map[string]string{
		`"url":"/1"`: "https://tea.example/1",
		`"id":"https://tea.example/1","url":"https://tea.example/cups/1","external_url":"https://pots.example/"`: "https://tea.example/cups/1",
		`"id":"https://tea.example/1","external_url":"https://pots.example/"`:                                    "https://tea.example/1",
		`"id":"1","external_url":"https://pots.example/"`:                                                        "https://pots.example/",
		`"id":"tag:tea.example,2026:1","url":"","external_url":" https://pots.example/x "`:                       "https://pots.example/x",
		`"id":7,"external_url":null`: "",
	} {
		if got := only(t, `{"version":"https://jsonfeed.org/version/1.1","items":[{`+fields+`,"content_text":"x"}]}`).URL; got != want {
			t.Errorf("%s: %q, want %q", fields, got, want)
		}
	}
}
