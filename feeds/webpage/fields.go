package webpage

import (
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/bloghorn/bloghorn/server/safehtml"
)

// line is text on one line without control characters, at most max characters.
func line(text string, max int) string {
	text = strings.ToValidUTF8(text[:min(len(text), 8*max)], "")
	return safehtml.Cut(strings.Join(strings.Fields(strings.Map(printable, text)), " "), max)
}

func printable(r rune) rune {
	if unicode.IsControl(r) && !unicode.IsSpace(r) {
		return -1
	}
	return r
}

// name is the name of a person, "" for the addresses that stand in its place: article:author is
// mostly a profile at Facebook, and an address of mail is not published any further.
func name(text string) string {
	text = line(text, 200)
	if strings.Contains(text, "://") || strings.ContainsAny(text, "@{}<>") {
		return ""
	}
	return text
}

// absolute is raw as an http or https address, "" for anything else.
func absolute(base *url.URL, raw string) string {
	if raw == "" || len(raw) > 4096 {
		return ""
	}
	u, err := safehtml.ParseAddress(raw)
	if err != nil {
		return ""
	}
	u = base.ResolveReference(u)
	if (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil {
		return ""
	}
	return u.String()
}

// forms are those of ISO 8601 that pages have. One without a zone is taken for UTC, which is at
// most half a day wrong.
var forms = []string{time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05", "2006-01-02T15:04-07:00", "2006-01-02T15:04",
	"2006-01-02 15:04:05-07:00", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", "2006-01-02"}

// firstTime is the first of the texts that is a time: neither of another calendar (Persia counts
// 1405 in 2026) nor the year 0 or the first day of 1970, which is what programs without a date say.
func firstTime(texts ...string) time.Time {
	for _, text := range texts {
		for _, form := range forms {
			at, err := time.Parse(form, strings.TrimSpace(text))
			if err == nil && at.Year() >= 1500 && at.UTC().Unix()/86400 != 0 {
				return at.UTC()
			}
		}
	}
	return time.Time{}
}
