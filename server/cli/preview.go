package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	feedfetch "github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/publisher/preview"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

const (
	maxPreview = 50 // posts
	// betweenReadings is long enough for a guid that is made of the time in seconds to change.
	betweenReadings = 1100 * time.Millisecond
)

type previewCommand struct {
	Address string `arg:"" name:"url" help:"Address of the blog or of its feed."`
	Entries int    `short:"n" help:"How many posts to show, the newest first; at most 50 (default: 5)." default:"5" placeholder:"N"`
	Handle  string `help:"Name that the account would have: tea, or tea@blog.example." default:"blog"`
	Open    bool   `help:"Write it as an HTML page and open that in the browser." xor:"form"`
	JSON    bool   `name:"json" help:"Print feed, posts, activities and advice as one JSON object." xor:"form"`
}

// Help shows how it is used.
func (previewCommand) Help() string {
	return "For example:\n\n  bloghorn preview https://blog.example\n" +
		"  bloghorn preview https://blog.example --open\n" +
		"  bloghorn preview https://blog.example/feed.xml -n 1 --json\n\n" +
		"The feed is found as blog add finds it. Its newest posts are shown as Mastodon, GoToSocial and Lemmy will show them; " +
		"after them comes what could be better, why, and what to do. Nothing is stored and nothing is sent: it needs no database " +
		"and no configuration, and asks nobody but the blog. --open writes one page, readable by you alone, into the folder for temporary files."
}

// Run looks at the feed and shows it.
func (c previewCommand) Run(in *invocation) error {
	blog, err := c.blog(in.settings.PublicURL)
	if err != nil {
		return err
	}
	client := safehttp.New(safehttp.Options{UserAgent: app.UserAgent(in.settings.PublicURL), Allow: in.settings.Feed.AllowPrivate})
	found, err := feedfetch.Inspect(in.ctx, client, c.Address, betweenReadings)
	if in.ctx.Err() != nil {
		return in.ctx.Err()
	}
	if err != nil {
		return exit.With(exit.Network, "%w", err)
	}
	p, err := preview.Build(assumed(blog, found.SiteURL), found, c.Entries, time.Now())
	if err != nil {
		return fmt.Errorf("make the preview: %w", err)
	}
	return c.show(in, p)
}

// blog is the account that the posts would have. It is not stored.
func (c previewCommand) blog(publicURL string) (feeds.Blog, error) {
	if c.Entries < 1 || c.Entries > maxPreview {
		return feeds.Blog{}, exit.With(exit.Usage, "-n is %d. It is how many posts are shown: choose from 1 to %d.", c.Entries, maxPreview)
	}
	username, host, err := feeds.ParseHandle(c.Handle)
	if err != nil {
		return feeds.Blog{}, exit.With(exit.Usage, "%q cannot be a handle. Use 1 to 30 of a–z, 0–9 and _, with . or - only inside: tea, "+
			"or tea@blog.example.", c.Handle)
	}
	return feeds.Blog{BaseURL: publicURL, Username: username, HandleHost: host}, nil
}

// assumed completes the names. Without a public_url that the world could reach, it is taken to be
// at the blog, as the README proposes: nobody wants to see an account on 127.0.0.1.
func assumed(b feeds.Blog, siteURL string) feeds.Blog {
	site, err := url.Parse(siteURL)
	if err == nil && site.Host != "" && config.ThisComputer(hostname(b.BaseURL)) && !config.ThisComputer(site.Hostname()) {
		b.BaseURL = "https://" + feeds.ASCIIHost(site.Host) + "/fedi"
	}
	b.HandleHost = cmp.Or(b.HandleHost, config.HostOf(b.BaseURL))
	b.Origin = b.ActorID()
	return b
}

func hostname(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// show prints the preview in the form that was asked for: what is shown to stdout, what to do next
// to stderr.
func (c previewCommand) show(in *invocation, p preview.Preview) error {
	switch {
	case c.JSON:
		return p.JSON(in.stdout)
	case c.Open:
		return openPage(in, p)
	}
	if err := p.Text(in.stdout, width(in.stdout)); err != nil {
		return err
	}
	if p.Blog.BaseURL != in.settings.PublicURL {
		fmt.Fprintf(in.stderr, "\nThe addresses assume that Bloghorn will be reached at %s; public_url says where it is.\n", p.Blog.BaseURL)
	}
	address := shellWord(c.Address)
	fmt.Fprintf(in.stderr, "\nNothing was stored or sent. Next:\n  bloghorn preview %s --open            to see it as a page\n"+
		"  bloghorn blog add %s --handle %s   to give the blog its account\n", address, address, shellWord(c.Handle))
	return nil
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9._~:/@%+,=-]+$`)

// shellWord is an argument as one types it.
func shellWord(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// openPage writes the page where only its owner may read it, says where, and opens it if somebody
// sits before it.
func openPage(in *invocation, p preview.Preview) error {
	file, err := os.CreateTemp("", "bloghorn-preview-*.html") // with mode 0600
	if err != nil {
		return fmt.Errorf("make a file for the page: %w", err)
	}
	err = p.HTML(file)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("write the page %s: %w", file.Name(), err)
	}
	fmt.Fprintln(in.stdout, file.Name())
	if isTerminal(in.stdout) {
		startBrowser(in.ctx, file.Name())
	}
	fmt.Fprintln(in.stderr, "Open this file in a browser, if it has not opened by itself. Nothing was stored or sent; delete the "+
		"file when you have seen it.")
	return nil
}

// startBrowser asks the desktop to open a file. Where there is none, nothing happens: the path was
// printed.
func startBrowser(ctx context.Context, path string) {
	words := []string{"xdg-open", path}
	switch runtime.GOOS {
	case "darwin":
		words = []string{"open", path}
	case "windows":
		words = []string{"rundll32", "url.dll,FileProtocolHandler", path}
	}
	command := exec.CommandContext(context.WithoutCancel(ctx), words[0], words[1:]...)
	if command.Start() == nil {
		go command.Wait() // so that no zombie is left while we are there
	}
}

// width is how many columns the terminal has; 80 where nobody knows.
func width(w io.Writer) int {
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	if file := fileOf(w); file != nil {
		if n := terminalWidth(file); n > 0 {
			return n
		}
	}
	return 80
}
