package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/alecthomas/kong"

	"github.com/bloghorn/bloghorn/feeds"
	feedfetch "github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

type blogCommands struct {
	Add  blogAddCommand  `cmd:"" help:"Give a blog its account."`
	List blogListCommand `cmd:"" help:"List the blogs of this server."`
	Show blogShowCommand `cmd:"" help:"Show what is known and set of a blog."`
	HTML blogHTMLCommand `cmd:"" name:"html" help:"Print the lines that belong into the blog's own pages: verified link, author of previews, comments."`
	Edit blogEditCommand `cmd:"" help:"Change the profile of a blog, and how its posts are chosen and shown."`

	Adopt   blogAdoptCommand   `cmd:"" help:"Name an account of yours elsewhere: answers to its toots about posts appear under the posts."`
	Unadopt blogUnadoptCommand `cmd:"" help:"Let go of such an account."`
	Join    blogJoinCommand    `cmd:"" help:"Post into a community on Lemmy, NodeBB or Discourse too."`
	Leave   blogLeaveCommand   `cmd:"" help:"Post into it no more."`
	Alias   blogAliasCommand   `cmd:"" help:"Name an earlier account, so that it can move its followers to the blog."`
	Move    blogMoveCommand    `cmd:"" help:"Move the followers to another account."`
}

type blogAddCommand struct {
	Address string       `arg:"" name:"url" help:"Address of the blog or of its feed."`
	Handle  string       `help:"Name of the account: tea, or tea@blog.example where WebFinger of that host reaches this server." default:"blog"`
	URL     string       `help:"Base address of this blog where it is not public_url: https://fedi.other.example" placeholder:"URL"`
	Flags   kong.Plugins `embed:""`
}

// Help shows how it is used.
func (blogAddCommand) Help() string {
	return "For example:\n\n  bloghorn blog add https://blog.example\n" +
		"  bloghorn blog add https://blog.example/feed.xml --handle tea\n" +
		"  bloghorn blog add https://other.example --url https://fedi.other.example --handle notes@other.example\n" +
		"  bloghorn blog add https://blog.example --handle photos --include tag:photo\n\n" +
		"The feed is found, fetched and read first; nothing is made if that fails. The posts that are in it now are kept but not announced: " +
		"followers get what you publish from here on. What is dated ahead waits for its date, and what is behind a password for you. Handle and address are fixed once someone follows."
}

// Run finds the feed, shows what it found, and creates blog, keys and history together.
func (c blogAddCommand) Run(in *invocation) error {
	if _, err := c.newBlog(in.settings); err != nil {
		return err
	}
	found, err := discover(in.ctx, app.FeedClient(in.settings, app.OutsideOf(in.ctx)), c.Address)
	if err != nil {
		return err
	}
	// The first blog may come before the first start of serve. Up to here nothing is made: who
	// mistypes leaves no database behind.
	a, err := app.New(in.ctx, in.settings, in.logger(), app.OutsideOf(in.ctx))
	if err != nil {
		return err
	}
	defer a.Close()
	blog, err := storeBlog(in.ctx, a, c, found)
	if err != nil {
		return err
	}
	fmt.Fprintf(in.stderr, "Found %s with %s: %s\n", found.Format, feeds.Counted(found.Items, "post"), found.FeedURL)
	fmt.Fprintln(in.stdout, blog.Handle())
	held, err := feeds.NoticeOf(in.ctx, a.DB, blog.ID)
	if err != nil {
		return fmt.Errorf("the blog was added; read which of its posts are held: %w", err)
	}
	fmt.Fprintf(in.stderr, "%s\n%s", a.AccountWords(in.ctx, blog), quietWords(blog, held))
	fmt.Fprint(in.stderr, dotted(blog))
	if a.Settings.PublicGuessed && blog.FromPublicURL {
		fmt.Fprintln(in.stderr, "Only this computer can reach that address, because public_url is not set. Set it in bloghorn.toml or as BLOGHORN_PUBLIC_URL to where "+
			"the world will reach Bloghorn, and start serve: it gives the blog its place there, as long as nobody follows it.")
	}
	return nil
}

// quietWords say what becomes of the posts that the feed has when its blog is added.
func quietWords(b feeds.Blog, held feeds.Notice) string {
	said := "The posts of today stay quiet; the next one goes to every follower.\n"
	if held.Dated > 0 {
		said += "Not those that are dated ahead: " + held.DatedWords() + ". Each is announced by itself then.\n"
	}
	if held.Undecided > 0 {
		said += fmt.Sprintf("Held until you decide: %s (%s).\n", feeds.Counted(held.Undecided, "post"), held.Why)
	}
	if held.Dated+held.Undecided > 0 {
		said += "To see and decide about them: bloghorn feed held " + b.Acct() + "\n"
	}
	return said
}

// dotted warns of a handle with a dot in it; "" where there is none.
func dotted(b feeds.Blog) string {
	if !strings.Contains(b.Username, ".") {
		return ""
	}
	return fmt.Sprintf("The handle %s has a dot in its name. Some programs end a name there, and a mention of it reaches nobody. Letters, digits "+
		"and _ work everywhere: --handle.\n", b.Handle())
}

// addBlog is blog add without the printing; the demo uses it too.
func addBlog(ctx context.Context, a *app.App, c blogAddCommand) (feeds.Blog, feedfetch.Found, error) {
	found, err := discover(ctx, a.FeedClient, c.Address)
	if err != nil {
		return feeds.Blog{}, found, err
	}
	blog, err := storeBlog(ctx, a, c, found)
	return blog, found, err
}

// storeBlog creates blog, keys and history together.
func storeBlog(ctx context.Context, a *app.App, c blogAddCommand, found feedfetch.Found) (feeds.Blog, error) {
	n, err := c.newBlog(a.Settings)
	if err != nil {
		return feeds.Blog{}, err
	}
	n.Found = found
	key, err := a.Keys.Generate()
	if err != nil {
		return feeds.Blog{}, fmt.Errorf("make a key: %w", err)
	}
	if err := a.Keys.EnsureInstance(ctx, n.BaseURL); err != nil {
		return feeds.Blog{}, err
	}
	blog, err := feeds.Add(ctx, a.DB, n, a.Now(), func(ctx context.Context, tx *database.Tx, b feeds.Blog) error {
		return a.Keys.Store(ctx, tx, b.ActorID(), key)
	})
	if errors.Is(err, feeds.ErrTaken) {
		return feeds.Blog{}, takenError(ctx, a, n)
	}
	if err != nil {
		return feeds.Blog{}, fmt.Errorf("store the blog: %w", err)
	}
	a.Poller.Wake() // which runs in this process where it is the demo
	return blog, nil
}

// takenError says which blog has the handle already, or the name alone: blogs at one address differ
// in their names.
func takenError(ctx context.Context, a *app.App, n feeds.NewBlog) error {
	taken := fmt.Sprintf("the handle @%s@%s is taken on this server", n.Username, n.HandleHost)
	if b, err := feeds.BlogByUsername(ctx, a.DB, n.BaseURL, n.Username); err == nil && b.HandleHost != n.HandleHost {
		taken = fmt.Sprintf("the name %s is taken here, by %s", n.Username, b.Handle())
	}
	return exit.With(exit.Failed, "%s. Nothing was created. Choose another with --handle.", taken)
}

// newBlog decides the names of the blog from the flags.
func (c blogAddCommand) newBlog(s config.Settings) (feeds.NewBlog, error) {
	n := feeds.NewBlog{BaseURL: s.PublicURL, FromPublicURL: true}
	if c.URL != "" {
		base, err := config.ParsePublicURL("--url", c.URL)
		if err != nil {
			return n, exit.With(exit.Usage, "%w Nothing was created.", err)
		}
		n.BaseURL, n.FromPublicURL = base.String(), false
	}
	username, host, err := feeds.ParseHandle(c.Handle)
	if err != nil {
		return n, exit.With(exit.Usage, "%w. Nothing was created.", err)
	}
	if host == "" {
		host = config.HostOf(n.BaseURL)
	}
	n.Username, n.HandleHost = username, host
	if err := s.RefuseFixed(username, [2]string{host, config.HostOf(n.BaseURL)}, config.ChangesOf(c.Flags)); err != nil {
		return n, err
	}
	var wanted feeds.Blog
	if err := config.ChangesOf(c.Flags).Apply(&wanted); err != nil {
		return n, exit.With(exit.Usage, "%w. Nothing was created.", err)
	}
	n.Settings = wanted.Settings
	return n, nil
}

// discover finds the feed of a new blog. Where there is none, it adds what to do to the reason,
// which is whole sentences.
func discover(ctx context.Context, client *safehttp.Client, address string) (feedfetch.Found, error) {
	found, err := feedfetch.Discover(ctx, client, address)
	switch {
	case err == nil:
		return found, nil
	case errors.Is(err, safehttp.ErrAddress):
		return found, exit.With(exit.Network, "%w No blog was created.", err)
	}
	return found, exit.With(exit.Network, "%w No blog was created. You may also give the address of the feed itself.", err)
}

type blogListCommand struct{}

// Help shows how it is used.
func (blogListCommand) Help() string { return "For example:\n\n  bloghorn blog list" }

// Run prints one line a blog: handle, followers, last poll, feed.
func (blogListCommand) Run(in *invocation) error {
	return in.withDatabase(func(db *database.DB) error {
		table := tabwriter.NewWriter(in.stdout, 0, 8, 2, ' ', 0)
		none := true
		err := app.EachBlog(in.ctx, db, func(b feeds.Blog) error {
			none = false
			return blogLine(in.ctx, table, db, b)
		})
		if err == nil && none {
			fmt.Fprintln(in.stderr, "There is no blog on this server yet. Add one with: bloghorn blog add https://your.blog")
		}
		return errors.Join(err, table.Flush())
	})
}

func blogLine(ctx context.Context, table *tabwriter.Writer, db *database.DB, b feeds.Blog) error {
	followers, err := followers.Count(ctx, db, b.ID)
	if err != nil {
		return fmt.Errorf("count the followers of %s: %w", b.Handle(), err)
	}
	poll, err := feeds.PollOf(ctx, db, b.ID)
	if err != nil {
		return fmt.Errorf("read the polls of %s: %w", b.Handle(), err)
	}
	state := "polled " + poll.PolledAt.Format(time.RFC3339)
	if poll.LastError != "" {
		state += ": " + poll.LastError
	}
	_, err = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", b.Handle(), feeds.Counted(followers, "follower"), b.FeedURL, state)
	return err
}
