package article

import (
	"html"
	"regexp"
	"slices"
	"strings"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/remote"
)

// mentions are the tags for those who are named, each once.
func mentions(named []remote.Named) (tags []activitypub.Hashtag) {
	for _, n := range named {
		if !slices.ContainsFunc(tags, func(t activitypub.Hashtag) bool { return t.Href == n.Actor.URI }) {
			tags = append(tags, activitypub.Hashtag{Type: "Mention", Href: n.Actor.URI, Name: n.Actor.Handle})
		}
	}
	return tags
}

// mention is somebody in a text, as Mastodon writes it.
func mention(a remote.Actor) string {
	return `<span class="h-card"><a href="` + html.EscapeString(a.URL) + `" class="u-url mention">@<span>` + html.EscapeString(a.Username) + `</span></a></span>`
}

// withMentions makes links of the handles in a text.
func withMentions(content string, named []remote.Named) string {
	return remote.ReplaceHandles(content, func(handle string) string {
		if i := slices.IndexFunc(named, func(n remote.Named) bool { return strings.EqualFold(n.Name, remote.CanonicalName(handle)) }); i >= 0 {
			return mention(named[i].Actor)
		}
		return handle
	})
}

var (
	// leadingWords are the names that a text begins with, if it begins with any; leadingWord is one
	// of them.
	leadingWords = regexp.MustCompile(`^<p>(?:@[^\s<>]+[\s,:]*)+`)
	leadingWord  = regexp.MustCompile(`@[^\s<>]+`)
)

// beginsWith says whether a text begins with somebody, alone or among others: by handle, by name
// alone as Mastodon shows it, or by a link to them. The name alone is made a handle, which is one
// to everybody.
func beginsWith(content string, a remote.Actor) (string, bool) {
	for _, page := range []string{a.URL, a.URI} {
		if strings.HasPrefix(content, `<p><a href="`+html.EscapeString(page)+`"`) {
			return content, true
		}
	}
	lead := leadingWords.FindString(content)
	for _, at := range leadingWord.FindAllStringIndex(lead, -1) {
		name := strings.TrimRight(lead[at[0]:at[1]], ",:")
		switch {
		case strings.Count(name, "@") == 2 && strings.EqualFold(remote.CanonicalName(name), a.Handle):
			return content, true
		case a.Username != "" && strings.EqualFold(name, "@"+a.Username):
			return content[:at[0]] + a.Handle + content[at[0]+len(name):], true
		}
	}
	return content, false
}
