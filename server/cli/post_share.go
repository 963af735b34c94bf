package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/web"
)

type postShareCommand struct {
	ID string `arg:"" help:"Id as post list prints it, or the address of the post."`
}

// Help shows how it is used.
func (postShareCommand) Help() string {
	return "For example:\n\n  bloghorn post share https://blog.example/tea\n\n" +
		"The blog boosts its own post. It is for one that came with the history, or is worth a second look; a post can be shared once a day."
}

// Run shares the post; a running server sends it at once.
func (c postShareCommand) Run(in *invocation) error {
	return in.withPost(c.ID, func(db *database.DB, b feeds.Blog, p feeds.Post) error {
		followers, err := followers.Count(in.ctx, db, b.ID)
		if err != nil {
			return err
		}
		if followers == 0 {
			return exit.With(exit.Failed, "nobody follows %s yet, so nobody would see it; nothing was sent", b.Handle())
		}
		err = db.InTx(in.ctx, func(tx *database.Tx) error { return publisher.Share(in.ctx, tx, b, p, time.Now()) })
		if errors.Is(err, web.ErrRefused) || errors.Is(err, web.ErrTooMany) {
			return exit.With(exit.Refused, "%w. Nothing was sent", err)
		}
		if err != nil {
			return fmt.Errorf("share post %s: %w", p.ID, err)
		}
		fmt.Fprintf(in.stderr, "Shared with %s: %s\n", feeds.Counted(followers, "follower"), in.nameOf(db, p))
		return nil
	})
}

type postPinCommand struct {
	ID string `arg:"" help:"Id as post list prints it, or the address of the post."`
}

// Help shows how it is used.
func (postPinCommand) Help() string {
	return "For example:\n\n  bloghorn post pin https://blog.example/tea\n\n" +
		"The last one pinned stands first; 20 are shown. A rule pins by itself: bloghorn blog edit NAME --pin-tag TAG"
}

// Run pins the post and tells the followers' servers.
func (c postPinCommand) Run(in *invocation) error {
	return in.withPost(c.ID, func(db *database.DB, b feeds.Blog, p feeds.Post) error {
		if !p.IsPublic() {
			return exit.With(exit.Refused, "the post is %s, and only public posts can be pinned. Nothing was changed", postState(p))
		}
		done, err := in.changePins(db, b, func(tx *database.Tx) (bool, error) { return feeds.Pin(in.ctx, tx, p.ID, time.Now()) })
		return in.sayPin(done, err, "Pinned: "+in.nameOf(db, p), "It is pinned already; nothing was changed.")
	})
}

type postUnpinCommand struct {
	ID string `arg:"" help:"Id as post list prints it, or the address of the post."`
}

// Help shows how it is used.
func (postUnpinCommand) Help() string {
	return "For example:\n\n  bloghorn post unpin https://blog.example/tea"
}

// Run takes the pin back and tells the followers' servers.
func (c postUnpinCommand) Run(in *invocation) error {
	return in.withPost(c.ID, func(db *database.DB, b feeds.Blog, p feeds.Post) error {
		done, err := in.changePins(db, b, func(tx *database.Tx) (bool, error) { return feeds.Unpin(in.ctx, tx, p.ID) })
		return in.sayPin(done, err, "Not pinned any more: "+in.nameOf(db, p),
			"It was not pinned by hand; nothing was changed. What a tag pins: bloghorn blog show "+b.Username)
	})
}

// changePins does something to the pins of a blog and tells the followers what is different, in one
// transaction.
func (in *invocation) changePins(db *database.DB, b feeds.Blog, change func(*database.Tx) (bool, error)) (done bool, err error) {
	err = db.InTx(in.ctx, func(tx *database.Tx) (err error) {
		if done, err = change(tx); err != nil || !done {
			return err
		}
		return publisher.BroadcastFeatured(in.ctx, tx, b, time.Now())
	})
	return done, err
}

func (in *invocation) sayPin(done bool, err error, yes, no string) error {
	switch {
	case err != nil:
		return fmt.Errorf("change the pin: %w", err)
	case done:
		fmt.Fprintln(in.stderr, yes)
	default:
		fmt.Fprintln(in.stderr, no)
	}
	return nil
}

// withPost does something with the post that a person named.
func (in *invocation) withPost(named string, do func(*database.DB, feeds.Blog, feeds.Post) error) error {
	return in.withDatabase(func(db *database.DB) error {
		b, p, err := findPost(in.ctx, db, named)
		if err != nil {
			return err
		}
		return do(db, b, p)
	})
}
