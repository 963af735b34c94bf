package publisher

import (
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"

	xhtml "golang.org/x/net/html"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
)

// maxNamed is how many people of one text become mentions, by names of so many bytes. A list of a
// hundred accounts to follow is no letter to a hundred people.
const (
	maxNamed     = 10
	maxNameBytes = 500
)

var (
	// writtenHandle is a handle as people write one, with what stands before it: nothing that makes it a part of something else.
	writtenHandle = regexp.MustCompile(`(^|[^\pL\pN_@/.+-])(@[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?@[\pL\pN](?:[\pL\pM\pN.-]*[\pL\pN])?\.[\pL\pM\pN-]*[\pL\pN](?::\d{1,5})?)`)
	// profilePath is where servers show a person.
	profilePath = regexp.MustCompile(`^/(?:@[^/]+|users/[^/]+)/?$`)
)

// walkText reads sanitised HTML. It gives text, as it is written, that stands neither in code nor in a link, and puts what it gets back in
// its place; link gets the addresses.
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

// namesIn are the people that a text names, each once: by a handle (@ada@pasture.example), or by a link to a profile, which is its address.
func namesIn(content string) (names []string) {
	if !strings.Contains(content, "@") && !strings.Contains(content, "/users/") {
		return nil
	}
	add := func(name string) {
		if len(names) < maxNamed && len(name) <= maxNameBytes && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	walkText(content, func(raw string) string {
		for _, found := range writtenHandle.FindAllStringSubmatch(raw, -1) {
			add(canonicalName(found[2]))
		}
		return raw
	}, func(href string) {
		if u, err := url.Parse(href); err == nil && u.Scheme == "https" && u.RawQuery == "" && profilePath.MatchString(u.Path) && activitypub.ValidID(href) {
			add(href)
		}
	})
	return names
}

// canonicalName is a handle whose host is spelt as ids spell it.
func canonicalName(handle string) string {
	user, host, _ := strings.Cut(strings.TrimPrefix(handle, "@"), "@")
	return "@" + user + "@" + feeds.ASCIIHost(host)
}

// Named is somebody whom a text names.
type Named struct {
	Name  string // as namesIn has it
	Actor RemoteActor
}

// mentions are the tags for those who are named, each once.
func mentions(named []Named) (tags []activitypub.Hashtag) {
	for _, n := range named {
		if !slices.ContainsFunc(tags, func(t activitypub.Hashtag) bool { return t.Href == n.Actor.URI }) {
			tags = append(tags, activitypub.Hashtag{Type: "Mention", Href: n.Actor.URI, Name: n.Actor.Handle})
		}
	}
	return tags
}

// mention is somebody in a text, as Mastodon writes it.
func mention(a RemoteActor) string {
	return `<span class="h-card"><a href="` + html.EscapeString(a.URL) + `" class="u-url mention">@<span>` + html.EscapeString(a.Username) + `</span></a></span>`
}

// withMentions makes links of the handles in a text.
func withMentions(content string, named []Named) string {
	return walkText(content, func(raw string) string {
		return writtenHandle.ReplaceAllStringFunc(raw, func(found string) string {
			handle := found[strings.IndexByte(found, '@'):]
			if i := slices.IndexFunc(named, func(n Named) bool { return strings.EqualFold(n.Name, canonicalName(handle)) }); i >= 0 {
				return strings.TrimSuffix(found, handle) + mention(named[i].Actor)
			}
			return found
		})
	}, func(string) {})
}

var (
	// leadingWords are the names that a text begins with, if it begins with any; leadingWord is one of them.
	leadingWords = regexp.MustCompile(`^<p>(?:@[^\s<>]+[\s,:]*)+`)
	leadingWord  = regexp.MustCompile(`@[^\s<>]+`)
)

// beginsWith says whether a text begins with somebody, alone or among others: by handle, by name
// alone as Mastodon shows it, or by a link to them. The name alone is made a handle, which is one
// to everybody.
func beginsWith(content string, a RemoteActor) (string, bool) {
	for _, page := range []string{a.URL, a.URI} {
		if strings.HasPrefix(content, `<p><a href="`+html.EscapeString(page)+`"`) {
			return content, true
		}
	}
	lead := leadingWords.FindString(content)
	for _, at := range leadingWord.FindAllStringIndex(lead, -1) {
		name := strings.TrimRight(lead[at[0]:at[1]], ",:")
		switch {
		case strings.Count(name, "@") == 2 && strings.EqualFold(canonicalName(name), a.Handle):
			return content, true
		case a.Username != "" && strings.EqualFold(name, "@"+a.Username):
			return content[:at[0]] + a.Handle + content[at[0]+len(name):], true
		}
	}
	return content, false
}
