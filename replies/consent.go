package replies

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/database"
)

// Public words may be shown; whether they should be is asked of two more: of their author, whose server says so with her profile
// (GoToSocial hides unlisted posts from passers-by unless she wants otherwise), and of the blog's owner. What either keeps back is
// Withheld: no thread, count or collection has it, and it comes back by itself when they change their minds.

// Why words are kept back, in words for the owner.
const (
	wishAll      = "its author's profile says that nothing they write is for visitors who have not signed in (hidesToPublicFromUnauthedWeb)"
	wishUnlisted = "its author's profile says that what they write quietly is not for visitors who have not signed in " +
		"(hidesCcPublicFromUnauthedWeb, which GoToSocial says of everybody who does not change it)"
	ruleUnlisted = "the blog's unlisted_replies is hide"
)

// keptBack is why words that no moderator objects to are Withheld; "" where they are shown.
func keptBack(visibility string, w publisher.Preferences, s settings.Settings) string {
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
func openFor(visibility string, w publisher.Preferences, s settings.Settings) string {
	if keptBack(visibility, w, s) != "" {
		return Withheld
	}
	return Shown
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

// openStatus is openFor by what is known at the moment: nobody is asked (openNow). author is who wrote it, zero for the blog itself.
func openStatus(ctx context.Context, q database.Querier, r Reply) (status string, author publisher.RemoteActor, err error) {
	if r.AuthorID == ofTheBlog { // wishes and rules are about what others say; what it answers is shown, or not
		parent, err := replyByID(ctx, q, r.ParentID)
		if err == nil && parent.Status == Withheld {
			return Withheld, author, nil
		}
		if errors.Is(err, database.ErrNotFound) {
			err = nil
		}
		return Shown, author, err
	}
	settings, err := blogSettings{}.of(ctx, q, r.BlogID)
	if err != nil {
		return "", author, err
	}
	authors, err := publisher.RemoteActorsByID(ctx, q, []database.ID{r.AuthorID})
	if err != nil {
		return "", author, err
	}
	author = authors[r.AuthorID]
	return openFor(r.Visibility, author.Preferences, settings), author, nil
}

// ReviewAuthor does with everything of an author as she now wishes. It is what publisher.Remotes.Changed calls, in the transaction that
// stores the wish, so that no reader sees her words a moment longer. The threads are new also where only her name changed, or a mark for
// robots.
func ReviewAuthor(ctx context.Context, tx *database.Tx, actor publisher.RemoteActor, now time.Time) error {
	visible, blogs := changes{}, blogSettings{}
	err := eachAuthored(ctx, tx, 0, actor.ID, func(r authored) error {
		if r.status != Shown && r.status != Withheld {
			return nil
		}
		settings, err := blogs.of(ctx, tx, r.blogID)
		if err != nil {
			return err
		}
		return reopen(ctx, tx, r, openFor(r.visibility, actor.Preferences, settings), visible, now)
	})
	if err != nil {
		return fmt.Errorf("review the replies of %s: %w", actor.URI, err)
	}
	return visible.apply(ctx, tx, now)
}

// ReviewBlog does with the unlisted replies of a blog as its settings now say. Call it in the transaction that changes them.
func ReviewBlog(ctx context.Context, tx *database.Tx, blog feeds.Blog, now time.Time) error {
	visible, from := changes{}, Withheld
	if blog.Settings.Unlisted == settings.UnlistedHide {
		from = Shown
	}
	for after := database.ID(0); ; {
		page, err := unlistedOf(ctx, tx, blog.ID, from, after)
		if err != nil {
			return fmt.Errorf("list the unlisted replies: %w", err)
		}
		if len(page) == 0 {
			return visible.apply(ctx, tx, now)
		}
		for _, r := range page {
			after = r.id
			if err := reopen(ctx, tx, r.authored, openFor(r.visibility, r.wishes, blog.Settings), visible, now); err != nil {
				return err
			}
		}
	}
}

// reopen moves a reply between Shown and Withheld, and notes what that changes. Whether it was approved stays as it was.
func reopen(ctx context.Context, q database.Querier, r authored, to string, c changes, now time.Time) error {
	if r.status == Shown || to == Shown {
		c.add(r.postID, moved(r.kind, r.status, to))
	}
	if r.status == to {
		return nil
	}
	if err := showAnswers(ctx, q, r, to, c, now); err != nil {
		return err
	}
	rows, err := q.Exec(ctx, `
UPDATE replies
SET status = ?
WHERE id = ? AND status = ?`, to, r.id, r.status)
	return exactlyOne(rows, err, "show or withhold the reply")
}

// wished is a reply with what its author wishes.
type wished struct {
	authored
	wishes publisher.Preferences
}

func unlistedOf(ctx context.Context, q database.Querier, blogID database.ID, status string, after database.ID) ([]wished, error) {
	return database.Collect(func(row database.Scanner) (r wished, err error) {
		err = row.Scan(&r.id, &r.blogID, &r.postID, &r.kind, &r.visibility, &r.status, &r.wishes.HidesUnlisted, &r.wishes.HidesPublic)
		return r, err
	})(q.Query(ctx, `
SELECT r.id, r.blog_id, r.post_id, r.kind, r.visibility, r.status, COALESCE(a.hides_unlisted, 0), COALESCE(a.hides_public, 0)
FROM replies r
LEFT JOIN remote_actors a ON a.id = r.author_id
WHERE r.status = ? AND r.id > ? AND r.blog_id = ? AND r.visibility <> ? AND r.author_id <> ?
ORDER BY r.id
LIMIT ?`, status, after, blogID, string(activitypub.VisibilityPublic), ofTheBlog, authoredPage))
}
