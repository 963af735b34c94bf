package feeds_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/parser"
)

// dated is when the feed's only item was published, in UTC; "" for no date.
func dated(t *testing.T, body string) string {
	t.Helper()
	p := only(t, body)
	if p.PublishedAt.Equal(start) { // when it was found
		return ""
	}
	return strings.TrimSuffix(p.PublishedAt.Format("2006-01-02 15:04:05.999"), " 00:00:00")
}

func rssDated(language, date string) string {
	return `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:a10="http://www.w3.org/2005/Atom"><channel><title>T</title><language>` +
		language + `</language><item><guid>1</guid><title>x</title>` + date + `</item></channel></rss>`
}

func TestKindsOfDates(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		// the standards
		"Wed, 11 Nov 2026 09:30:00 +0100":   "2026-11-11 08:30:00",
		"2026-11-11T09:30:00+01:00":         "2026-11-11 08:30:00",
		"11 Nov 26 09:30 GMT":               "2026-11-11 09:30:00",
		"Wednesday, 11-Nov-26 09:30:00 UTC": "2026-11-11 09:30:00",
		"Wed Nov 11 09:30:00 2026":          "2026-11-11 09:30:00",

		// languages
		"Mi, 11 Nov 2026 09:30:00 +0100":             "2026-11-11 08:30:00",
		"Mittwoch, den 11. November 2026, 09:30 Uhr": "2026-11-11 09:30:00",
		"11. Mrz 2026 um 9.30 Uhr":                   "2026-03-11 09:30:00",
		"mer., 11 nov. 2026 09:30:00 +0100":          "2026-11-11 08:30:00",
		"mar. 10 févr. 2026 à 9h05":                  "2026-02-10 09:05:00",
		"mar, 17 mars 2026 09:30:00 +0100":           "2026-03-17 08:30:00",
		"samedi 1er août 2026":                       "2026-08-01",
		"miércoles, 11 de noviembre de 2026":         "2026-11-11",
		"qua, 11 Fev 2026 09:30:00 -0300":            "2026-02-11 12:30:00",
		"quarta-feira, 11 de março de 2026":          "2026-03-11",
		"gio, 5 nov 2026 09:30:00 +0100":             "2026-11-05 08:30:00",
		"wo, 11 mrt 2026 09:30:00 +0100":             "2026-03-11 08:30:00",
		"środa, 11 lutego 2026, 09:30":               "2026-02-11 09:30:00",
		"Ср, 11 мар 2026 09:30:00 +0300":             "2026-03-11 06:30:00",
		"11 ноября 2026 г., 09:30":                   "2026-11-11 09:30:00",
		"11 листопада 2026 р.":                       "2026-11-11",
		"onsdag den 11. februar 2026 kl. 09.30":      "2026-02-11 09:30:00",
		"ons, 11 maj 2026 09:30:00 CEST":             "2026-05-11 07:30:00",
		"11 marraskuuta 2026 klo 9.30":               "2026-11-11 09:30:00",
		"11. června 2026":                            "2026-06-11",
		"2026. február 11. 09:30":                    "2026-02-11 09:30:00",
		"11 Kasım 2026 Çarşamba":                     "2026-11-11",
		"Τετάρτη, 11 Φεβρουαρίου 2026":               "2026-02-11",
		"2026年11月11日(水) 09時30分":                      "2026-11-11 09:30:00",
		"2026年11月11日 下午3:04":                         "2026-11-11 15:04:00",
		"2026년 11월 11일 오후 3:04":                      "2026-11-11 15:04:00",
		"11 tháng 11, 2026":                          "2026-11-11",
		"١١ نوفمبر ٢٠٢٦":                             "2026-11-11",

		// programs
		"Wed Nov 11 2026 09:30:00 GMT+0100 (Central European Standard Time)": "2026-11-11 08:30:00",
		"Wed Nov 11 2026 09:30:00 GMT-0500 (EST)":                            "2026-11-11 14:30:00",
		"11/13/2026, 9:30:00 AM":                                             "2026-11-13 09:30:00",
		"Wednesday, 11-Nov-2026 09:30:00 GMT+01:00":                          "2026-11-11 08:30:00",
		"2026-11-11 09:30:00.000000":                                         "2026-11-11 09:30:00",
		"Wed, 11 Nov 26 09:30:00 +0000":                                      "2026-11-11 09:30:00",
		"Wed, 11/11/2026 - 09:30":                                            "2026-11-11 09:30:00",
		"Thu, 11/12/2026 - 09:30":                                            "2026-11-12 09:30:00",
		"Thu, 12/11/2026 - 09:30":                                            "2026-11-12 09:30:00",
		"mi, 11.03.2026":                                                     "2026-03-11",
		"mié, 11/03/2026 - 09:30":                                            "2026-03-11 09:30:00",
		"mar, 11/03/2026 - 09:30":                                            "2026-11-03 09:30:00",
		"wo, 11/03/2026 - 21:15":                                             "2026-03-11 21:15:00",
		"Wednesday, November 11, 2026 - 09:30":                               "2026-11-11 09:30:00",
		`&lt;time datetime="2026-11-11T09:30:00+01:00" title="x"&gt;Wed, 11/11/2026 - 09:30&lt;/time&gt;`: "2026-11-11 08:30:00",
		"&lt;span&gt;11 November 2026&lt;/span&gt;":                                                       "2026-11-11",
		"Nov. 11, 2026, 9:30 p.m.":                                                                        "2026-11-11 21:30:00",
		"11th of November 2026 12am":                                                                      "2026-11-11",

		// zones
		"Wed, 11 Nov 2026 09:30:00 GMT-07:00":              "2026-11-11 16:30:00",
		"Wed, 11 Nov 2026 09:30:00 UTC+2":                  "2026-11-11 07:30:00",
		"Wed, 11 Nov 2026 09:30:00 MET":                    "2026-11-11 08:30:00",
		"Wed, 11 Mar 2026 09:30:00 MESZ":                   "2026-03-11 07:30:00",
		"Wed, 11 Nov 2026 09:30:00 (CET)":                  "2026-11-11 08:30:00",
		"2026-07-11 09:30:00 Europe/Brussels":              "2026-07-11 07:30:00",
		"11 Jan 2026 09:30 America/Argentina/Buenos_Aires": "2026-01-11 12:30:00",
		"Wed, 11 Nov 2026 09:30:00 −0330":                  "2026-11-11 13:00:00",
		"Wed, 11 Nov 2026 09:30:00 JST":                    "2026-11-11 00:30:00",

		// numbers
		"1773221400":                "2026-03-11 09:30:00",
		"1773221400000":             "2026-03-11 09:30:00",
		"1773221400.25":             "2026-03-11 09:30:00",
		"2026-11-11T09:30+01:00":    "2026-11-11 08:30:00",
		"2026-11-11 09:30+01":       "2026-11-11 08:30:00",
		"2026-11-11T09:30Z":         "2026-11-11 09:30:00",
		"2026-11-11 09:30":          "2026-11-11 09:30:00",
		"2026-11-11T09:30:00,123Z":  "2026-11-11 09:30:00.123",
		"20261111T093000Z":          "2026-11-11 09:30:00",
		"20261111":                  "2026-11-11",
		"11.11.2026 09:30":          "2026-11-11 09:30:00",
		"2026/11/11 09:30:00 +0900": "2026-11-11 00:30:00",
		"03.04.2026, 9:30":          "2026-04-03 09:30:00",
		"11-Nov-2026":               "2026-11-11",

		// a wrong zone is worse than no date, and so is a date that nobody wrote
		"Wed, 11 Nov 2026 09:30:00 IST":                "",
		"Wed, 11 Nov 2026 09:30:00 XYZ":                "",
		"Wed, 11 Nov 2026 09:30:00 A":                  "",
		"Wed, 11 Nov 2026 09:30:00 (Gotham Time)":      "",
		"2026-11-11 09:30:00 Mars/Olympus":             "",
		"2026-11-11 25:30:00":                          "",
		"31 February 2026":                             "",
		"yesterday, after lunch":                       "",
		"3 days ago":                                   "",
		"November 2026":                                "",
		"12":                                           "",
		"Posted by Anna on 11 November 2026 in Tea, 4": "",
		"11 srp 2026":                                  "",
	} {
		if got := dated(t, rssDated("", "<pubDate>"+text+"</pubDate>")); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// What a month's name means may depend on the language, and which date counts on what can be read.
func TestKindsOfDatesInFeeds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, want string }{
		"Polish":               {rssDated("pl", "<pubDate>Śr, 11 lis 2026 09:30:00 +0100</pubDate>"), "2026-11-11 08:30:00"},
		"Croatian":             {rssDated("hr-HR", "<pubDate>11. listopada 2026</pubDate>"), "2026-10-11"},
		"Czech":                {rssDated("cs", "<pubDate>11. srp 2026</pubDate>"), "2026-08-11"},
		"the second is better": {rssDated("", "<pubDate>soon</pubDate><dc:date>2026-11-11T09:30:00Z</dc:date>"), "2026-11-11 09:30:00"},
		"Atom inside RSS":      {rssDated("", "<a10:updated>2026-11-11T09:30:00+01:00</a10:updated>"), "2026-11-11 08:30:00"},
		"JSON Feed":            {`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","content_text":"x","date_published":"2026-11-11 09:30:00 +0100"}]}`, "2026-11-11 08:30:00"},
		"JSON Feed, a number":  {`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","content_text":"x","date_published":1773221400}]}`, "2026-03-11 09:30:00"},
		"Atom":                 {atomOpen + `<entry><id>urn:1</id><published>le 11 juin 2026</published><updated>2026-11-12T00:00:00Z</updated></entry></feed>`, "2026-06-11"},
		"Atom, unreadable":     {atomOpen + `<entry><id>urn:1</id><published>soon</published><updated>2026-11-12 09:30:00</updated></entry></feed>`, "2026-11-12 09:30:00"},
	} {
		if got := dated(t, c.body); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func FuzzDates(f *testing.F) {
	for _, seed := range []string{"Wed, 11 Nov 2026 09:30:00 +0100", "2026年11月11日 下午3:04", "1/2/3", "20261111T093000Z", "mar. 10 févr. 2026 à 9h05", "-1:-1 99999999999999999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		body := rssDated("", "<pubDate><![CDATA["+strings.ReplaceAll(text, "]]>", "")+"]]></pubDate>")
		if parsed, err := parser.Parse([]byte(body), "", feedURL); err == nil {
			for _, p := range feeds.PostsOf(parsed, tea, start) {
				if p.PublishedAt.After(start) || p.PublishedAt.Year() < 1000 || p.PublishedAt.Location() != time.UTC {
					t.Errorf("%q: %v", text, p.PublishedAt)
				}
			}
		}
	})
}
