package feeds

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds/contenthash"
	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/feeds/match"
	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// ErrTaken is returned by Add where another blog has the handle or the address.
var ErrTaken = errors.New("there is already a blog with that handle")

// NewBlog is what Add needs: a feed that Discover found, and the account it shall have.
type NewBlog struct {
	Found         fetch.Found
	BaseURL       string // as Blog.BaseURL; a slash at its end is dropped
	FromPublicURL bool
	Username      string // "" means DefaultUsername
	HandleHost    string // "" means the host of BaseURL, with its port
	Settings      settings.Settings
}

// Add stores a blog with its feed's history, none of which will be announced, and whatever else
// must not exist without the blog (its keys) in one transaction: after an error nothing is there.
// also may run several times, as InTx's function may, and may be nil. The errors are ErrTaken and
// web.ErrInvalid.
func Add(
	ctx context.Context, db *database.DB, n NewBlog, now time.Time,
	also func(ctx context.Context, tx *database.Tx, b Blog) error,
) (Blog, error) {
	b, err := n.blog(now)
	if err != nil {
		return Blog{}, err
	}
	history := PostsOf(n.Found.Feed, b, now)
	err = db.InTx(ctx, func(tx *database.Tx) error {
		if err := insertBlog(ctx, tx, b); err != nil {
			return err
		}
		if err := insertPoll(ctx, tx, firstPoll(b, n.Found, now)); err != nil {
			return err
		}
		for _, p := range history {
			if err := insertPost(ctx, tx, p); err != nil {
				return err
			}
		}
		if also == nil {
			return nil
		}
		return also(ctx, tx, b)
	})
	if err != nil {
		return Blog{}, fmt.Errorf("add %s: %w", b.Handle(), err)
	}
	return b, nil
}

// firstPoll is due at once, so that whatever was published since the feed was found is not history.
func firstPoll(b Blog, f fetch.Found, now time.Time) Poll {
	return Poll{
		BlogID:       b.ID,
		ETag:         f.Answer.Seen.ETag,
		LastModified: f.Answer.Seen.LastModified,
		BodyHash:     f.Answer.Seen.Body,
		HashVersion:  contenthash.Version,
		Imported:     true,
		NextAt:       now,
		PolledAt:     now,
		SucceededAt:  now,
		ReadAt:       now,
		Known:        fingerprintOf(f.Feed, f.Answer.URL.String(), match.Identify(f.Feed.Items, f.Feed.SiteURL)),
		Format:       parser.Cut(f.Format, parser.MaxFormat),
		Charset:      f.Answer.Charset,
		Wishes:       f.Answer.Hints(parser.PollHints{}, now),
		Hub:          f.Answer.Hub(parser.Hub{}),
	}
}

func (n NewBlog) blog(now time.Time) (Blog, error) {
	base, host, err := readBaseURL(n.BaseURL)
	if err != nil {
		return Blog{}, err
	}
	name, _, err := ParseHandle(cmp.Or(n.Username, DefaultUsername))
	if err != nil {
		return Blog{}, err
	}
	handleHost := ASCIIHost(cmp.Or(n.HandleHost, host))
	if !validHost(handleHost) {
		return Blog{}, fmt.Errorf("%w: %q is not a host name", web.ErrInvalid, n.HandleHost)
	}
	if n.Found.Feed == nil {
		return Blog{}, fmt.Errorf("%w: a blog needs a feed that was found", web.ErrInvalid)
	}
	b := Blog{
		ID:            database.NewID(now),
		BaseURL:       base,
		FromPublicURL: n.FromPublicURL,
		Username:      name,
		HandleHost:    handleHost,
		Title:         parser.Cut(n.Found.Title, parser.MaxTitle),
		Summary:       parser.Cut(n.Found.Description, parser.MaxSummary),
		SiteURL:       n.Found.SiteURL,
		SiteHost:      pageurl.Host(n.Found.SiteURL),
		FeedURL:       n.Found.FeedURL,
		Language:      n.Found.Language,
		IconURL:       n.Found.ImageURL,
		Settings:      n.Settings,
		CreatedAt:     now,
	}
	b.Origin = b.ActorID()
	b.ManyAuthors = manyAuthors(b.wanted(n.Found.Feed.Items))
	return b, nil
}

// readBaseURL checks an address that ids will be made of for ever, and writes its host as ids do.
func readBaseURL(raw string) (base, host string, err error) {
	u, err := url.Parse(strings.TrimRight(raw, "/"))
	if err == nil {
		host = ASCIIHost(u.Host)
		base = u.Scheme + "://" + host + u.EscapedPath()
	}
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || !validHost(host) || u.User != nil ||
		strings.ContainsAny(raw, "?#") || len(base) > maxHost {
		return "", "", fmt.Errorf("%w: %q cannot be the address of a blog's account; it needs the form "+
			"https://blog.example or https://blog.example/path", web.ErrInvalid, raw)
	}
	return base, host, nil
}
