package feeds

import (
	"context"
	"errors"
	"time"

	"github.com/bloghorn/bloghorn/server/safehttp"
)

// Found is a feed that Discover found, read and ready for Add.
type Found struct {
	FeedURL, SiteURL   string
	Title, Description string
	Language, ImageURL string
	Format             string // "RSS 2.0", "Atom 1.0", "JSON Feed 1.1"
	Items              int
	Newest             time.Time // of the newest dated post; zero where none is dated
	NewestTitle        string
	Ignored            []string // feeds of the page that were left alone, with the reason: "https://blog.example/comments/feed (comments)"

	feed     *Feed
	validate validators
}

// Discover finds the feed that rawURL is or leads to: a feed, or the address of a site, with or without https://. It reads and creates
// nothing, and asks for 8 addresses at most. Its errors are sentences for the owner.
func Discover(ctx context.Context, client *safehttp.Client, rawURL string) (Found, error) {
	return Found{}, errors.New("discover: not built yet")
}

// Posts are the posts that would be stored if the feed were imported into b now.
func (f Found) Posts(b Blog, now time.Time) []Post { return f.feed.Posts(b, now) }
