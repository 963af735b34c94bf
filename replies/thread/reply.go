package thread

import (
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// The states of a reply. Only shown ones are read by the public; held ones wait for a moderator;
// deleted ones were taken back by their author (or made private by them), have no content any more
// and return only where that is undone (inbox/restore.go). Withheld ones would be shown, but for their author's wish or the blog's rule
// for unlisted replies; they are shown as soon as neither says so any more (moderation/consent.go).
// Expired ones waited so long that their text went; an edit has them wait again.
const (
	Held     = "held"
	Shown    = "shown"
	Withheld = "withheld"
	Hidden   = "hidden"
	Deleted  = "deleted"
	Expired  = "expired"
)

// The kinds of reply: one that answers, and a quote, which stands under the post that it quotes.
const (
	KindReply = "reply"
	KindQuote = "quote"
)

// Reply is a public or unlisted object of the fediverse that answers a post or another reply, or
// quotes a post. Private ones have no Reply anywhere.
type Reply struct {
	ID          database.ID
	BlogID      database.ID
	PostID      string
	ParentID    database.ID // 0 for an answer to the post itself
	RootID      database.ID // the answer to the post itself that this one hangs below; its own id for such a one
	ObjectURI   string      // the id on its author's server
	URL         string      // its page for people, in its author's words
	AuthorID    database.ID // of the remote.Actor
	HTML        safehtml.HTML
	CW          string // content warning, plain text; "" for none
	Language    string // BCP 47; "" where the author did not say
	Attachments []Attachment
	Tags        []Tag  // what its words name beside themselves
	Visibility  string // "public" or "unlisted"
	Kind        string // KindReply or KindQuote
	Status      string
	PublishedAt time.Time // as its author says, but never later than ReceivedAt
	EditedAt    time.Time // zero before the first edit
	ReceivedAt  time.Time

	RootAt, SortAt int64 // where its branch stands in the thread and it in its branch, in milliseconds since 1970
}

// Hang puts a new reply below its parent, or below the post where that is zero. What is answered
// comes before its answer, whatever their authors' clocks said, so that the pages of a thread can
// be read in the order of an index.
func (r *Reply) Hang(parent Reply) {
	at := database.Millis(r.PublishedAt)
	r.ParentID, r.RootID, r.RootAt, r.SortAt = parent.ID, parent.RootID, parent.RootAt, max(at, parent.SortAt+1)
	if parent.ID == 0 {
		r.RootID, r.RootAt, r.SortAt = r.ID, at, at
	}
}

// TextGone says that the text was let go, because the reply was hidden, or waited for a moderator,
// for months.
func (r Reply) TextGone() bool {
	return (r.Status == Hidden || r.Status == Expired) && r.HTML.IsZero() && r.CW == "" && len(r.Attachments) == 0
}

// Elsewhere is the host that URL leads to, where that is another one than the reply's own server;
// "" where it is not. On many sites each name below the site is somebody else's; "www." alone is
// the same everywhere.
func (r Reply) Elsewhere() string {
	host := activitypub.Host(r.URL)
	if strings.TrimPrefix(host, "www.") == strings.TrimPrefix(activitypub.Host(r.ObjectURI), "www.") {
		return ""
	}
	return host
}

// Attachment is shown as a link: nothing of it is fetched or embedded.
type Attachment struct {
	URL       string `json:"url"`
	MediaType string `json:"type,omitempty"`
	Name      string `json:"name,omitempty"`      // the description its author wrote, plain text
	Sensitive bool   `json:"sensitive,omitempty"` // its author warns of it
}

// Item is a reply as a reader meets it. A Placeholder stands where a deleted or hidden reply has
// visible answers: only ID, PostID, ParentID, RootID and PublishedAt of it are set.
type Item struct {
	Reply
	Author      remote.Actor
	Likes       int
	Boosts      int
	Placeholder bool
	ByOwner     bool // the blog itself says it, or its owner by another account of theirs
	OtherPage   bool // a shown one that stands on another page of the thread
}

// Counts are what readers see: shown replies, likes and boosts of the post itself, and shown quotes
// of it.
type Counts struct{ Replies, Likes, Boosts, Quotes int }

// Counted is what one shown reply of a kind adds to its thread.
func Counted(kind string) Counts {
	if kind == KindQuote {
		return Counts{Quotes: 1}
	}
	return Counts{Replies: 1}
}

// Moved is what a reply of a kind changes in the counts as it goes from one status to another.
func Moved(kind, from, to string) Counts {
	switch {
	case from != Shown && to == Shown:
		return Counted(kind)
	case from == Shown && to != Shown:
		return Counted(kind).Negative()
	}
	return Counts{}
}

// leavesTrace says whether readers may see that a reply with this status is there: itself, or a
// placeholder above what hangs below it.
func leavesTrace(status string) bool { return status == Shown || status == Hidden || status == Deleted }

// OfTheBlog is the author of a blog's own answers.
const OfTheBlog database.ID = 0
