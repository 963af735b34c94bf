package feeds

import (
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/bloghorn/bloghorn/server/database"
)

// hashVersion grows with every change to what contentHash sees. Rows of an older version are hashed anew without being called edited.
const hashVersion = 1

// contentHash is equal for two readings of an item that say the same to a reader: title, teaser, content, link, image and tags, as the
// feed has them. White space, and markup that engines and plugins change by themselves, does not count.
func contentHash(it item) database.Digest {
	tags := slices.Sorted(slices.Values(it.tags))
	return database.Hash(it.title, essence(it.summary), essence(it.content), NormaliseLink(it.link), it.imageURL, strings.Join(tags, "\n"))
}

// telling are the attributes that a reader would miss; class, style, nonces and sizes are not among them.
var telling = []string{"href", "src", "alt", "title", "cite", "datetime"}

// silent are the elements whose content is not for people.
var silent = []string{"script", "style", "noscript", "template"}

// essence is raw HTML without what does not matter: element names, telling attributes and text with its white space folded.
func essence(raw string) string {
	var out strings.Builder
	z := html.NewTokenizer(strings.NewReader(raw))
	inside := "" // the silent element that is open
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out.String()
		case html.TextToken:
			if inside == "" {
				out.WriteString(strings.Join(strings.Fields(z.Token().Data), " "))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if inside == "" && slices.Contains(silent, t.Data) && t.Type == html.StartTagToken {
				inside = t.Data
			}
			if inside == "" {
				writeTag(&out, t)
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if string(name) == inside {
				inside = ""
			}
		}
	}
}

func writeTag(out *strings.Builder, t html.Token) {
	if t.Data == "img" && (attr(t, "width") == "1" || attr(t, "height") == "1") {
		return // a tracker's address is new at every reading
	}
	out.WriteString("<" + t.Data)
	for _, name := range telling {
		if value := attr(t, name); value != "" {
			out.WriteString(" " + name + "=" + withoutChurn(value))
		}
	}
	out.WriteString(">")
}

// withoutChurn drops what Cloudflare scrambles anew for every visitor.
func withoutChurn(value string) string {
	if i := strings.Index(value, "/cdn-cgi/l/email-protection"); i >= 0 {
		return value[:i]
	}
	return value
}
