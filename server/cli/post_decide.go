package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/safehtml"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	// maxRules bounds how many groups of held posts one blog has; there are six rules.
	maxRules = 10
)

// heldIDs name held posts, one by one or all of a blog.
type heldIDs struct {
	IDs []string `arg:"" optional:"" name:"id" help:"Ids as feed held prints them, or addresses; after --all the blog, where there are several."`
	All bool     `help:"All posts of a blog that are held for one reason."`

	Reason string `help:"With --all, the reason, as feed held prints it: flood, foreign or early." enum:",flood,foreign,early" default:"" placeholder:"REASON"`
}

func (c heldIDs) check() error {
	switch {
	case len(c.IDs) == 0 && !c.All:
		return exit.With(exit.Usage, "which posts? Give ids as `bloghorn feed held` prints them, or --all. Nothing was changed")
	case len(c.IDs) > 1 && c.All:
		return exit.With(exit.Usage, "ids and --all say two things; give one of them. Nothing was changed")
	case c.Reason != "" && !c.All:
		return exit.With(exit.Usage, "--reason says which posts --all means; give both. Nothing was changed")
	}
	return nil
}

// blog is the one whose posts are all meant.
func (c heldIDs) blog() blogName {
	if len(c.IDs) == 0 {
		return blogName{}
	}
	return blogName{c.IDs[0]}
}

type postReleaseCommand struct {
	heldIDs
	Yes bool `help:"With --all, announce more than ten, or what looks like another site's, without asking back."`
}

// Help shows how it is used.
func (postReleaseCommand) Help() string {
	return "For example:\n\n  bloghorn post release zuuokmbo5bmegvlu5rrhkqskjo\n  bloghorn post release --all tea --reason flood\n\n" +
		"Each is announced ten minutes after the one before, and behind what waits already, so that nobody is flooded. With --all the oldest go " +
		"first, at most 30 in one go; what may be a known post, is dated ahead or is behind a password is left out. To call off what has not gone " +
		"out yet: bloghorn post history ID, or for all: bloghorn post history --waiting tea"
}

// Run announces each of the posts.
func (c postReleaseCommand) Run(in *invocation) error {
	if err := c.check(); err != nil {
		return err
	}
	if c.All {
		return in.aboutFeed(c.blog(), func(db *database.DB, b feeds.Blog) error { return c.releaseAll(in, db, b) })
	}
	return in.decideEach(c.IDs, func(db *database.DB, p feeds.Post) (string, error) {
		now := time.Now()
		turn, err := publisher.Release(in.ctx, db, p.ID, now)
		return turnWords(p.ID, turn, now), err
	})
}

// turnWords say what becomes of a post that was let out, before its title.
func turnWords(id string, turn feeds.Turn, now time.Time) string {
	switch {
	case !turn.Until.IsZero():
		return fmt.Sprintf("Not held any more; it waits for its date, %s (to announce it before: bloghorn post release %s)", clock(turn.Until), id)
	case turn.At.After(now):
		return fmt.Sprintf("Goes out at %s, %s (to call it off: bloghorn post history %s)", clock(turn.At), feeds.Distance(turn.At, now), id)
	}
	return "Announced"
}

func (c postReleaseCommand) releaseAll(in *invocation, db *database.DB, b feeds.Blog) error {
	g, err := c.group(in, db, b, "release", func(g feeds.HeldGroup) bool { return g.OneByOne() || g.IsNotYet() })
	if err != nil || g.Count == 0 {
		return err
	}
	followers, err := followers.Count(in.ctx, db, b.ID)
	if err != nil {
		return err
	}
	if going := min(g.Count, feeds.MaxReleased); g.AsksBack(going) && !c.Yes {
		return exit.With(exit.Refused, "%s: %d of %d held posts would go to %s, one every %s. That cannot be called back. Nothing was changed; "+
			"add --yes to do it",
			reasonWords(g), going, g.Count, feeds.Counted(followers, "follower"), feeds.Length(feeds.ReleaseEvery))
	}
	all, err := feeds.ReleaseAll(in.ctx, db, g, time.Now())
	if err != nil {
		return fmt.Errorf("announce the held posts of %s: %w", b.Handle(), err)
	}
	in.sayReleased(all, b, followers, g.Count)
	return nil
}

// sayReleased says what became of so many held posts.
func (in *invocation) sayReleased(all feeds.Released, b feeds.Blog, followers, held int) {
	if all.Going > 0 {
		fmt.Fprintf(in.stderr, "%s to %s, the last one at %s. To call off what has not gone out yet: bloghorn post history --waiting %s\n",
			goes(all.Going), feeds.Counted(followers, "follower"), feeds.Moment(all.Last, time.Now()), b.Acct())
	}
	if all.Dated > 0 {
		fmt.Fprintf(in.stderr, "%s on waiting until the date has come: bloghorn feed held\n", goes(all.Dated))
	}
	if left := held - all.Going - all.Dated; left > 0 {
		fmt.Fprintf(in.stderr, "%s on waiting; run it again for more.\n", goes(left))
	}
}

// without leaves out what --all does not mean, and says so.
func (in *invocation) without(groups []feeds.HeldGroup, isOut func(feeds.HeldGroup) bool) (rest []feeds.HeldGroup) {
	for _, g := range groups {
		if !isOut(g) {
			rest = append(rest, g)
			continue
		}
		fmt.Fprintf(in.stderr, "Left out: %s (%s). Decide about such a post by its id: bloghorn feed held\n", feeds.Counted(g.Count, "post"),
			reasonWords(g))
	}
	return rest
}

// reasonWords are why the posts of a group are held, in the middle of a sentence.
func reasonWords(g feeds.HeldGroup) string { return strings.ToLower(g.Words(0).Title) }

// group is the one that --all means: that of the reason, or the only one. Where there is none it
// has no posts, and the reason why was said. What isOut holds for is left out.
func (c heldIDs) group(in *invocation, db *database.DB, b feeds.Blog, verb string, isOut func(feeds.HeldGroup) bool) (none feeds.HeldGroup, err error) {
	groups, err := in.heldGroups(db, b)
	if err != nil || len(groups) == 0 {
		return none, err
	}
	if c.Reason != "" {
		groups = slices.DeleteFunc(groups, func(g feeds.HeldGroup) bool { return g.Rule != c.Reason })
		if len(groups) == 0 {
			fmt.Fprintf(in.stderr, "No post of %s is held for that reason; nothing was changed. See: bloghorn feed held\n", b.Handle())
			return none, nil
		}
	}
	switch groups = in.without(groups, isOut); len(groups) {
	case 0:
		return none, nil
	case 1:
		return groups[0], nil
	}
	return none, exit.With(exit.Refused, "%s", whichReason(groups, b, verb))
}

// whichReason asks which of several groups is meant.
func whichReason(groups []feeds.HeldGroup, b feeds.Blog, verb string) string {
	var all strings.Builder
	fmt.Fprintf(&all, "posts of %s are held for several reasons. Nothing was changed; say which are meant:", b.Handle())
	for _, g := range groups {
		fmt.Fprintf(&all, "\n  %s, %s: bloghorn post %s --all %s --reason %s", feeds.Counted(g.Count, "post"), reasonWords(g), verb, b.Acct(), g.Rule)
	}
	return all.String()
}

func goes(n int) string {
	if n == 1 {
		return "1 post goes"
	}
	return feeds.Counted(n, "post") + " go"
}

type postHistoryCommand struct {
	heldIDs
	Waiting bool `help:"All posts of a blog that wait to be announced: calls off what post release or post backfill has begun."`
}

// Help shows how it is used.
func (postHistoryCommand) Help() string {
	return "For example:\n\n  bloghorn post history zuuokmbo5bmegvlu5rrhkqskjo\n  bloghorn post history --all tea --reason flood\n" +
		"  bloghorn post history --waiting tea\n\n" +
		"Such a post can be found at the blog's account, and nobody is told of it. A post can be held, or wait to be announced. --all leaves out what may be a known post, waits for its date or is behind a password. " +
		"What was announced already stays so; to take it back: bloghorn post delete"
}

// Run makes each of the posts history.
func (c postHistoryCommand) Run(in *invocation) error {
	switch {
	case c.Waiting && (c.All || len(c.IDs) > 1):
		return exit.With(exit.Usage, "--waiting stands alone: it means all posts of a blog that wait to be announced. Nothing was changed")
	case c.Waiting:
		return in.aboutFeed(c.blog(), func(db *database.DB, b feeds.Blog) error { return in.callOff(db, b) })
	}
	if err := c.check(); err != nil {
		return err
	}
	if !c.All {
		return in.decideEach(c.IDs, func(db *database.DB, p feeds.Post) (string, error) {
			err := feeds.KeepQuiet(in.ctx, db, p.ID)
			if errors.Is(err, web.ErrNotFound) {
				err = publisher.CallOff(in.ctx, db, p.ID)
			}
			return "Kept quietly", err
		})
	}
	return in.aboutFeed(c.blog(), func(db *database.DB, b feeds.Blog) error {
		g, err := c.group(in, db, b, "history", feeds.HeldGroup.OneByOne)
		if err != nil || g.Count == 0 {
			return err
		}
		kept, err := feeds.KeepAllQuiet(in.ctx, db, g)
		if err != nil {
			return fmt.Errorf("keep the held posts of %s: %w", b.Handle(), err)
		}
		fmt.Fprintf(in.stderr, "Kept quietly: %s of %s. Nobody is told.\n", feeds.Counted(kept, "post"), b.Handle())
		return nil
	})
}

// maxCalledOff bounds how many posts one command calls off.
const maxCalledOff = 2000

// callOff makes history of what waits to be announced. Edits of what was announced wait as well,
// and go out.
func (in *invocation) callOff(db *database.DB, b feeds.Blog) error {
	due, err := feeds.DueOf(in.ctx, db, b.ID, maxCalledOff)
	if err != nil {
		return fmt.Errorf("list what waits of %s: %w", b.Handle(), err)
	}
	n := 0
	for _, p := range due {
		err := publisher.CallOff(in.ctx, db, p.ID)
		switch {
		case err == nil:
			n++
		case !errors.Is(err, web.ErrNotFound):
			return fmt.Errorf("call off post %s, after %d others: %w", p.ID, n, err)
		}
	}
	if n == 0 {
		fmt.Fprintf(in.stderr, "No post of %s waits to be announced; nothing was changed.\n", b.Handle())
		return nil
	}
	fmt.Fprintf(in.stderr, "Called off: %s of %s. Nobody is told; whoever looks finds what was called off at the blog's account.\n", feeds.Counted(n, "post"), b.Handle())
	return nil
}

// heldGroups are what waits of a blog; where nothing does, it says so.
func (in *invocation) heldGroups(db *database.DB, b feeds.Blog) ([]feeds.HeldGroup, error) {
	groups, err := feeds.HeldGroups(in.ctx, db, b.ID, maxRules)
	if err != nil {
		return nil, fmt.Errorf("list the held posts of %s: %w", b.Handle(), err)
	}
	if len(groups) == 0 {
		fmt.Fprintf(in.stderr, "No post of %s is held; nothing was changed.\n", b.Handle())
	}
	return groups, nil
}

// decideEach finds all posts before it decides about the first. What decide did is said before the
// post's title.
func (in *invocation) decideEach(named []string, decide func(*database.DB, feeds.Post) (did string, err error)) error {
	return in.withDatabase(func(db *database.DB) error {
		posts := make([]feeds.Post, len(named))
		for i, name := range named {
			var err error
			if _, posts[i], err = findPost(in.ctx, db, name); err != nil {
				return fmt.Errorf("%w. Nothing was changed", err)
			}
		}
		for _, p := range posts {
			did, err := decide(db, p)
			if errors.Is(err, web.ErrNotFound) {
				if now, err := feeds.PostByID(in.ctx, db, p.ID); err == nil {
					p = now // as whoever was faster left it
				}
				return exit.With(exit.NotFound, "%q is not held; it is %s. Nothing more was changed. See: bloghorn feed held", titleOf(p), stateWords(p, time.Now()))
			}
			if errors.Is(err, web.ErrRefused) {
				return exit.With(exit.Refused, "%w. %q stays as it was, and nothing more was changed", err, titleOf(p))
			}
			if err != nil {
				return fmt.Errorf("decide about post %s: %w", p.ID, err)
			}
			fmt.Fprintf(in.stderr, "%s: %s\n", did, in.nameOf(db, p))
		}
		return nil
	})
}

type postSameCommand struct {
	ID string `arg:"" name:"id" help:"Id of a held post, as feed held prints it, or its address."`
}

// Help shows how it is used.
func (postSameCommand) Help() string {
	return "For example:\n\n  bloghorn post same zuuokmbo5bmegvlu5rrhkqskjo\n\n" +
		"The held post is the one it looks like: that one keeps its id and its comments, and gets the new text and address."
}

// Run joins the held post with the one it looks like.
func (c postSameCommand) Run(in *invocation) error {
	return in.withPost(c.ID, func(db *database.DB, _ feeds.Blog, p feeds.Post) error {
		of, err := feeds.SamePost(in.ctx, db, p.ID, time.Now())
		switch {
		case errors.Is(err, web.ErrRefused):
			return exit.With(exit.Refused, "%w. Nothing was changed", err)
		case errors.Is(err, web.ErrNotFound) && !p.HeldAt.IsZero() && p.HeldLike == "":
			return exit.With(exit.NotFound, "%q is held, but not for being like another post: %s. Nothing was changed. Decide about it with "+
				"bloghorn post release %[3]s or bloghorn post history %[3]s", titleOf(p), safehtml.Line(p.HeldWhy), p.ID)
		case errors.Is(err, web.ErrNotFound), errors.Is(err, database.ErrNotFound):
			return exit.With(exit.NotFound, "%q is not held for being like another post; it is %s. Nothing was changed. See: bloghorn feed held",
				titleOf(p), stateWords(p, time.Now()))
		case err != nil:
			return fmt.Errorf("join post %s with another: %w", p.ID, err)
		}
		fmt.Fprintf(in.stderr, "%s is the post %s from now on. It keeps its comments; who knows it is told of the edit.\n", in.nameOf(db, p), of.ID)
		return nil
	})
}
