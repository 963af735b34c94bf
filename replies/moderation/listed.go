package moderation

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// ListedByID is one reply as a moderator meets it; web.ErrNotFound where there is none with this
// id.
func ListedByID(ctx context.Context, q database.Querier, id database.ID) (Listed, error) {
	list, err := listedByIDs(ctx, q, []database.ID{id})
	if err != nil {
		return Listed{}, fmt.Errorf("read the reply: %w", err)
	}
	if len(list) == 0 {
		return Listed{}, fmt.Errorf("%w: there is no reply %s", web.ErrNotFound, id)
	}
	err = dressListed(ctx, q, list)
	return list[0], err
}

// MaxList bounds every list a moderator asks for.
const MaxList = 500

// Listed is a reply as a moderator meets it.
type Listed struct {
	thread.Item
	Why        thread.Why
	PostTitle  string
	PostURL    string
	BlogHandle string // "@tea@blog.example"

	settings settings.Settings // of its blog, where it is withheld
}

// List reads the replies of a state, oldest first, from after on (0 = from the start); blogID 0
// means those of all blogs, status "" all states. limit is at most 500.
func List(ctx context.Context, q database.Querier, status string, blogID, after database.ID, limit int) ([]Listed, error) {
	list, err := listReplies(ctx, q, status, blogID, after, min(limit, MaxList))
	if err != nil {
		return nil, fmt.Errorf("list the replies: %w", err)
	}
	return list, dressListed(ctx, q, list)
}

// Newest reads the replies of a state, the last that came first, from before on (0 = from the
// newest). limit is at most 500.
func Newest(ctx context.Context, q database.Querier, status string, before database.ID, limit int) ([]Listed, error) {
	list, err := newestReplies(ctx, q, status, before, min(limit, MaxList))
	if err != nil {
		return nil, fmt.Errorf("list the newest replies: %w", err)
	}
	return list, dressListed(ctx, q, list)
}

// ParentsOf are the replies that those of a list answer, by their ids.
func ParentsOf(ctx context.Context, q database.Querier, list []Listed) (map[database.ID]Listed, error) {
	var ids []database.ID
	for _, l := range list {
		if l.ParentID != 0 {
			ids = append(ids, l.ParentID)
		}
	}
	byID := map[database.ID]Listed{}
	if len(ids) == 0 {
		return byID, nil
	}
	parents, err := listedByIDs(ctx, q, ids)
	if err == nil {
		err = dressListed(ctx, q, parents)
	}
	if err != nil {
		return nil, fmt.Errorf("read what is answered: %w", err)
	}
	for _, parent := range parents {
		byID[parent.ID] = parent
	}
	return byID, nil
}

// dressListed gives each reply its author, its reactions, and what its blog has set.
func dressListed(ctx context.Context, q database.Querier, list []Listed) error {
	items := make([]thread.Item, len(list))
	for i := range list {
		items[i] = list[i].Item
	}
	if err := thread.Dress(ctx, q, items); err != nil {
		return err
	}
	for i := range list {
		list[i].Item = items[i]
	}
	return readSettings(ctx, q, list)
}

// CountHeld is how many replies wait for a moderator, on all blogs.
func CountHeld(ctx context.Context, q database.Querier) (int, error) {
	n, err := countStatus(ctx, q, thread.Held)
	if err != nil {
		return 0, fmt.Errorf("count the held replies: %w", err)
	}
	return n, nil
}

// CountWithheld is how many replies are kept off the pages of all blogs without a moderator
// (Listed.KeptBack).
func CountWithheld(ctx context.Context, q database.Querier) (int, error) {
	n, err := countStatus(ctx, q, thread.Withheld)
	if err != nil {
		return 0, fmt.Errorf("count the withheld replies: %w", err)
	}
	return n, nil
}

// FindReply is the id of the reply that a person means: by that id, as reply list prints it, or by
// the reply's own address, as the log has it. web.ErrInvalid is what can be neither, and
// web.ErrNotFound an address that is of no reply here.
func FindReply(ctx context.Context, q database.Querier, text string) (database.ID, error) {
	if !strings.Contains(text, "://") {
		id, err := database.ParseID(text)
		if err != nil && database.LooksLikeID(text) {
			return 0, fmt.Errorf("%w: there is no reply %s. See: bloghorn reply list", web.ErrNotFound, text)
		}
		if err != nil {
			return 0, fmt.Errorf("%w: %.200q is not the id of a reply, which has 13 letters and digits, nor its address. See: bloghorn reply list",
				web.ErrInvalid, text)
		}
		return id, nil
	}
	stored, err := thread.ReplyByURI(ctx, q, strings.TrimSpace(text))
	if errors.Is(err, database.ErrNotFound) {
		err = fmt.Errorf("%w: no reply has the address %.200s. See: bloghorn reply list", web.ErrNotFound, text)
	}
	return stored.ID, err
}

// PlaceOf is the blog and the post that a reply stands under; web.ErrNotFound where there is no
// such reply.
func PlaceOf(ctx context.Context, q database.Querier, id database.ID) (blogID database.ID, postID string, err error) {
	stored, err := replyThere(ctx, q, id)
	return stored.BlogID, stored.PostID, err
}

// replyThere is a reply, deleted or not; web.ErrNotFound where there is none with this id.
func replyThere(ctx context.Context, q database.Querier, id database.ID) (thread.Stored, error) {
	stored, err := thread.ReplyByID(ctx, q, id)
	if errors.Is(err, database.ErrNotFound) {
		err = fmt.Errorf("%w: there is no reply %s", web.ErrNotFound, id)
	}
	return stored, err
}

// Because says why readers do not see the reply, or its Why where they do; "" where there is
// nothing to say.
func (l Listed) Because() string { return cmp.Or(l.KeptBack(), l.Why.Words()) }

// KeptBack says why a reply that is Withheld is not shown, in words for the owner. That is read,
// not stored: it may change at any time.
func (l Listed) KeptBack() string {
	if l.Status != thread.Withheld {
		return ""
	}
	if l.AuthorID == thread.OfTheBlog {
		return "what it answers is withheld"
	}
	return keptBack(l.Visibility, l.Author.Preferences, l.settings)
}

// readSettings gives those of a list what their blogs have set for which KeptBack asks.
func readSettings(ctx context.Context, q database.Querier, list []Listed) (err error) {
	blogs := blogSettings{}
	for i, l := range list {
		if l.Status != thread.Withheld || l.AuthorID == thread.OfTheBlog {
			continue
		}
		if list[i].settings, err = blogs.of(ctx, q, l.BlogID); err != nil {
			return err
		}
	}
	return nil
}
