package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/web"
)

type postDeleteCommand struct {
	ID  string `arg:"" name:"id" help:"Id as post list prints it, or the address of the post."`
	Yes bool   `help:"Delete without asking; other servers remember a deleted post for ever."`
}

// Help shows how it is used.
func (postDeleteCommand) Help() string {
	return "For example:\n\n  bloghorn post delete zuuokmbo5bmegvlu5rrhkqskjo --yes\n\n" +
		"A Delete goes to every server that may have the post, followers or not, and the post's address answers 410. The page on your blog is left alone. " +
		"The post does not come back by itself, even where the feed still lists it."
}

// Run takes the post back.
func (c postDeleteCommand) Run(in *invocation) error {
	return in.withPost(c.ID, func(db *database.DB, b feeds.Blog, p feeds.Post) error {
		if !p.IsPublic() {
			return exit.With(exit.Refused, "%q is %s, so nobody can see it. Nothing was changed", titleOf(p), stateWords(p, time.Now()))
		}
		followers, err := followers.Count(in.ctx, db, b.ID)
		if err != nil {
			return err
		}
		if !c.Yes {
			return exit.With(exit.Refused, "%q would be deleted on every server that has it, of %s and whoever else got it. They remember that for ever, so "+
				"the post cannot come back. Nothing was changed; if that is what you want, add --yes", in.nameOf(db, p), feeds.Counted(followers, "follower"))
		}
		err = feeds.Remove(in.ctx, db, p.ID, time.Now())
		if errors.Is(err, web.ErrNotFound) {
			return exit.With(exit.NotFound, "%q was deleted or held by somebody else in this moment. Nothing was changed", titleOf(p))
		}
		if err != nil {
			return fmt.Errorf("delete the post: %w", err)
		}
		fmt.Fprintf(in.stderr, "Deleted: %s\nA running server tells the others at once.\n", in.nameOf(db, p))
		return nil
	})
}
