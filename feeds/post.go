package feeds

import (
	"time"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// Post is one post of a blog. There is one row for it for ever, whatever its guid and address become.
type Post struct {
	ID          string // 26 characters of base32, derived: see identity.go
	BlogID      database.ID
	GUID        string // as the feed has it, at most 2,000 characters; "" where it has none
	URL         string // absolute, or ""
	Title       string // plain text, at most 500 characters; "" for a note
	Teaser      string // plain text, at most 500 characters
	Content     safehtml.HTML
	ImageURL    string // the post's main picture, absolute, or ""
	ImageAlt    string
	Tags        []string // as the author wrote them, without #, at most 32
	Author      string
	Language    string    // BCP 47: the item's, else the feed's, else ""
	PublishedAt time.Time // never later than FirstSeenAt; FirstSeenAt where the feed gives no date
	FirstSeenAt time.Time
	EditedAt    time.Time // when the last edit was found, zero without one; at least 1 s after the edit before and PublishedAt

	ContentHash database.Digest // of the feed item, before any rendering of ours
	HashVersion int
	Announce    bool      // the world is told of this post and its edits; false for history
	RemovedAt   time.Time // zero while the post is there
	DueAt       time.Time // when the publisher has something to say; zero when it has not
}
