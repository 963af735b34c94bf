package article

import (
	"strings"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
)

// maxMedia is how many media Mastodon shows of a post.
const maxMedia = 4

// attachments are the page, and the media of a post. The page comes first: Lemmy takes the first
// for the post's link, Mastodon the first with href for its preview card. Sound and video are
// attached always: a podcast without its player is a title and a link.
//
// With pictures it is a choice. Mastodon, GoToSocial and Misskey take every picture out of a text,
// and show those that are attached. But Mastodon shows no preview card beside any medium, and the
// card is how it shows an Article: title, picture and author of the page. So pictures are attached
// to Notes, which Mastodon shows whole, and to Articles where the blog says so, which then have
// them there in place of the card. Pixelfed takes Notes with pictures alone, and none to which
// anything but media is attached; so the page is not attached to such a Note, whose text ends with
// its address.
func attachments(b feeds.Blog, p feeds.Post) []activitypub.Attachment {
	var media, shown []activitypub.Attachment
	for _, a := range p.Attachments {
		if !a.IsPicture() {
			media = append(media, activitypub.NewDocument(a.URL, a.Type, a.Title))
		}
	}
	if attachesPictures(b, p) {
		shown = picturesOf(b, p)
		shown = shown[:min(len(shown), max(0, maxMedia-len(media)))]
	}
	media = append(media, shown...)
	if TypeOf(b, p) == "Note" && len(shown) > 0 {
		return media
	}
	return append([]activitypub.Attachment{activitypub.PageLink(PageOf(b, p))}, media...)
}

func attachesPictures(b feeds.Blog, p feeds.Post) bool {
	return TypeOf(b, p) == "Note" || b.Settings.Pictures == settings.PicturesAttach
}

// picturesOf are the post's pictures, or where only its page has one, that. Misskey leaves out what
// does not come by https, and old ones the whole post with it; no server takes drawings (SVG).
func picturesOf(b feeds.Blog, p feeds.Post) (shown []activitypub.Attachment) {
	main := parser.Attachment{URL: p.ImageURL, Type: "image", Title: p.ImageAlt}
	for _, a := range append(p.Attachments[:len(p.Attachments):len(p.Attachments)], main) {
		if !a.IsPicture() || a.URL == "" || a == main && len(shown) > 0 {
			continue
		}
		kind := a.Type
		if !strings.Contains(kind, "/") {
			kind = ImageType(a.URL)
		}
		if kind != "image/svg+xml" && (strings.HasPrefix(a.URL, "https:") || strings.HasPrefix(b.BaseURL, "http:")) {
			shown = append(shown, activitypub.NewPicture(a.URL, kind, a.Title))
		}
	}
	return shown
}
