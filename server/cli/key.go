package cli

import (
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/publisher/keyring"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/web"
)

type keyCommands struct {
	List   keyListCommand   `cmd:"" help:"List the keys of a blog."`
	Rotate keyRotateCommand `cmd:"" help:"Give a blog new keys."`
}

// keyOwner is whose keys are meant.
type keyOwner struct {
	blogName
	Instance bool `help:"The keys of the actor that asks other servers for things, on the blog's address, instead."`
}

func (o keyOwner) actor(b feeds.Blog) string {
	if o.Instance {
		return ids.InstanceActor(b.BaseURL)
	}
	return b.ActorID()
}

type keyListCommand struct{ keyOwner }

// Help shows how it is used.
func (keyListCommand) Help() string { return "For example:\n\n  bloghorn key list tea" }

// Run prints one line a key: id, what for, since when, state.
func (c keyListCommand) Run(in *invocation) error {
	return in.withBlog(c.Name, func(a *app.App, b feeds.Blog) error {
		keys, err := a.Keys.List(in.ctx, c.actor(b))
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(in.stdout, 0, 8, 2, ' ', 0)
		for _, key := range keys {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", key.ID, keyUse[key.Kind], key.CreatedAt.Format(time.DateOnly), keyState(key, a.Now()))
		}
		return table.Flush()
	})
}

var keyUse = map[string]string{"rsa": "requests", "ed25519": "proofs"}

func keyState(k keyring.KeyInfo, now time.Time) string {
	switch {
	case k.SignsFrom.After(now):
		return "signs from " + clock(k.SignsFrom)
	case k.RetiredAt.After(now):
		return "signs until " + clock(k.RetiredAt)
	case k.ShownTill.After(now):
		return "retired " + clock(k.RetiredAt) + ", published until " + k.ShownTill.Format(time.DateOnly)
	case !k.RetiredAt.IsZero():
		return "retired " + clock(k.RetiredAt)
	}
	return "signs"
}

type keyRotateCommand struct {
	keyOwner
	Stolen bool `help:"Somebody else may have the old keys: what they sign is not to be believed any more."`
}

// Help shows how it is used.
func (keyRotateCommand) Help() string {
	return "For example:\n\n  bloghorn key rotate tea\n  bloghorn key rotate tea --stolen\n\n" +
		"As a habit, or with --stolen when somebody may have seen the database and the secret key. The followers' servers are told at once, and the new keys " +
		"take over ten minutes later. Nobody has to follow again. The old key for proofs stays published for 30 days, so that posts under way are still " +
		"believed; with --stolen it goes as the new keys take over."
}

// Run stores the new keys and tells them, in one transaction.
func (c keyRotateCommand) Run(in *invocation) error {
	return in.withBlog(c.Name, func(a *app.App, b feeds.Blog) error {
		from, err := rotate(in, a, b, c)
		if errors.Is(err, web.ErrTooMany) {
			return exit.With(exit.Refused, "%w. Nothing was changed", err)
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(in.stderr, "The new keys of %s sign from %s. A running server needs no restart. What is sent until then is signed with the old ones.\n", c.actor(b), clock(from))
		return nil
	})
}

// rotate makes the keys before the transaction, which is no place to wait in.
func rotate(in *invocation, a *app.App, b feeds.Blog, c keyRotateCommand) (from time.Time, err error) {
	key, err := a.Keys.Generate()
	if err != nil {
		return from, err
	}
	err = a.DB.InTx(in.ctx, func(tx *database.Tx) error {
		is, err := feeds.LockBlog(in.ctx, tx, b.ID) // what is told is the whole profile, which somebody may be editing
		if err != nil {
			return err
		}
		if from, err = a.Keys.Rotate(in.ctx, tx, c.actor(b), key, c.Stolen); err != nil || c.Instance {
			return err // nobody follows the instance actor
		}
		next, err := a.Keys.Told(in.ctx, tx, b.ActorID())
		if err != nil {
			return err
		}
		return publisher.BroadcastProfile(in.ctx, tx, is, next, a.Now())
	})
	return from, err
}
