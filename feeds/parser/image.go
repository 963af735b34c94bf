package parser

import (
	"cmp"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"github.com/bloghorn/bloghorn/server/safehtml"
)

// minImageSize is the least width and height, in pixels, of a picture that can stand for a post.
const minImageSize = 80

// maxLooked is how many pictures of a text are looked at.
const maxLooked = 50

// HeroOf is the picture that stands for an item: the one its feed names, else the first in its
// content that is no ornament, else the feed's thumbnail. The description comes from the content,
// where authors write it, else from the feed's own words.
func HeroOf(it Item) (src, alt string) {
	for _, named := range []*string{&it.ImageURL, &it.thumbnail} {
		if it.isNoHero(*named) {
			*named = ""
		}
	}
	var first, firstAlt string
	for _, img := range images(it.Content) {
		at := Address(it.Base, Source(img))
		switch {
		case at == "":
		case at == it.ImageURL:
			return at, cmp.Or(describe(img), it.imageAlt)
		case first == "" && !isOrnament(img, at) && !it.isNoHero(at):
			first, firstAlt = at, describe(img)
		}
	}
	switch {
	case it.ImageURL != "":
		alt = it.imageAlt
		if i := placeOf(it.pictures, Attachment{URL: it.ImageURL}); alt == "" && i >= 0 {
			alt = it.pictures[i].Title
		}
		return it.ImageURL, alt
	case first != "":
		return first, firstAlt
	case it.thumbnail == "" && len(it.pictures) > 0 && !it.isNoHero(it.pictures[0].URL):
		return it.pictures[0].URL, it.pictures[0].Title
	}
	return it.thumbnail, ""
}

// isNoHero says that a picture cannot stand for the item: its feed's own stands for all of them,
// unless one is to be heard or watched.
func (it Item) isNoHero(at string) bool {
	return at == it.icon && len(it.Attachments) == 0 || IsNoPicture(at)
}

// images are the pictures of raw HTML, as the post that is made of it has them.
func images(raw string) []html.Token { return safehtml.Pictures(raw, maxLooked) }

// Source is an image's address. Lazy loading leaves a placeholder in src.
func Source(img html.Token) string {
	for _, name := range []string{"data-src", "data-lazy-src", "data-original", "src"} {
		if at := Attr(img, name); at != "" && !strings.HasPrefix(at, "data:") {
			return at
		}
	}
	return safehtml.Largest(cmp.Or(Attr(img, "srcset"), Attr(img, "data-srcset")))
}

func describe(img html.Token) string { return Line(Attr(img, "alt"), MaxImageAlt) }

// isOrnament: icons of link cards, badges, spacers and what counts readers. Emoji and formulas are
// among no images.
func isOrnament(img html.Token, at string) bool {
	for class := range strings.FieldsSeq(Attr(img, "class")) {
		if slices.Contains([]string{"kg-bookmark-icon", "avatar"}, class) {
			return true
		}
	}
	for _, size := range styledSize.FindAllStringSubmatch(Attr(img, "style"), -1) {
		if isSmall(size[1]) {
			return true
		}
	}
	return isSmall(Attr(img, "width")) || isSmall(Attr(img, "height")) || IsNoPicture(at)
}

// styledSize matches the sizes in a style.
var styledSize = regexp.MustCompile(`(?i)(?:^|;)\s*(?:max-)?(?:width|height)\s*:\s*([^;!]+)`)

func isSmall(size string) bool {
	pixels, ok := pixelsOf(size)
	return ok && pixels < minImageSize
}

// units are what lengths are written in, as pixels; those of type are as in a browser that nobody
// has changed.
var units = map[string]float64{"": 1, "px": 1, "pt": 4.0 / 3, "em": 16, "rem": 16, "ex": 8, "ch": 8}

// pixelsOf is a length in pixels; false for one that depends on what is around.
func pixelsOf(size string) (float64, bool) {
	size = strings.ToLower(strings.TrimSpace(size))
	number := strings.TrimRight(size, "abcdefghijklmnopqrstuvwxyz%")
	unit, known := units[size[len(number):]]
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	return n * unit, known && err == nil && n >= 0 && n < 1e6
}

// IsNoPicture says that no picture of a post's stands at an address: a portrait, something that
// counts readers, a badge, an icon.
func IsNoPicture(at string) bool {
	u, err := url.Parse(at)
	return err == nil && (isPortrait(u) || isCounter(u) || isBadge(u) || isIcon(u))
}

func isCounter(u *url.URL) bool {
	switch path.Base(u.Path) {
	case "piwik.php", "matomo.php":
		return true
	case "p.php":
		return siteCounted.MatchString(u.RawQuery)
	}
	switch {
	case isOf(u, "feeds.feedburner.com", "feeds2.feedburner.com", "feedproxy.google.com"):
		return strings.HasPrefix(u.Path, "/~")
	case isOf(u, "vgwort.de"):
		return strings.HasPrefix(u.Path, "/na/")
	}
	return isOf(u, "doubleclick.net", "google-analytics.com", "stats.wordpress.com", "stats.wp.com", "pixel.wp.com", "linkwithin.com") ||
		isOf(u, "feeds.wordpress.com") && strings.HasPrefix(u.Path, "/1.0/")
}

// siteCounted matches the query of Matomo's counter, with whatever markup has made of its
// ampersands: net/url drops what has a semicolon.
var siteCounted = regexp.MustCompile(`(?:^|[&;])idsite=`)

// isIcon: those of sites, and what forums show beside a file of a kind.
func isIcon(u *url.URL) bool {
	segments := strings.Split(strings.ToLower(u.Path), "/")
	return slices.ContainsFunc(segments, func(s string) bool { return strings.HasPrefix(s, "favicon") }) ||
		len(segments) > 1 && segments[len(segments)-2] == "filetype"
}

// isBadge: licences, buttons, and what has the size of the web's oldest badges in its name.
func isBadge(u *url.URL) bool {
	name := path.Base(u.Path)
	return strings.HasPrefix(name, "share_save_") || strings.HasSuffix(strings.TrimSuffix(name, path.Ext(name)), "88x31") ||
		isOf(u, "i.creativecommons.org", "licensebuttons.net")
}

// isOf says that an address is of one of these hosts or of one below.
func isOf(u *url.URL, hosts ...string) bool {
	own := strings.ToLower(u.Hostname())
	return slices.ContainsFunc(hosts, func(host string) bool { return own == host || strings.HasSuffix(own, "."+host) })
}

// isPortrait: WordPress.com names its author's Gravatar as the first picture of every post.
func isPortrait(u *url.URL) bool { return isOf(u, "gravatar.com") }

func Attr(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}
