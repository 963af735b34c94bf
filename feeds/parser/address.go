package parser

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/bloghorn/bloghorn/server/safehtml"
)

// Address is raw as an absolute http address, made so by base, which may be nil; "" for anything
// else and for what no column holds. What it has is fit to be published: see safehtml.ParseAddress.
// "&amp;" is what is left of an "&" that was escaped once too often.
func Address(base *url.URL, raw string) string {
	if strings.TrimSpace(raw) == "" {
		return ""
	}
	u, err := safehtml.ParseAddress(strings.ReplaceAll(raw, "&amp;", "&"))
	if err != nil {
		return ""
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	text := u.String()
	if (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil || len(text) > MaxURL {
		return ""
	}
	return text
}

// pageAddress is the address of a page, where authors forget the scheme: "www.blog.example/1" in a
// feed of blog.example is no path.
func pageAddress(base *url.URL, raw string, homes ...*url.URL) string {
	raw = strings.TrimSpace(raw)
	first, _, _ := strings.Cut(raw, "/")
	for _, home := range append(homes, base) {
		if home != nil && strings.Contains(first, ".") && bareHost(first) == bareHost(home.Host) {
			return Address(nil, "https://"+raw)
		}
	}
	return Address(base, raw)
}

func bareHost(host string) string { return strings.TrimPrefix(strings.ToLower(host), "www.") }

// Join is ref resolved against base; base where ref cannot be read.
func Join(base *url.URL, ref string) *url.URL {
	u, err := safehtml.ParseAddress(ref)
	if err != nil {
		return base
	}
	if base == nil {
		return u
	}
	return base.ResolveReference(u)
}

// linkTo is a link of Atom, as it is written.
type linkTo struct{ rel, kind, lang, href string }

// relation is a link's relation in its short form. RFC 4287 §4.2.7.2 allows it to be written as an
// IRI, and people write it in capitals.
func relation(rel string) string {
	rel = strings.ToLower(strings.TrimSpace(rel))
	for _, registry := range []string{
		"http://www.iana.org/assignments/relation/", "https://www.iana.org/assignments/relation/",
		"http://www.iana.org/assignments/link-relations/", "https://www.iana.org/assignments/link-relations/",
	} {
		rel = strings.TrimPrefix(rel, registry)
	}
	return rel
}

// HasRelation says that rel, which may name several, names one.
func HasRelation(rel, name string) bool {
	return slices.ContainsFunc(strings.Fields(rel), func(one string) bool { return relation(one) == name })
}

// alternate is where the feed or the entry is for people who read lang: of the alternates that are
// a web page or do not say what they are, else of all of them, the first one in that language, else
// the first that names none. "" where there is none.
func alternate(links []linkTo, lang string) (href string) {
	best := -1
	for _, l := range links {
		if strings.TrimSpace(l.rel) != "" && !HasRelation(l.rel, "alternate") {
			continue
		}
		worth := speaks(Language(l.lang), lang)
		if strings.TrimSpace(l.kind) == "" || strings.Contains(strings.ToLower(l.kind), "html") {
			worth += 10
		}
		if worth > best {
			best, href = worth, l.href
		}
	}
	return href
}

// speaks is how well a page in one language suits readers of another, 0 to 3. Where either is not
// known, it may.
func speaks(page, readers string) int {
	tongue, _, _ := strings.Cut(page, "-")
	own, _, _ := strings.Cut(readers, "-")
	switch {
	case page == "" || readers == "":
		return 1
	case page == readers:
		return 3
	case tongue == own:
		return 2
	}
	return 0
}

// AddressOr is an address as it is published, raw where it is none.
func AddressOr(raw string) string { return cmp.Or(Address(nil, raw), raw) }
