package feeds

import (
	"time"

	"github.com/bloghorn/bloghorn/feeds/contenthash"
	"github.com/bloghorn/bloghorn/feeds/match"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// Post is one post of a blog. There is one row for it for ever, whatever its guid and address
// become.
type Post struct {
	ID          string // 26 characters of base32, derived: see match/identity.go
	BlogID      database.ID
	GUID        string // as the feed has it, its first 2,000 characters; "" where it has none
	URL         string // absolute, or ""
	Title       string // plain text, at most 500 characters; "" for a note
	Teaser      string // plain text, at most 500 characters
	Content     safehtml.HTML
	ImageURL    string // the post's main picture, absolute, or ""
	ImageAlt    string
	Tags        []string // as the author wrote them, without #, at most 32
	Author      string
	Language    string    // BCP 47: the item's, else the feed's, else ""
	PublishedAt time.Time // never later than FirstSeenAt, but for a post that waits or waited for its date; FirstSeenAt where the feed gives no date
	FirstSeenAt time.Time
	EditedAt    time.Time // when the last edit was found, zero without one; at least 1 s after the edit before and PublishedAt

	ContentHash database.Digest // of the feed item, before any rendering of ours
	HashVersion int
	Announce    bool      // the world is told of this post and its edits; false for history
	RemovedAt   time.Time // zero while the post is there
	RemovedBy   string    // RemovedGone or RemovedByOwner where it is removed
	DueAt       time.Time // when the publisher has something to say; zero when it has not

	Generation  int                 // 0, and one more each time a removed post came back
	Attachments []parser.Attachment // sound and video, as the feed encloses them, at most 4, and then at most 4 pictures
	PinnedAt    time.Time           // zero unless its owner pinned it by hand

	HeldAt      time.Time // a hold rule keeps it from the world since then; zero while it is public
	HeldBy      string    // the rule: HeldFlood and the others
	HeldWhy     string    // a sentence for the owner
	HeldLike    string    // the id of the post it may be, "" where it is like none
	AbsentSince time.Time // when it left the feed; zero while it is listed
	AbsentPolls int       // good polls since then that should have had it
}

// Why a post was removed.
const (
	RemovedGone    = "gone"  // it left the feed and its page is gone
	RemovedByOwner = "owner" // its owner said so; it does not come back by itself
)

// The rules by which a new post is held.
const (
	HeldFlood   = "flood"   // too many came at once
	HeldForeign = "foreign" // the feed looks like another site's
	HeldDoubt   = "doubt"   // it may be a known post (HeldLike) under another name
	HeldDated   = "dated"   // its date has not come, and then it goes out by itself
	HeldEarly   = "early"   // its date has not come, and its owner decides
	HeldLocked  = "locked"  // its text is behind a password
)

// known is the post as a poll compares it with what is new.
func (p Post) known() match.Known {
	return match.Known{
		ID: p.ID, Hash: p.ContentHash, Version: p.HashVersion, Announce: p.Announce,
		PublishedAt: p.PublishedAt, EditedAt: p.EditedAt, DueAt: p.DueAt,
	}
}

// IsPublic says that readers may see the post: it is neither removed nor held.
func (p Post) IsPublic() bool { return p.RemovedAt.IsZero() && p.HeldAt.IsZero() }

// PostsOf returns the feed's posts as they would be stored for b if it were imported now: history,
// in the feed's order. One without a date is dated like the one above it, so that it does not
// become the newest.
func PostsOf(f *parser.Feed, b Blog, now time.Time) []Post {
	f.Believe(now)
	var posts []Post
	waiting, above := 0, now
	for i, it := range match.Identify(b.wanted(f.Items), f.SiteURL) {
		if it.PublishedAt.IsZero() && i > 0 {
			it.PublishedAt = above.Add(-time.Millisecond)
		}
		c := change{post: newPost(b, it, now)}
		above = c.post.PublishedAt
		if c.holdBack(b, it.Item, now, waiting) {
			waiting++
		}
		posts = append(posts, c.post)
	}
	return posts
}

// newPost renders an item. What the feed dates later than it was seen is dated when it was seen.
func newPost(b Blog, it match.Item, seen time.Time) Post {
	image, alt := parser.HeroOf(it.Item)
	own := it.WithoutFooter(b.SiteURL)
	p := Post{
		ID:          it.ID(b.Origin),
		BlogID:      b.ID,
		GUID:        parser.Cut(it.GUID, parser.MaxGUID),
		URL:         it.Link,
		Title:       it.Title,
		Teaser:      teaser(own),
		Content:     safehtml.Article(parser.Paragraphs(own.Content), it.Base),
		ImageURL:    image,
		ImageAlt:    alt,
		Tags:        it.Hashtags(),
		Author:      it.Author,
		Language:    it.Language,
		PublishedAt: it.PublishedAt,
		FirstSeenAt: seen,
		ContentHash: it.Hash,
		HashVersion: contenthash.Version,
		Attachments: parser.Attached(it.Item, image, alt),
	}
	if p.PublishedAt.IsZero() || p.PublishedAt.After(seen) {
		p.PublishedAt = seen
	}
	return p
}

// teaser is what the post is about, in plain text: its summary, else how it begins. Neither is the
// title that it begins with, unless it has no other words.
func teaser(it parser.Item) string {
	for _, title := range []string{it.Title, ""} {
		for _, raw := range []string{it.Summary, it.Content} {
			text := safehtml.Gist(parser.AfterTitle(raw, title))
			if len(text) < 4*parser.MaxTeaser { // the end of a longer one is cut off anyway
				text = parser.WithoutFarewell(text, it.Title)
			}
			if text != "" {
				return safehtml.Excerpt(text, parser.MaxTeaser)
			}
		}
	}
	return ""
}
