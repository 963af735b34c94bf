package remote

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	xhtml "golang.org/x/net/html"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
)

// MaxNamed is how many people of one text become mentions, by names of so many bytes. A list of a
// hundred accounts to follow is no letter to a hundred people.
const (
	MaxNamed     = 10
	maxNameBytes = 500
)

var (
	// writtenHandle is a handle as people write one, with what stands before it: nothing that makes
	// it a part of something else.
	writtenHandle = regexp.MustCompile(`(^|[^\pL\pN_@/.+-])(@[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?@[\pL\pN](?:[\pL\pM\pN.-]*[\pL\pN])?\.[\pL\pM\pN-]*[\pL\pN](?::\d{1,5})?)`)
	// profilePath is where servers show a person.
	profilePath = regexp.MustCompile(`^/(?:@[^/]+|users/[^/]+)/?$`)
)

// ReplaceHandles returns sanitised HTML in which replace, given each handle as it is written, has
// said what stands in its place.
func ReplaceHandles(content string, replace func(handle string) string) string {
	return walkText(content, func(raw string) string {
		return writtenHandle.ReplaceAllStringFunc(raw, func(found string) string {
			at := strings.IndexByte(found, '@')
			return found[:at] + replace(found[at:])
		})
	}, func(string) {})
}

// walkText reads sanitised HTML. It gives text, as it is written, that stands neither in code nor
// in a link, and puts what it gets back in its place; link gets the addresses.
func walkText(content string, text func(raw string) string, link func(href string)) string {
	var out strings.Builder
	inside := 0
	z := xhtml.NewTokenizer(strings.NewReader(content))
	for kind := z.Next(); kind != xhtml.ErrorToken; kind = z.Next() {
		raw := string(z.Raw())
		token := z.Token()
		switch isQuiet := token.Data == "a" || token.Data == "code" || token.Data == "pre"; {
		case kind == xhtml.TextToken && inside == 0:
			raw = text(raw)
		case kind == xhtml.StartTagToken && isQuiet:
			inside++
			for _, a := range token.Attr {
				if token.Data == "a" && a.Key == "href" {
					link(a.Val)
				}
			}
		case kind == xhtml.EndTagToken && isQuiet:
			inside--
		}
		out.WriteString(raw)
	}
	return out.String()
}

// NamesIn are the people that a text names, each once: by a handle (@ada@pasture.example), or by a
// link to a profile, which is its address.
func NamesIn(content string) (names []string) {
	if !strings.Contains(content, "@") && !strings.Contains(content, "/users/") {
		return nil
	}
	add := func(name string) {
		if len(names) < MaxNamed && len(name) <= maxNameBytes && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	walkText(content, func(raw string) string {
		for _, found := range writtenHandle.FindAllStringSubmatch(raw, -1) {
			add(CanonicalName(found[2]))
		}
		return raw
	}, func(href string) {
		if u, err := url.Parse(href); err == nil && u.Scheme == "https" && u.RawQuery == "" && profilePath.MatchString(u.Path) && activitypub.ValidID(href) {
			add(href)
		}
	})
	return names
}

// CanonicalName is a handle whose host is spelt as ids spell it.
func CanonicalName(handle string) string {
	user, host, _ := strings.Cut(strings.TrimPrefix(handle, "@"), "@")
	return "@" + user + "@" + feeds.ASCIIHost(host)
}

// Named is somebody whom a text names.
type Named struct {
	Name  string // as namesIn has it
	Actor Actor
}
