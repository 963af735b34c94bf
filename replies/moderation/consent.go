package moderation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// Public words may be shown; whether they should be is asked of two more: of their author, whose
// server says so with their profile (GoToSocial hides unlisted posts from passers-by unless they
// want otherwise), and of the blog's owner. What either keeps back is Withheld: no thread, count or
// collection has it, and it comes back by itself when they change their minds.

// Why words are kept back, in words for the owner.
const (
	wishAll      = "its author's profile says that nothing they write is for visitors who have not signed in (hidesToPublicFromUnauthedWeb)"
	wishUnlisted = "its author's profile says that what they write quietly is not for visitors who have not signed in " +
		"(hidesCcPublicFromUnauthedWeb, which GoToSocial says of everybody who does not change it)"
	ruleUnlisted = "the blog's unlisted_replies is hide"
)

// keptBack is why words that no moderator objects to are Withheld; "" where they are shown.
func keptBack(visibility string, w remote.Preferences, s settings.Settings) string {
	quiet := visibility != string(activitypub.VisibilityPublic)
	switch {
	case w.HidesPublic:
		return wishAll
	case quiet && w.HidesUnlisted:
		return wishUnlisted
	case quiet && s.Unlisted == settings.UnlistedHide:
		return ruleUnlisted
	}
	return ""
}

// openFor is the status of words that no moderator objects to.
func openFor(visibility string, w remote.Preferences, s settings.Settings) string {
	if keptBack(visibility, w, s) != "" {
		return thread.Withheld
	}
	return thread.Shown
}

// blogSettings are what blogs have set, each read once.
type blogSettings map[database.ID]settings.Settings

func (s blogSettings) of(ctx context.Context, q database.Querier, blogID database.ID) (settings.Settings, error) {
	if known, ok := s[blogID]; ok {
		return known, nil
	}
	blog, err := feeds.BlogByID(ctx, q, blogID)
	if err != nil {
		return settings.Settings{}, fmt.Errorf("read the blog's rules: %w", err)
	}
	s[blogID] = blog.Settings
	return blog.Settings, nil
}

// openStatus is openFor by what is known at the moment, for a reply that a moderator approves. What
// the blog itself says is kept from nobody, unless it answers what is withheld.
func openStatus(ctx context.Context, q database.Querier, r thread.Reply) (status string, err error) {
	if r.AuthorID == thread.OfTheBlog {
		parent, err := thread.ReplyByID(ctx, q, r.ParentID)
		if err == nil && parent.Status == thread.Withheld {
			return thread.Withheld, nil
		}
		if errors.Is(err, database.ErrNotFound) {
			err = nil
		}
		return thread.Shown, err
	}
	set, err := blogSettings{}.of(ctx, q, r.BlogID)
	if err != nil {
		return "", err
	}
	authors, err := remote.ActorsByID(ctx, q, []database.ID{r.AuthorID})
	return openFor(r.Visibility, authors[r.AuthorID].Preferences, set), err
}

// ReviewAuthor does with everything of an author as they now wish. It is what
// remote.Directory.Changed calls, in the transaction that stores the wish, so that no reader sees
// their words a moment longer. The threads are new also where only their name changed, or a mark
// for robots.
func ReviewAuthor(ctx context.Context, tx *database.Tx, actor remote.Actor, now time.Time) error {
	visible, blogs := thread.Changes{}, blogSettings{}
	err := thread.EachAuthored(ctx, tx, 0, actor.ID, func(r thread.Authored) error {
		if r.Status != thread.Shown && r.Status != thread.Withheld {
			return nil
		}
		settings, err := blogs.of(ctx, tx, r.BlogID)
		if err != nil {
			return err
		}
		return reopen(ctx, tx, r, openFor(r.Visibility, actor.Preferences, settings), visible, now)
	})
	if err != nil {
		return fmt.Errorf("review the replies of %s: %w", actor.URI, err)
	}
	return visible.Apply(ctx, tx, now)
}

// ReviewBlog does with the unlisted replies of a blog as its settings now say. Call it in the
// transaction that changes them.
func ReviewBlog(ctx context.Context, tx *database.Tx, blog feeds.Blog, now time.Time) error {
	visible, from := thread.Changes{}, thread.Withheld
	if blog.Settings.Unlisted == settings.UnlistedHide {
		from = thread.Shown
	}
	for after := database.ID(0); ; {
		page, err := unlistedOf(ctx, tx, blog.ID, from, after)
		if err != nil {
			return fmt.Errorf("list the unlisted replies: %w", err)
		}
		if len(page) == 0 {
			return visible.Apply(ctx, tx, now)
		}
		for _, r := range page {
			after = r.ID
			if err := reopen(ctx, tx, r.Authored, openFor(r.Visibility, r.wishes, blog.Settings), visible, now); err != nil {
				return err
			}
		}
	}
}

// reopen moves a reply between Shown and Withheld, and notes what that changes. Whether it was
// approved stays as it was.
func reopen(ctx context.Context, q database.Querier, r thread.Authored, to string, c thread.Changes, now time.Time) error {
	if r.Status == thread.Shown || to == thread.Shown {
		c.Add(r.PostID, thread.Moved(r.Kind, r.Status, to))
	}
	if r.Status == to {
		return nil
	}
	if err := showAnswers(ctx, q, r, to, c, now); err != nil {
		return err
	}
	rows, err := q.Exec(ctx, `
UPDATE replies
SET status = ?
WHERE id = ? AND status = ?`, to, r.ID, r.Status)
	return thread.ExactlyOne(rows, err, "show or withhold the reply")
}

// wished is a reply with what its author wishes.
type wished struct {
	thread.Authored
	wishes remote.Preferences
}

func unlistedOf(ctx context.Context, q database.Querier, blogID database.ID, status string, after database.ID) ([]wished, error) {
	return database.Collect(func(row database.Scanner) (r wished, err error) {
		err = row.Scan(&r.ID, &r.BlogID, &r.PostID, &r.Kind, &r.Visibility, &r.Status, &r.wishes.HidesUnlisted, &r.wishes.HidesPublic)
		return r, err
	})(q.Query(ctx, `
SELECT r.id, r.blog_id, r.post_id, r.kind, r.visibility, r.status, COALESCE(a.hides_unlisted, 0), COALESCE(a.hides_public, 0)
FROM replies r
LEFT JOIN remote_actors a ON a.id = r.author_id
WHERE r.status = ? AND r.id > ? AND r.blog_id = ? AND r.visibility <> ? AND r.author_id <> ?
ORDER BY r.id
LIMIT ?`, status, after, blogID, string(activitypub.VisibilityPublic), thread.OfTheBlog, thread.AuthoredPage))
}
