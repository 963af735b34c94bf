package feeds_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/parser"
)

// Which number of "11/12/2026" is the day is told by the other dates of the feed, the day of the week, or the language.
func TestKindsOfDayOrders(t *testing.T) {
	t.Parallel()
	const none = "11-20" // when it was found
	for name, c := range map[string]struct{ language, dates, want string }{
		"the others say month first": {"", "11/12/2026|11/28/2025|10/31/2025", "11-12"},
		"in British English too":     {"en-GB", "11/12/2026|11/28/2025", "11-12"},
		"the others say day first":   {"en-US", "11/12/2025|28/11/2025|10/10/2025", "12-11"},
		"with am and pm":             {"", "11/12/2025 3:04 PM|28/11/2025 9:00 AM", "12-11"},
		"dashes":                     {"", "11-12-2026|11-28-2025", "11-12"},
		"dots":                       {"", "11.12.2026|11.28.2025", "11-12"},
		"the others' days":           {"", "11/12/2026|Thu, 11/05/2026|Wed, 11/04/2026", "11-12"},
		"numbers before days":        {"", "11/12/2026|Thu, 05/11/2026|11/28/2025", "11-12"},
		"they contradict each other": {"", "11/12/2026|28/11/2025|11/28/2025", none},
		"American":                   {"en-US", "11/12/2026", "11-12"},
		"American, by an engine":     {"en_us", "11/12/2026 09:30", "11-12"},
		"British":                    {"en-GB", "05/11/2026", "11-05"},
		"Australian, with am and pm": {"en-AU", "05/11/2026 3:04 PM", "11-05"},
		"French":                     {"fr", "05/11/2026", "11-05"},
		"Greek":                      {"el", "5/11/2026 3:04 μ.μ.", "11-05"},
		"am and pm":                  {"en", "11/5/2026, 3:04:05 PM", "11-05"},
		"English":                    {"en", "05/11/2026", none},
		"no language":                {"", "05/11/2026 09:30:00", none},
		"dots alone":                 {"", "05.11.2026", "11-05"},
		"both are the same":          {"", "11/11/2026", "11-11"},
	} {
		var items, json strings.Builder
		for i, date := range strings.Split(c.dates, "|") {
			fmt.Fprintf(&items, "<item><guid>%d</guid><title>x</title><pubDate>%s</pubDate></item>", i, date)
			fmt.Fprintf(&json, `,{"id":"%d","content_text":"x","date_published":"%s"}`, i, date)
		}
		for _, body := range []string{
			`<rss version="2.0"><channel><title>T</title><language>` + c.language + `</language>` + items.String() + `</channel></rss>`,
			`{"version":"https://jsonfeed.org/version/1.1","language":"` + c.language + `","items":[` + json.String()[1:] + `]}`,
		} {
			f, err := parser.Parse([]byte(body), "", feedURL)
			if err != nil {
				t.Fatal(err)
			}
			if got := feeds.PostsOf(f, tea, start)[0].PublishedAt.Format("01-02"); got != c.want {
				t.Errorf("%s: %s, want %s", name, got, c.want)
			}
		}
	}
}
