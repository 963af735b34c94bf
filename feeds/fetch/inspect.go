package fetch

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/bloghorn/bloghorn/feeds/charset"
	"github.com/bloghorn/bloghorn/feeds/dates"
	"github.com/bloghorn/bloghorn/feeds/match"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/safehtml"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

// Inspection is a feed under a magnifying glass, for those who tell an owner what to improve. It
// holds facts and no judgement, and of the feed's HTML only what was found in it.
type Inspection struct {
	Found
	Entries []Entry // in the feed's order
	Again   Reading // the same feed, asked for a second time
}

// Entry is an item as the feed has it, before a Post is made of it.
type Entry struct {
	GUID, Link, Title string
	Published         time.Time // zero where the feed gives none that can be believed
	OddYear           int       // of a date that cannot be believed, where there is no other
	dates             []time.Time
	Repeats           bool     // an earlier entry says the same under the same guid and link: it is not used
	Length            int      // characters of its text
	Cut               bool     // the text ends as engines end what they have cut: "[…]", "Read more"
	Relative          []string // addresses in the text that are not whole, at most maxFacts
	Embeds            []string // elements that no server shows, such as "iframe", each once
}

// Reading is how the feed's server answers somebody who has been there before.
type Reading struct {
	Err         error // why there is none
	ContentType string
	Bytes       int // of the body, inflated
	Charset     charset.Labels
	Entries     []Entry
	Validators  bool // there was an ETag or a Last-Modified that we can send back
	NotModified bool // they were sent back, and the answer was 304
}

// maxFacts is how many examples of one thing are kept for an entry.
const maxFacts = 5

// Inspect finds a feed as Discover does, and asks for it twice more: once after pause, to see what
// changes by itself, and once with the validators it got, to see whether they are any good. Only
// where no feed is found is there an error, a sentence for the owner.
func Inspect(ctx context.Context, client *safehttp.Client, rawURL string, pause time.Duration) (Inspection, error) {
	found, err := Discover(ctx, client, rawURL)
	if err != nil {
		return Inspection{}, err
	}
	in := Inspection{Found: found, Entries: entriesOf(found.Feed)}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return Inspection{}, ctx.Err()
	case <-timer.C:
		in.Again = readAgain(ctx, client, found.FeedURL)
	}
	return in, ctx.Err()
}

func readAgain(ctx context.Context, client *safehttp.Client, address string) Reading {
	a, err := Feed(ctx, client, address, Validators{})
	if err != nil {
		return Reading{Err: err}
	}
	if err := a.Parse(address); err != nil {
		return Reading{Err: err}
	}
	r := Reading{
		ContentType: a.ContentType,
		Bytes:       len(a.Body),
		Charset:     charset.LabelsOf(a.Body, a.ContentType),
		Entries:     entriesOf(a.Feed),
		Validators:  a.Seen.IsConditional(),
	}
	if r.Validators {
		known := Validators{ETag: a.Seen.ETag, LastModified: a.Seen.LastModified}
		if a, err = Feed(ctx, client, address, known); err == nil {
			r.NotModified = a.Unchanged
		}
	}
	return r
}

func entriesOf(f *parser.Feed) []Entry {
	entries, isRepeat := make([]Entry, len(f.Items)), match.Repeats(f.Items)
	for i, it := range f.Items {
		text := safehtml.Text(it.Content)
		entries[i] = Entry{
			GUID: it.GUID, Link: it.Link, Title: it.Title, Published: it.PublishedAt, dates: it.Dates,
			Length: utf8.RuneCountInString(text), Cut: parser.LooksCut(text), Repeats: isRepeat[i],
		}
		entries[i].look(it.Content)
	}
	return entries
}

// embeds are the elements that safehtml drops and whose loss a reader would notice.
var embeds = []string{"iframe", "object", "embed", "form", "script", "video", "audio", "canvas"}

// look notes what an owner should know of the raw HTML.
func (e *Entry) look(raw string) {
	z := html.NewTokenizer(strings.NewReader(raw))
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		t := z.Token()
		if slices.Contains(embeds, t.Data) && !slices.Contains(e.Embeds, t.Data) {
			e.Embeds = append(e.Embeds, t.Data)
		}
		target := ""
		switch t.Data {
		case "a":
			target = parser.Attr(t, "href")
		case "img", "amp-img":
			target = parser.Source(t)
		}
		if isRelative(target) && len(e.Relative) < maxFacts && !slices.Contains(e.Relative, target) {
			e.Relative = append(e.Relative, target)
		}
	}
}

var scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`)

// isRelative: a fragment alone points into the post, wherever it is read.
func isRelative(target string) bool {
	return target != "" && !strings.HasPrefix(target, "#") && !scheme.MatchString(target)
}

// Believe takes from the entries the dates that cannot be believed now.
func (in *Inspection) Believe(now time.Time) {
	for _, entries := range [][]Entry{in.Entries, in.Again.Entries} {
		for i, e := range entries {
			if entries[i].Published = dates.Believed(e.dates, now); entries[i].Published.IsZero() && len(e.dates) > 0 {
				entries[i].OddYear = e.dates[0].Year()
			}
		}
	}
}
