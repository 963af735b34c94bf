package article

import (
	"net/url"
	"path"
	"strings"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
)

// imageTypes are the kinds that an address tells by its end. They are not asked of the machine,
// which would make Articles differ from one server to the next.
var imageTypes = map[string]string{
	".avif": "image/avif",
	".gif":  "image/gif",
	".jpeg": "image/jpeg",
	".jpg":  "image/jpeg",
	".png":  "image/png",
	".svg":  "image/svg+xml",
	".webp": "image/webp",
}

// Image is the picture at an address; nil where there is none. Mastodon wants an object, never the
// bare address.
func Image(address, alt string) *activitypub.Image {
	if address == "" {
		return nil
	}
	return activitypub.NewImage(address, ImageType(address), alt)
}

// ImageType is "" where the address does not tell.
func ImageType(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return imageTypes[strings.ToLower(path.Ext(u.Path))]
}
