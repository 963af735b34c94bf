package parser

import (
	"cmp"
	"slices"
	"strings"
)

// minThumbnail is minImageSize for a picture that a feed names as small: Blogger's have 72 pixels,
// the portraits of GitHub 30.
const minThumbnail = 72

// usualArea is how large a picture counts that does not say so, in pixels: more than a preview,
// less than one for a screen.
const usualArea = 640 * 480

// mediaFile is a file as Media RSS names it, with its size in pixels, zero where it does not say.
type mediaFile struct {
	at, kind, words string
	width, height   float64
	isImage         bool
	isDefault       bool // of several forms of one thing
}

func newMediaFile(element string, attributes map[string]string, words string) mediaFile {
	kind := strings.ToLower(strings.TrimSpace(attributes["type"]))
	f := mediaFile{at: strings.TrimSpace(attributes["url"]), kind: kind, words: words}
	f.isImage = element == "thumbnail" || attributes["medium"] == "image" || strings.HasPrefix(kind, "image/")
	f.isDefault = strings.EqualFold(attributes["isDefault"], "true")
	f.width, _ = pixelsOf(attributes["width"])
	f.height, _ = pixelsOf(attributes["height"])
	return f
}

func (f mediaFile) isSized() bool { return f.width > 0 || f.height > 0 }

func (f mediaFile) area() float64 {
	if !f.isSized() {
		return usualArea
	}
	return cmp.Or(f.width, f.height) * cmp.Or(f.height, f.width)
}

// isPicture says that a file is a picture for people; least is what each of its sides has.
func (f mediaFile) isPicture(least float64) bool {
	isLess := func(side float64) bool { return side > 0 && side < least }
	return f.isImage && f.at != "" && !isLess(f.width) && !isLess(f.height) && !IsNoPicture(f.at)
}

// bestPicture is the one of several that the feed prefers, else the largest, else the first; none
// has an empty address.
func bestPicture(all []mediaFile, least float64) (best mediaFile) {
	for _, f := range all {
		if f.isPicture(least) && (best.at == "" || !best.isDefault && (f.isDefault || f.area() > best.area())) {
			best = f
		}
	}
	return best
}

// distinctPictures are the pictures without smaller copies of others, which names tell, or sizes:
// nobody publishes a photo of 150 pixels beside a large one.
func distinctPictures(all []mediaFile) (distinct []mediaFile) {
	for _, f := range all {
		isPreview := func(of mediaFile) bool {
			isThumbnail := max(f.width, f.height) <= 150 && of.area() >= 4*f.area()
			return f.isSized() && of.isSized() && of.isPicture(minImageSize) && of.area() > f.area() &&
				(isThumbnail || Attachment{URL: f.at}.isCopyOf(Attachment{URL: of.at}))
		}
		if f.isPicture(minImageSize) && !slices.ContainsFunc(all, isPreview) {
			distinct = append(distinct, f)
		}
	}
	return distinct
}
