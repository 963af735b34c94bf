package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/replies/thread"
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
		followers, err := publisher.CountFollowers(in.ctx, db, b.ID)
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
		lines := []namedValue{{"handle", b.Handle()}, {"actor", b.ActorID()}, {"followers", fmt.Sprint(followers)}, {"posts", fmt.Sprint(posts)}}
		for _, a := range accounts {
			lines = append(lines, namedValue{"adopted", a.Handle})
		}
		community, err := publisher.CommunityOf(in.ctx, db, b.ID)
		if err == nil {
			lines = append(lines, namedValue{"community", community.ActorURI + " (" + community.State + ")"})
		} else if !errors.Is(err, database.ErrNotFound) {
			return err
		}
		return in.show(append(lines, blogLines(b)...))
	})
}

// differences says in a line each what an edit has changed.
func differences(was, is feeds.Blog) (lines []string) {
	before, after := blogLines(was), blogLines(is)
	for i, line := range after {
		if line != before[i] {
			lines = append(lines, fmt.Sprintf("%s: %s (was %s)", line.name, line.value, before[i].value))
		}
	}
	return lines
}

func blogLines(b feeds.Blog) []namedValue {
	lines := []namedValue{
		{"title", b.Title}, {"summary", strings.Join(strings.Fields(b.Summary), " ")}, {"icon", b.IconURL}, {"site", b.SiteURL}, {"feed", b.FeedURL},
	}
	for _, info := range settings.Infos() {
		value := b.Settings.Get(info.Name)
		if value == "" {
			value = info.Usual + " (default)"
		}
		lines = append(lines, namedValue{info.Name, value})
	}
	return lines
}
