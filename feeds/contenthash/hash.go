package contenthash

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// Version grows with every change to what Of sees. Rows of an older version are hashed anew without
// being called edited.
const Version = 4

// Of returns a digest that is equal for two readings of an item that say the same to a reader:
// title, teaser, content, link, image, tags and attachments, as the feed has them. White space does not count,
// nor what engines, plugins and delivery networks change by themselves: see safehtml.IsFurniture.
func Of(it parser.Item) database.Digest {
	tags := slices.Sorted(slices.Values(it.Tags))
	parts := []string{it.Title, Canonical(it.Summary), Canonical(it.Content), pageurl.Normalise(it.Link), withoutQuery(it.ImageURL), strings.Join(tags, "\n")}
	for _, a := range it.Attachments {
		parts = append(parts, withoutQuery(a.URL))
	}
	return database.Hash(parts...)
}

// telling are the attributes that a reader would miss; class, style, nonces and sizes are not among
// them.
var telling = []string{"href", "src", "alt", "title", "cite", "datetime"}

// Canonical returns raw HTML without what does not matter: element names, telling attributes and
// text with its white space folded.
func Canonical(raw string) string {
	text, whole := stripVolatile(raw, safehtml.IsFurniture)
	if !whole { // a box that is never closed would swallow what the author wrote after it
		text, _ = stripVolatile(raw, func(html.Token) bool { return false })
	}
	return withoutCounters(text)
}

// withoutCounters replaces the counters in a canonical text. None has a tag inside, so what stands
// between two tags is asked by itself, and only what may hold one: the expression is slow.
func withoutCounters(text string) string {
	var out strings.Builder
	for len(text) > 0 {
		end := strings.IndexByte(text[1:], '<') + 1
		if end == 0 {
			end = len(text)
		}
		piece := text[:end]
		if text = text[end:]; mayCount(piece) {
			piece = counters.ReplaceAllString(piece, "#")
		}
		out.WriteString(piece)
	}
	return out.String()
}

// mayCount is true wherever counters matches something.
func mayCount(piece string) bool {
	if strings.ContainsAny(piece, "0123456789") {
		return true
	}
	piece = strings.ToLower(piece)
	return strings.Contains(piece, "ago") || strings.Contains(piece, "vor") || strings.Contains(piece, "il y a")
}

// stripVolatile leaves out the elements that skip names; whole is false where one of them has no
// end.
func stripVolatile(raw string, skip func(html.Token) bool) (text string, whole bool) {
	var out strings.Builder
	z := html.NewTokenizer(strings.NewReader(raw))
	skipped := boilerplate{wants: skip}
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out.String(), !skipped.on()
		case html.TextToken:
			if !skipped.on() {
				out.WriteString(strings.Join(strings.Fields(z.Token().Data), " "))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			skipped.open(t)
			if !skipped.on() {
				writeTag(&out, t)
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			skipped.close(string(name))
		}
	}
}

func writeTag(out *strings.Builder, t html.Token) {
	if t.Data == "img" && (parser.Attr(t, "width") == "1" || parser.Attr(t, "height") == "1") {
		return // a tracker's address is new at every reading
	}
	out.WriteString("<" + t.Data)
	for _, name := range telling {
		if value := parser.Attr(t, name); value != "" {
			out.WriteString(" " + name + "=" + stableValue(name, value))
		}
	}
	out.WriteString(">")
}

// stableValue is an attribute's value without what is new at every reading: tracking parameters of
// links, and the queries of pictures, where delivery networks keep signatures and sizes.
func stableValue(name, value string) string {
	switch name {
	case "src":
		return withoutQuery(value)
	case "href":
		if link := pageurl.Normalise(value); link != "" {
			return withoutChurn(link)
		}
	}
	return withoutChurn(value)
}

func withoutQuery(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	u.RawQuery, u.Fragment = "", ""
	return u.String()
}

// withoutChurn drops what Cloudflare scrambles anew for every visitor.
func withoutChurn(value string) string {
	if i := strings.Index(value, "/cdn-cgi/l/email-protection"); i >= 0 {
		return value[:i]
	}
	return value
}

// counters matches numbers that count readers, and ages: they grow while nobody edits.
var counters = regexp.MustCompile(`(?i)\b\d[\d.,\x{a0}]*\s*(?:k|m)?\s*(?:views?|reads?|comments?|repl(?:y|ies)|likes?|shares?|claps?|reactions?|visits?|visitors?|` +
	`kommentare?|aufrufe|antworten|vues|commentaires?|lectures|visitas|comentarios?|visualizaciones|visualizzazioni|commenti|reacties|weergaven)\b|` +
	`\b(?:views?|reads|comments?|likes?|shares?|visits?|kommentare|aufrufe|vues|commentaires|visitas|comentarios)\s*[:(]\s*\d[\d.,]*\)?|` +
	`\b(?:an?|\d+)\s+(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)\s+ago\b|` +
	`\bvor\s+(?:eine[rm]|\d+)\s+(?:sekunden?|minuten?|stunden?|tag(?:en)?|wochen?|monat(?:en)?|jahr(?:en)?)\b|` +
	`\bil y a\s+(?:une?|\d+)\s+(?:secondes?|minutes?|heures?|jours?|semaines?|mois|ans?)\b`)
