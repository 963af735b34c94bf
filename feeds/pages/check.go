package pages

import (
	"net/http"
	"time"

	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/feeds/webpage"
	"github.com/bloghorn/bloghorn/server/database"
)

// Check is what is known of a post's page.
type Check struct {
	PostID       string
	BlogID       database.ID
	ETag         string // of the answer that Digest is of
	LastModified string // likewise
	Status       int    // the last answer's, 0 where there was none
	Title        string // as the page had it
	Digest       database.Digest
	Base         database.Digest // the post's ContentHash when Title and Digest were read; zero where they never were
	Feed         database.Digest // what the feed says, where the post is as its page has it since; zero otherwise
	Trusted      bool            // the text found on the page was the post's
	Filled       string          // names of what the page gave, because the feed did not say: "image author"
	Answers      int             // answers so far
	GoneSince    time.Time       // the first 404 or 410 in a row; zero without
	CheckedAt    time.Time
	CheckAt      time.Time // zero is never
	LeaseUntil   time.Time // a process is looking until then
}

// Sighting is what a page answered.
type Sighting struct {
	Status    int // 0 where there was no answer, or none that counts
	Unchanged bool
	Elsewhere bool // the answer came from another site, or from the home page: it says nothing about the post
	seen      fetch.Validators
	Facts     webpage.Facts
	Wait      time.Duration // how long the server wants to be left alone
}

func (s Sighting) IsGone() bool {
	return !s.Elsewhere && (s.Status == http.StatusNotFound || s.Status == http.StatusGone)
}

// Remember keeps what the page said beside the hash of the post then.
func (l *Check) Remember(s Sighting, digest, base database.Digest) {
	l.ETag, l.LastModified, l.Title = s.seen.ETag, s.seen.LastModified, s.Facts.Title
	l.Digest, l.Base = digest, base
}
