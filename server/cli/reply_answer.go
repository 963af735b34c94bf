package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/safehtml"
	"github.com/bloghorn/bloghorn/server/web"
)

// answerText is what the blog says.
type answerText struct {
	Text string `arg:"" help:"The text, in Markdown; - reads it from standard input."`
}

// maxInput bounds what is read of standard input, in bytes; the text itself has a smaller bound in
// characters.
const maxInput = 1 << 20

func (t answerText) read() (string, error) {
	if t.Text != "-" {
		return t.Text, nil
	}
	text, err := io.ReadAll(io.LimitReader(os.Stdin, maxInput))
	if err != nil {
		return "", fmt.Errorf("read the text from standard input: %w", err)
	}
	return string(text), nil
}

type replyAnswerCommand struct {
	ID string `arg:"" help:"Id or address of a reply, as reply list and reply log print them, or of a post."`
	answerText
}

// Help shows how it is used.
func (replyAnswerCommand) Help() string {
	return "For example:\n\n  bloghorn reply answer dirrxtyqaaaaa \"Thank you! **Four** minutes, as I said.\"\n" +
		"  bloghorn reply answer https://blog.example/tea - < news.md\n\n" +
		"It goes to the followers, to whom it answers and to whom it names (@ada@pasture.example), and appears under the post, marked as the author's."
}

// Run stores the answer and prints its id; a running server delivers it within a second.
func (c replyAnswerCommand) Run(in *invocation) error {
	text, err := c.read()
	if err != nil {
		return err
	}
	if err := in.meetNamed(text); err != nil {
		return err
	}
	return in.withDatabase(func(db *database.DB) error {
		answer, err := c.answer(in, db, text)
		if errors.Is(err, web.ErrNotFound) {
			return exit.With(exit.NotFound, "%w. Nothing was said. See: bloghorn reply list --status shown", err)
		}
		if err != nil {
			return answerError(err)
		}
		fmt.Fprintln(in.stdout, answer.ID)
		fmt.Fprintf(in.stderr, "Said: %s\nTo change it: bloghorn reply edit %s TEXT\n", answer.ObjectURI, answer.ID)
		return in.sayUnfound(db, answer.BlogID, text)
	})
}

// answer looks for a reply first: no post has its id or address.
func (c replyAnswerCommand) answer(in *invocation, db *database.DB, text string) (thread.Reply, error) {
	now := app.OutsideOf(in.ctx).Now()
	if id, err := moderation.FindReply(in.ctx, db, c.ID); err == nil {
		return moderation.Answer(in.ctx, db, id, text, who, now)
	}
	b, p, err := findPost(in.ctx, db, c.ID)
	if errors.Is(err, web.ErrNotFound) {
		return thread.Reply{}, exit.With(exit.NotFound, "no reply and no post has the id or address %.200q. Nothing was said. "+
			"See: bloghorn reply list --status shown, bloghorn post list", c.ID)
	}
	if err != nil {
		return thread.Reply{}, err
	}
	return moderation.AnswerPost(in.ctx, db, b, p, text, who, now)
}

// meetNamed asks for those whom a text names and whom this server has not met. One who is not found
// is not tagged, and nothing else.
func (in *invocation) meetNamed(text string) error {
	content := safehtml.Markdown(text).String()
	if !remote.NamesAnybody(content) {
		return nil
	}
	a, err := in.app()
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.Keys.EnsureInstance(in.ctx, a.Settings.PublicURL); err != nil {
		return fmt.Errorf("make the key of this server's actor: %w", err)
	}
	return a.Remotes.MeetNamed(in.ctx, content, nil)
}

// sayUnfound says which names of a text were told nothing.
func (in *invocation) sayUnfound(db *database.DB, blogID database.ID, text string) error {
	b, err := feeds.BlogByID(in.ctx, db, blogID)
	if err != nil {
		return fmt.Errorf("look for the blog: %w", err)
	}
	names, err := remote.Unfound(in.ctx, db, b, safehtml.Markdown(text).String())
	if len(names) > 0 {
		fmt.Fprintf(in.stderr, "Nobody was found by the name %s, and so nobody was told by it. Look for a typing error.\n", strings.Join(names, ", nor by "))
	}
	return err
}

type replyEditCommand struct {
	ID string `arg:"" help:"Id that reply answer printed."`
	answerText
}

// Help shows how it is used.
func (replyEditCommand) Help() string {
	return "For example:\n\n  bloghorn reply edit dirrxtyqaaaaa \"Thank you! Five minutes.\""
}

// Run changes the answer, everywhere it went.
func (c replyEditCommand) Run(in *invocation) error {
	text, err := c.read()
	if err != nil {
		return err
	}
	if err := in.meetNamed(text); err != nil {
		return err
	}
	return in.decide([]string{c.ID}, "Changed", func(db *database.DB, id database.ID) error {
		if err := moderation.EditAnswer(in.ctx, db, id, text, who, app.OutsideOf(in.ctx).Now()); err != nil {
			return answerError(err)
		}
		blogID, _, err := moderation.PlaceOf(in.ctx, db, id)
		if err != nil {
			return err
		}
		return in.sayUnfound(db, blogID, text)
	})
}

type replyDeleteCommand struct {
	IDs []string `arg:"" name:"id" help:"Ids that reply answer printed."`
}

// Help shows how it is used.
func (replyDeleteCommand) Help() string {
	return "For example:\n\n  bloghorn reply delete dirrxtyqaaaaa\n\nWhat others wrote can be hidden: bloghorn reply hide."
}

// Run takes the answers back, everywhere they went.
func (c replyDeleteCommand) Run(in *invocation) error {
	return in.decide(c.IDs, "Deleted", func(db *database.DB, id database.ID) error {
		return answerError(moderation.DeleteAnswer(in.ctx, db, id, who, app.OutsideOf(in.ctx).Now()))
	})
}

// answerError says that nothing happened, with the exit code of why.
func answerError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, web.ErrNotFound):
		return exit.With(exit.NotFound, "%w. Nothing was changed", err)
	case errors.Is(err, web.ErrRefused):
		return exit.With(exit.Refused, "%w. Nothing was changed", err)
	case errors.Is(err, web.ErrInvalid), errors.Is(err, web.ErrTooMany):
		return exit.With(exit.Usage, "%w. Nothing was changed", err)
	}
	return err
}
