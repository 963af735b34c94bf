package thread

import (
	"cmp"
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

// What is kept of an object written elsewhere. Columns and pages have an end; Mastodon's longest
// posts stay far below all of these.
const (
	MaxContent         = 64 << 10 // bytes of raw HTML
	maxCW              = 500      // characters
	maxName            = 500      // characters of titles
	maxAlt             = 1500     // characters of the description of a medium, as many as Mastodon takes
	maxMediaType       = 100
	maxAttachments     = 16
	maxAttachmentBytes = 60_000 // of their JSON; TEXT holds 65,535
	maxRefs            = 5      // inReplyTo and context values looked at
	maxChoices         = 20     // of a poll
)

// objectTypes are the kinds of object that can be a comment; titledTypes are those of them whose
// name is a title to be shown.
var (
	objectTypes   = []string{"Note", "Question", "Article", "Page", "Video", "Image", "Audio"}
	titledTypes   = []string{"Article", "Page", "Video", "Image", "Audio"}
	languageShape = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$`)
)

// Note is what an object says, bounded and cleaned. It depends on the object alone, not on what we
// have stored.
type Note struct {
	ID          string
	Author      string   // attributedTo; "" where that is not exactly one, groups not counted
	Authors     []string // all of them, without groups
	URL         string
	Type        string
	InReplyTo   []string
	Context     []string
	Answers     []string // collections on its own server where answers to it are listed, the best first
	Quotes      []string // what it quotes, by any of the names for that
	Asks        bool     // it quotes by FEP-044f, which asks for leave; the older ways know none
	HTML        safehtml.HTML
	Words       safehtml.HTML // HTML without the line that names what is quoted
	Tags        []Tag
	CW          string
	Language    string
	Attachments []Attachment
	Visibility  activitypub.Visibility
	Published   time.Time // zero where it does not say
	Updated     time.Time // likewise
	Hash        database.Digest
	Vote        bool // an answer to a poll
}

// ReadNote reads an object. It never fails: what cannot be read is absent, and the caller decides
// whether enough is left.
func ReadNote(o activitypub.Object) Note {
	n := Note{
		ID:         o.ID(),
		URL:        handedOn(o.URL(), o.ID()),
		Type:       o.Type(),
		InReplyTo:  First(o.Refs("inReplyTo"), maxRefs),
		Context:    First(append(o.Refs("context"), o.Refs("conversation")...), maxRefs),
		Answers:    answersTo(o),
		Quotes:     First(quotedIn(o), maxRefs),
		Asks:       o.Has("quote"),
		Visibility: activitypub.VisibilityOf(o),
		Language:   language(o),
	}
	if n.Authors = Attributed(o); len(n.Authors) == 1 {
		n.Author = n.Authors[0]
	}
	n.Published, _ = o.Time("published")
	n.Updated, _ = o.Time("updated")
	raw := Cut(o.Text("content"), MaxContent)
	title := safehtml.Cut(safehtml.Text(Cut(o.Text("name"), MaxContent)), maxName)
	n.Vote = n.Type == "Note" && title != "" && raw == ""
	n.HTML = comment(o, raw, title)
	n.Words = n.HTML
	if rest := safehtml.WithoutClass(raw, "quote-inline"); rest != raw {
		if words := comment(o, rest, title); !words.IsZero() {
			n.Words = words
		}
	}
	n.Tags = tagsOf(o, raw)
	if !o.Is(titledTypes...) {
		n.CW = safehtml.Cut(safehtml.Text(Cut(o.Text("summary"), MaxContent)), maxCW)
	}
	n.Attachments = attachments(o)
	n.Hash = database.Hash(raw, title, n.CW, n.Language, encodeAttachments(n.Attachments))
	return n
}

// answersTo are the collections that list what was said below an object: its whole conversation
// (FEP-7888), if the object's own server keeps that, and its direct answers. Those of other servers
// are not asked: they say nothing about this object.
func answersTo(o activitypub.Object) []string {
	var lists []string
	for _, list := range []string{o.Ref("context"), o.Ref("replies")} {
		if activitypub.SameOrigin(list, o.ID()) {
			lists = append(lists, list)
		}
	}
	return lists
}

// comment is the text of an object; of those with a title, the title comes first, and what can be
// chosen in a poll last.
func comment(o activitypub.Object, raw, title string) safehtml.HTML {
	raw = asHTML(raw, o.MediaType())
	if title != "" && o.Is(titledTypes...) {
		raw = "<p><strong>" + html.EscapeString(title) + "</strong></p>" + raw
	}
	return safehtml.Comment(raw + choices(o))
}

// tagInside finds HTML in what is said to be plain text, which some servers say of all that they
// send.
var tagInside = regexp.MustCompile(`</?[A-Za-z][A-Za-z0-9]*[\s/>]`)

// asHTML is content as HTML: PeerTube sends the description of a video as its author typed it.
func asHTML(raw, mediaType string) string {
	kind, _, _ := strings.Cut(mediaType, ";")
	switch {
	case tagInside.MatchString(raw):
	case kind == "text/markdown":
		return safehtml.Markdown(raw).String()
	case kind == "text/plain":
		return parser.Paragraphs(html.EscapeString(raw))
	}
	return raw
}

// choices is what can be chosen in a poll, as a list. How many chose it is told again and again,
// and is no part of the words.
func choices(o activitypub.Object) string {
	var list strings.Builder
	for _, choice := range First(append(o.Objects("oneOf"), o.Objects("anyOf")...), maxChoices) {
		if name := strings.TrimSpace(safehtml.Cut(choice.String("name"), maxName)); name != "" && o.Is("Question") {
			list.WriteString("<li>" + html.EscapeString(name) + "</li>")
		}
	}
	if list.Len() == 0 {
		return ""
	}
	return "<ul>" + list.String() + "</ul>"
}

// language is what the object's content is written in: the key of its contentMap, or Lemmy's own
// property.
func language(o activitypub.Object) string {
	of, _ := o.Object("language")
	for _, l := range []string{o.Language(), of.String("identifier")} {
		if languageShape.MatchString(l) && l != "und" {
			return l
		}
	}
	return ""
}

// attachments are the things that hang on an object and have an address that readers can be led to,
// 16 at most. What describes one stands in its name or, of GoToSocial, in its summary.
func attachments(o activitypub.Object) []Attachment {
	var all []Attachment
	hidden := o.Bool("sensitive")
	for _, a := range o.Objects("attachment") {
		at := handedOn(ampersands.Replace(cmp.Or(a.URL(), a.String("href"))), o.ID())
		if at == "" {
			continue
		}
		all = append(all, Attachment{
			URL:       at,
			MediaType: safehtml.Cut(cmp.Or(a.String("mediaType"), a.String("mimeType")), maxMediaType),
			Name:      safehtml.Cut(description(a), maxAlt),
			Sensitive: hidden || a.Bool("sensitive"),
		})
		if len(all) == maxAttachments {
			break
		}
	}
	for most := maxAlt; len(encodeAttachments(all)) > maxAttachmentBytes && most > 100; most /= 2 { // words before media
		for i := range all {
			all[i].Name = safehtml.Excerpt(all[i].Name, most)
		}
	}
	for len(encodeAttachments(all)) > maxAttachmentBytes {
		all = all[:len(all)-1]
	}
	return all
}

// ampersands undoes what WordPress does to the addresses of pictures, which are no HTML.
var ampersands = strings.NewReplacer("&#038;", "&", "&#38;", "&", "&amp;", "&")

// description is what is said of a medium for those who cannot see it: its name, with GoToSocial
// its summary.
func description(medium activitypub.Object) string {
	for _, property := range []string{"name", "summary"} {
		if text := strings.TrimSpace(safehtml.Text(Cut(medium.Text(property), MaxContent))); text != "" {
			return text
		}
	}
	return ""
}

func encodeAttachments(all []Attachment) string {
	if len(all) == 0 {
		return "[]"
	}
	text, _ := json.Marshal(all) // strings always marshal
	return string(text)
}

// decodeAttachments trusts the table no more than the page that shows them does: an address is
// checked again, and one bad row breaks nothing.
func decodeAttachments(text, objectURI string) []Attachment {
	var all []Attachment
	if json.Unmarshal([]byte(text), &all) != nil {
		return nil
	}
	return slices.DeleteFunc(all, func(a Attachment) bool { return handedOn(a.URL, objectURI) == "" })
}

// handedOn is an address that an object gives, if it is one that readers may be led to from it,
// else "". Nobody can be led by http from what is served by https, nor to a host that is another
// one on each network, such as 192.168.0.1 or a name in .local. The object's own host is as public
// as the object.
func handedOn(raw, objectURI string) string {
	u, err := url.Parse(raw)
	switch {
	case err != nil, !activitypub.ValidID(raw), u.Scheme == "http" && !strings.HasPrefix(objectURI, "http:"):
		return ""
	case !activitypub.SameHost(raw, objectURI) && !safehttp.MayBePublic(u):
		return ""
	}
	return raw
}

// Flaw says why the object cannot be a comment; "" if it can.
func (n Note) Flaw() string {
	switch {
	case !slices.Contains(objectTypes, n.Type):
		return "not a comment: type " + Quoted(n.Type)
	case n.Vote:
		return "a vote in a poll"
	case len(n.InReplyTo) == 0 && len(n.Context) == 0 && len(n.Quotes) == 0:
		return "not a reply"
	}
	return ""
}

// Empty says that there is nothing to show.
func (n Note) Empty() bool { return n.HTML.IsZero() && n.CW == "" && len(n.Attachments) == 0 }

// Page is the address of the object for people, and its digest if a reply may be found by it: only
// where it lies on the object's own host, or somebody could catch the answers to another's reply.
// Where it leads to another site, as Bridgy Fed's do, whoever shows it says so (Reply.Elsewhere).
func (n Note) Page() (url string, key database.Digest) {
	switch {
	case n.URL == "":
		return n.ID, database.Digest{}
	case activitypub.SameHost(n.URL, n.ID):
		return n.URL, database.Hash(n.URL)
	}
	return n.URL, database.Digest{}
}

// earliest is when the fediverse had no objects yet: a date before it is a mistake, as one in the
// future is.
var earliest = time.Date(2007, 1, 1, 0, 0, 0, 0, time.UTC)

// Clamp is t, or now where t cannot be true.
func Clamp(t, now time.Time) time.Time {
	if t.Before(earliest) || t.After(now) {
		return now
	}
	return t
}

// Cut shortens s to max bytes without cutting through a character.
func Cut(s string, max int) string {
	if len(s) <= max {
		return s
	}
	for max > 0 && !utf8.RuneStart(s[max]) {
		max--
	}
	return s[:max]
}

// First returns the first of a list, at most max.
func First[T any](list []T, max int) []T { return list[:min(len(list), max)] }

// Quoted is a stranger's word for our journal.
func Quoted(s string) string { return `"` + strings.ToValidUTF8(safehtml.Cut(s, 40), "?") + `"` }

// quotedIn lists what an object quotes: FEP-044f, then what Misskey and Pleroma, Fedibird, and old
// Misskey call it, then links to objects in the text (FEP-e232).
func quotedIn(o activitypub.Object) []string {
	var all []string
	for _, key := range []string{"quote", "quoteUrl", "quoteUri", "_misskey_quote"} {
		all = append(all, o.Refs(key)...)
	}
	for _, tag := range o.Objects("tag") {
		if tag.Is("Link") && activitypub.IsActivityDocument(tag.String("mediaType")) {
			all = append(all, tag.String("href"))
		}
	}
	return Distinct(all)
}

// Distinct keeps the first of equal ones, and the order.
func Distinct(all []string) []string {
	seen := map[string]bool{"": true}
	var kept []string
	for _, s := range all {
		if !seen[s] {
			seen[s] = true
			kept = append(kept, s)
		}
	}
	return kept
}
