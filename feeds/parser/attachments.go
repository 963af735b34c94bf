package parser

import (
	"mime"
	"net/url"
	"path"
	"slices"
	"strings"
)

// Attachment is a file that a feed encloses with an item, such as a podcast's episode, or a picture
// in its text.
type Attachment struct {
	URL   string `json:"url"`             // absolute
	Type  string `json:"type"`            // a media type, audio/…, video/… or image/…; "image" for a picture of unknown type
	Title string `json:"title,omitempty"` // of a picture its description
}

const (
	maxAttachments = 4    // as many as Mastodon shows
	maxAttachedURL = 1500 // bytes; all of them fit a TEXT column of MySQL, escaped as JSON
	maxMediaType   = 100
)

// mediaTypes are the kinds of sound and video that an address tells by its end. They are not asked
// of the machine, which would make posts differ from one server to the next.
var mediaTypes = map[string]string{
	".aac": "audio/aac", ".flac": "audio/flac", ".m4a": "audio/mp4", ".mp3": "audio/mpeg", ".oga": "audio/ogg", ".ogg": "audio/ogg",
	".opus": "audio/ogg", ".wav": "audio/wav", ".m4v": "video/mp4", ".mov": "video/quicktime", ".mp4": "video/mp4", ".ogv": "video/ogg",
	".webm": "video/webm",
}

// playable are the sounds and videos among what a feed encloses, each address once. Pictures are
// none: the post has its own.
func playable(all []Attachment) []Attachment {
	var found []Attachment
	for _, a := range all {
		a.Type, a.Title = playableType(a), Line(a.Title, MaxImageAlt)
		known := slices.ContainsFunc(found, func(b Attachment) bool { return b.URL == a.URL })
		if a.URL == "" || a.Type == "" || known || len(a.URL) > maxAttachedURL {
			continue
		}
		if found = append(found, a); len(found) == maxAttachments {
			break
		}
	}
	return found
}

// playableType is the media type, "" for what nobody can play. Feeds write nothing, "audio", "mp3"
// or application/octet-stream for it, and the old names of Apple.
func playableType(a Attachment) string {
	kind, _, err := mime.ParseMediaType(a.Type)
	if err == nil && len(kind) <= maxMediaType && (strings.HasPrefix(kind, "audio/") || strings.HasPrefix(kind, "video/")) {
		return strings.Replace(strings.Replace(kind, "x-m4a", "mp4", 1), "x-m4v", "mp4", 1)
	}
	if strings.Contains(a.Type, "/") && kind != "application/octet-stream" {
		return ""
	}
	u, err := url.Parse(a.URL)
	if err != nil {
		return ""
	}
	return mediaTypes[strings.ToLower(path.Ext(u.Path))]
}
