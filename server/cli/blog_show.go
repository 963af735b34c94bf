package cli

import (
	"errors"
	"fmt"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/database"
)

type blogShowCommand struct{ blogName }

// Help shows how it is used.
func (blogShowCommand) Help() string { return "For example:\n\n  bloghorn blog show tea" }

// Run prints what is known and set of a blog, a line each: name and value.
func (c blogShowCommand) Run(in *invocation) error {
	return in.withDatabase(func(db *database.DB) error {
		b, err := c.blog(in.ctx, db)
		if err != nil {
			return err
		}
		followers, err := followers.Count(in.ctx, db, b.ID)
		if err != nil {
			return err
		}
		posts, err := feeds.CountPosts(in.ctx, db, b.ID)
		if err != nil {
			return fmt.Errorf("count the posts of %s: %w", b.Handle(), err)
		}
		accounts, err := thread.AccountsOf(in.ctx, db, b.ID)
		if err != nil {
			return fmt.Errorf("list the accounts: %w", err)
		}
		lines := []line{{"handle", b.Handle()}, {"actor", b.ActorID()}, {"followers", fmt.Sprint(followers)}, {"posts", fmt.Sprint(posts)}}
		for _, a := range accounts {
			lines = append(lines, line{"adopted", a.Handle})
		}
		community, err := publisher.CommunityOf(in.ctx, db, b.ID)
		if err == nil {
			lines = append(lines, line{"community", community.ActorURI + " (" + community.State + ")"})
		} else if !errors.Is(err, database.ErrNotFound) {
			return err
		}
		for _, l := range config.Lines(b) {
			lines = append(lines, line(l))
		}
		return in.show(lines)
	})
}
