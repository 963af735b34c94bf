package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/safehtml"
	"github.com/bloghorn/bloghorn/server/web"
)

type reactionCommands struct {
	List reactionListCommand `cmd:"" help:"List likes, reactions, boosts and votes against, newest first."`
	Hide reactionHideCommand `cmd:"" help:"Count a person's like and boost no more."`
	Show reactionShowCommand `cmd:"" help:"Count them again."`
}

// reactionTarget is what was liked or boosted.
type reactionTarget struct {
	Target string `arg:"" help:"Id or address of a post, or of a reply, as reply list and reply log print them."`
}

// find looks for a reply first, as reply answer does.
func (t reactionTarget) find(ctx context.Context, q database.Querier) (blogID database.ID, postID string, replyID database.ID, err error) {
	if id, err := moderation.FindReply(ctx, q, t.Target); err == nil {
		blogID, postID, err := moderation.PlaceOf(ctx, q, id)
		return blogID, postID, id, err
	}
	b, p, err := findPost(ctx, q, t.Target)
	return b.ID, p.ID, 0, err
}

type reactionListCommand struct {
	reactionTarget
	Limit atMost `help:"At most so many, up to 500." default:"50"`
}

// Help shows how it is used.
func (reactionListCommand) Help() string {
	return "For example:\n\n  bloghorn reaction list https://blog.example/tea\n  bloghorn reaction list dirrxtyqaaaaa"
}

// Run prints one line a reaction: kind or emoji, date, who, and whether it counts.
func (c reactionListCommand) Run(in *invocation) error {
	return in.withDatabase(func(db *database.DB) error {
		_, postID, replyID, err := c.find(in.ctx, db)
		if err != nil {
			return err
		}
		list, err := moderation.Reactions(in.ctx, db, postID, replyID, int(c.Limit))
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(in.stdout, 0, 8, 2, ' ', 0)
		for _, r := range list {
			what := r.Kind
			if r.Emoji != "" {
				what = "reaction " + safehtml.Line(r.Emoji)
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", what, r.At.Format(time.DateTime), safehtml.Line(r.Actor.Handle), r.State)
		}
		if len(list) == 0 {
			fmt.Fprintln(in.stderr, "Nobody has liked or boosted it.")
		}
		if err := table.Flush(); err != nil {
			return err
		}
		return in.sayTallies(db, postID, replyID)
	})
}

// sayTallies says how many there are of each kind. Every emoji is one of its own; likes, with an
// emoji or without, are what readers see counted.
func (in *invocation) sayTallies(db *database.DB, postID string, replyID database.ID) error {
	tallies, err := moderation.Tallies(in.ctx, db, postID, replyID)
	var parts []string
	for _, t := range tallies {
		said := feeds.Counted(t.Count, t.Kind)
		if t.Emoji != "" {
			said = fmt.Sprintf("%d × %s", t.Count, safehtml.Line(t.Emoji))
		}
		parts = append(parts, said)
	}
	if len(parts) > 0 {
		fmt.Fprintf(in.stderr, "In all: %s.\n", strings.Join(parts, ", "))
	}
	return err
}

// reactionOf is what one person did.
type reactionOf struct {
	reactionTarget
	Who string `arg:"" help:"The person: a handle as reaction list prints it, or the address of a profile."`
	Why string `help:"A reason for the log of decisions."`
}

type decideReaction func(
	ctx context.Context, db *database.DB, postID string, replyID database.ID, actorURI, who, why string, now time.Time,
) (int, error)

func (c reactionOf) decide(in *invocation, done string, decision decideReaction) error {
	return in.withDatabase(func(db *database.DB) error {
		blogID, postID, replyID, err := c.find(in.ctx, db)
		if err != nil {
			return err
		}
		actor, err := moderation.Person(in.ctx, db, nil, c.Who)
		if errors.Is(err, web.ErrInvalid) {
			return exit.With(exit.Usage, "%w. Nothing was changed", err)
		}
		if err != nil {
			return err
		}
		standing, err := moderation.Standing(in.ctx, db, blogID, actor)
		if err != nil {
			return fmt.Errorf("look for blocks of %s: %w", actor, err)
		}
		n, err := decision(in.ctx, db, postID, replyID, actor, who, c.Why, time.Now())
		if errors.Is(err, web.ErrNotFound) {
			return exit.With(exit.NotFound, "%w. Nothing was changed. See: bloghorn reaction list %s", err, c.Target)
		}
		if err != nil {
			return err
		}
		if len(standing) > 0 { // only hiding gets here: who is blocked is not shown
			fmt.Fprintf(in.stderr, "%s of %s did not count: they are kept out by %s. Without that it would stay hidden too.\n",
				feeds.Counted(n, "reaction"), actor, moderation.WordsFor(standing))
			return nil
		}
		fmt.Fprintf(in.stderr, "%s: %s of %s\n", done, feeds.Counted(n, "reaction"), actor)
		return nil
	})
}

type reactionHideCommand struct{ reactionOf }

// Help shows how it is used.
func (reactionHideCommand) Help() string {
	return "For example:\n\n  bloghorn reaction hide https://blog.example/tea @eve@spam.example --why \"a ring\"\n\n" +
		"It stays hidden when they do it again. To count nothing of theirs anywhere: bloghorn block add @eve@spam.example"
}

// Run hides; a running server counts anew at the next read.
func (c reactionHideCommand) Run(in *invocation) error {
	return c.decide(in, "Not counted any more", moderation.HideReaction)
}

type reactionShowCommand struct{ reactionOf }

// Help shows how it is used.
func (reactionShowCommand) Help() string {
	return "For example:\n\n  bloghorn reaction show https://blog.example/tea @eve@spam.example"
}

// Run shows; a running server counts anew at the next read.
func (c reactionShowCommand) Run(in *invocation) error {
	return c.decide(in, "Counted again", moderation.ShowReaction)
}
