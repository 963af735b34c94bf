package safehtml

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

const maxURL = 2048 // bytes; longer addresses are cut off by somebody on the way

var (
	showingClasses = []string{"mention", "hashtag", "h-card", "u-url"}
	keptClasses    = append([]string{"ellipsis", "invisible"}, showingClasses...)
	keptRels       = []string{"tag", "me", "nofollow", "ugc", "noopener", "noreferrer"}
	wholeNumber    = regexp.MustCompile(`^-?[0-9]{1,9}$`)
	pixels         = regexp.MustCompile(`^[0-9]{1,5}$`)
	onePixel       = regexp.MustCompile(`(?i)(?:^|;)\s*(?:(?:width|height)\s*:\s*[01]px|display\s*:\s*none)\s*(?:!important\s*)?(?:;|$)`)
	lazySources    = []string{"src", "data-src", "data-lazy-src", "data-original", "data-orig-file"}
	lazySets       = []string{"srcset", "data-srcset"} // of a picture that has no other source
	strictRel      = "nofollow ugc noopener noreferrer"
	attributeMax   = 1500 // characters of alt and title
)

// attributes are those of the element called name that stay, in a fixed order, and whether the
// element is worth keeping with them.
func (r *rules) attributes(name string, given []html.Attribute) (kept []html.Attribute, worth bool) {
	get := func(key string) string {
		i := slices.IndexFunc(given, func(a html.Attribute) bool { return a.Key == key })
		if i < 0 {
			return ""
		}
		return given[i].Val
	}
	add := func(key, value string) {
		if value != "" {
			kept = append(kept, html.Attribute{Key: key, Val: value})
		}
	}
	switch name {
	case "a":
		add("href", r.address(get("href"), "http", "https", "mailto"))
		worth = kept != nil
		add("class", only(get("class"), keptClasses))
		add("rel", r.rel(get("rel")))
		return kept, worth
	case "span":
		add("class", only(get("class"), keptClasses))
		return kept, kept != nil
	case "img":
		return r.image(get, add, &kept)
	case "ol":
		add("start", matching(wholeNumber, get("start")))
		if slices.ContainsFunc(given, func(a html.Attribute) bool { return a.Key == "reversed" }) {
			kept = append(kept, html.Attribute{Key: "reversed"})
		}
	case "li":
		add("value", matching(wholeNumber, get("value")))
	}
	return kept, true
}

// image keeps pictures for people. Lazy loading leaves a placeholder in src and the picture in an
// attribute for its script.
func (r *rules) image(get func(string) string, add func(key, value string), kept *[]html.Attribute) ([]html.Attribute, bool) {
	if isTiny(get("width")) || isTiny(get("height")) || onePixel.MatchString(get("style")) {
		return nil, false
	}
	for _, key := range slices.Concat(lazySources, lazySets) {
		raw := get(key)
		if slices.Contains(lazySets, key) {
			raw = Largest(raw)
		}
		if src := r.address(raw, "http", "https"); src != "" {
			add("src", src)
			add("alt", Excerpt(fold(get("alt")), attributeMax))
			add("title", Excerpt(fold(get("title")), attributeMax))
			add("width", matching(pixels, strings.TrimSuffix(get("width"), "px")))
			add("height", matching(pixels, strings.TrimSuffix(get("height"), "px")))
			return *kept, true
		}
	}
	return nil, false
}

// Largest is the address in a srcset attribute of what is widest or has the most pixels; "" where
// it names none.
func Largest(srcset string) (address string) {
	best := -1.0
	for srcset = strings.TrimLeft(srcset, " \t\r\n\f,"); srcset != ""; srcset = strings.TrimLeft(srcset, " \t\r\n\f,") {
		end := strings.IndexAny(srcset, " \t\r\n\f")
		if end < 0 {
			end = len(srcset)
		}
		one, size := srcset[:end], ""
		srcset = srcset[end:]
		if whole := strings.TrimRight(one, ","); whole != one {
			one = whole // a comma inside is a sign of the address
		} else {
			size, srcset, _ = strings.Cut(srcset, ",")
		}
		pixels, err := strconv.ParseFloat(strings.TrimRight(strings.TrimSpace(size), "wx"), 64)
		if err != nil {
			pixels = 1
		}
		if pixels > best {
			best, address = pixels, one
		}
	}
	return address
}

func (r *rules) rel(given string) string {
	if r.strictLinks {
		return strictRel
	}
	return only(strings.ToLower(given), keptRels)
}

func isTiny(size string) bool {
	size = strings.TrimSuffix(strings.TrimSpace(size), "px")
	return size == "0" || size == "1"
}

// only are the words that are among the kept ones, each once.
func only(words string, kept []string) string {
	var found []string
	for word := range strings.FieldsSeq(words) {
		if slices.Contains(kept, word) && !slices.Contains(found, word) {
			found = append(found, word)
		}
	}
	return strings.Join(found, " ")
}

func matching(pattern *regexp.Regexp, value string) string {
	if value = strings.TrimSpace(value); pattern.MatchString(value) {
		return value
	}
	return ""
}
