package feeds

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// minImageSize is the least width and height, in pixels, of a picture that can stand for a post.
const minImageSize = 80

// heroOf is the picture that stands for an item: the one its feed names, else the first in its content that is no ornament, else the
// feed's thumbnail. The description comes from the content, where authors write it, else from the feed's own words.
func heroOf(it item) (src, alt string) {
	var first, firstAlt string
	for _, img := range images(it.content) {
		at := address(it.base, source(img))
		switch {
		case at == "":
		case at == it.imageURL:
			return at, cmp.Or(describe(img), it.imageAlt)
		case first == "" && !isOrnament(img, at):
			first, firstAlt = at, describe(img)
		}
	}
	switch {
	case it.imageURL != "":
		alt = it.imageAlt
		if i := placeOf(it.pictures, Attachment{URL: it.imageURL}); alt == "" && i >= 0 {
			alt = it.pictures[i].Title
		}
		return it.imageURL, alt
	case first != "":
		return first, firstAlt
	case it.thumbnail == "" && len(it.pictures) > 0:
		return it.pictures[0].URL, it.pictures[0].Title
	}
	return it.thumbnail, ""
}

// images are the img tags of raw HTML.
func images(raw string) (found []html.Token) {
	z := html.NewTokenizer(strings.NewReader(raw))
	for kind := z.Next(); kind != html.ErrorToken && len(found) < 50; kind = z.Next() {
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		if t := z.Token(); t.Data == "img" {
			found = append(found, t)
		}
	}
	return found
}

// source is an image's address. Lazy loading leaves a placeholder in src.
func source(img html.Token) string {
	for _, name := range []string{"data-src", "data-lazy-src", "data-original", "src"} {
		if at := attr(img, name); at != "" {
			return at
		}
	}
	return ""
}

func describe(img html.Token) string { return line(attr(img, "alt"), maxImageAlt) }

// isOrnament: emoji as images, icons of link cards, spacers and trackers.
func isOrnament(img html.Token, at string) bool {
	for class := range strings.FieldsSeq(attr(img, "class")) {
		if slices.Contains([]string{"wp-smiley", "emoji", "kg-bookmark-icon", "avatar"}, class) {
			return true
		}
	}
	return isSmall(attr(img, "width")) || isSmall(attr(img, "height")) || isPortrait(at)
}

func isSmall(size string) bool {
	pixels, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(size), "px"))
	return err == nil && pixels < minImageSize
}

// isPortrait: WordPress.com names its author's Gravatar as the first picture of every post.
func isPortrait(rawURL string) bool {
	u, err := url.Parse(rawURL)
	return err == nil && (u.Hostname() == "gravatar.com" || strings.HasSuffix(u.Hostname(), ".gravatar.com"))
}

func attr(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}
