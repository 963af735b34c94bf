package article

import (
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/database"
)

// Note is what a blog itself says in a thread. Package replies keeps it; here is how others get it.
type Note struct {
	ID          database.ID
	PostID      string
	InReplyTo   string         // the id of what it answers
	To          remote.Actor   // whom it answers; zero where that is the post
	HTML        string         // as the blog wrote it
	Named       []remote.Named // who else is named in it
	Language    string
	Unlisted    bool
	Private     bool // for whom it answers and names alone, as long as readers do not see what it answers
	PublishedAt time.Time
	UpdatedAt   time.Time      // zero before the first edit
	Blocked     remote.Blocked // who hears nothing any more; nil for nobody
}

// BuildNote is the Note as other servers get it. It may be quoted by nobody, since leave is given
// for posts alone. It begins with a mention of whom it answers, as people write, unless its author
// has begun with one: without one Mastodon tells nobody, and whom a server does not address, it may
// not show the answer to. The same holds for everybody who is named in it.
func BuildNote(b feeds.Blog, n Note) activitypub.Article {
	id := ids.NoteID(b, n.ID)
	content := n.HTML
	to, cc := []string{activitypub.Public}, []string{ids.Followers(b)}
	if n.Unlisted {
		to, cc = []string{ids.Followers(b)}, []string{activitypub.Public}
	}
	named := n.Named
	if n.To.URI != "" {
		named = append([]remote.Named{{Name: n.To.Handle, Actor: n.To}}, named...)
		begun, ok := beginsWith(content, n.To)
		if content = begun; !ok {
			content = "<p>" + mention(n.To) + "</p>" + content
		}
	}
	content = withMentions(content, named)
	tags := mentions(named)
	if n.Private {
		to, cc = nil, nil
	}
	for _, t := range tags {
		if n.Private {
			to = append(to, t.Href)
		} else {
			cc = append(cc, t.Href)
		}
	}
	return activitypub.Article{
		ID: id, Type: "Note", AttributedTo: b.ActorID(), InReplyTo: n.InReplyTo,
		Content: content, ContentMap: contentMap(n.Language, content), URL: id, Tag: tags,
		Published: activitypub.At(n.PublishedAt), Updated: activitypub.At(n.UpdatedAt),
		To: to, Cc: cc, Thread: ids.PostContext(b, n.PostID), Conversation: ids.PostContext(b, n.PostID),
	}
}

// NoteTombstone stands where a Note was.
func NoteTombstone(b feeds.Blog, id database.ID) activitypub.Tombstone {
	return activitypub.Tombstone{ID: ids.NoteID(b, id), Type: "Tombstone", FormerType: "Note"}
}
