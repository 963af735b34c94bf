package parser

import (
	"cmp"
	"encoding/json"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
)

const (
	maxPictures      = 4      // as many as Mastodon shows
	maxAttachedBytes = 60_000 // of the JSON of all attachments; TEXT of MySQL holds 65,535
	aPicture         = "image"
)

// IsPicture reports whether the attachment is a picture; the others are sound and video.
func (a Attachment) IsPicture() bool {
	return a.Type == aPicture || strings.HasPrefix(a.Type, "image/")
}

// picture is a picture at an address, for what it says of itself; kind may be "", and "image" is
// all that is said then. A picture is no drawing in lines (SVG), which no server takes.
func picture(at, kind, words string) (Attachment, bool) {
	kind = strings.ToLower(strings.TrimSpace(kind))
	if !strings.HasPrefix(kind, "image/") || len(kind) > maxMediaType {
		kind = aPicture
	}
	isDrawing := strings.HasPrefix(kind, "image/svg") || strings.HasSuffix(strings.ToLower(pathOf(at)), ".svg")
	return Attachment{URL: at, Type: kind, Title: Line(words, MaxImageAlt)}, at != "" && !isDrawing && len(at) <= maxAttachedURL && !IsNoPicture(at)
}

// pictures are those of an item, in the order in which a reader meets them, each once: the one that
// stands for it (heroOf), where it is not in the text; those in the text that are no ornaments; and
// of an item without a title, whose pictures are what it says, the others that the feed encloses
// with it. A titled one often has its one picture there in several sizes.
func pictures(it Item, src, alt string) []Attachment {
	var inText, found []Attachment
	for _, img := range images(it.Content) {
		if p, ok := picture(Address(it.Base, Source(img)), "", describe(img)); ok && !isOrnament(img, p.URL) {
			inText = append(inText, p)
		}
	}
	add := func(p Attachment) {
		if i := placeOf(found, p); i < 0 {
			found = append(found, p)
		} else {
			found[i].Title = cmp.Or(found[i].Title, p.Title)
		}
	}
	if hero, ok := picture(src, "", alt); ok && placeOf(inText, hero) < 0 && !slices.ContainsFunc(inText, hero.isCopyOf) {
		add(hero)
	}
	for _, p := range inText {
		add(p)
	}
	for _, p := range it.pictures {
		switch i := placeOf(found, p); {
		case i >= 0: // the feed knows its type, and maybe has words for it
			found[i].Type = p.Type
			found[i].Title = cmp.Or(found[i].Title, p.Title)
		case it.Title == "" && !slices.ContainsFunc(inText, p.isCopyOf):
			add(p)
		}
	}
	return found[:min(len(found), maxPictures)]
}

func placeOf(all []Attachment, p Attachment) int {
	return slices.IndexFunc(all, func(q Attachment) bool { return q.URL == p.URL })
}

// Attached are the sounds, videos and pictures of an item, as many as their column holds.
func Attached(it Item, src, alt string) []Attachment {
	all := append(slices.Clone(it.Attachments), pictures(it, src, alt)...)
	for len(all) > len(it.Attachments) {
		if text, _ := json.Marshal(all); len(text) <= maxAttachedBytes { // strings always marshal
			break
		}
		all = all[:len(all)-1]
	}
	return all
}

// sizes is what WordPress adds to the names of its smaller copies.
var sizes = regexp.MustCompile(`(?:-\d{2,5}x\d{2,5}|-scaled)$`)

// isCopyOf says whether two addresses are copies of one picture in other sizes, as its name tells:
// photo-300x200.jpg and photo.jpg?w=640. A name without an end, such as image?id=1, tells nothing.
func (a Attachment) isCopyOf(b Attachment) bool {
	name := pictureName(a.URL)
	return name != "" && name == pictureName(b.URL)
}

func pictureName(address string) string {
	base := strings.ToLower(path.Base(pathOf(address)))
	end := path.Ext(base)
	if len(end) < 2 {
		return ""
	}
	return sizes.ReplaceAllString(strings.TrimSuffix(base, end), "") + end
}

func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Path
}
