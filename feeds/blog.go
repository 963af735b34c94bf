package feeds

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"

	"golang.org/x/net/idna"

	"github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// DefaultUsername is the name of a blog whose owner did not choose one.
const DefaultUsername = "blog"

const (
	maxUsername = 30
	maxHost     = 255
)

var username = regexp.MustCompile(`^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$`)

// Blog is a blog with an account on the fediverse. BaseURL, Username and HandleHost are fixed when
// it is created: every id is made from this row, never from today's configuration.
type Blog struct {
	ID            database.ID
	Origin        string // the actor id it was created with: what the ids of its posts are derived from, wherever it moves
	BaseURL       string // without a slash at its end; it may have a path
	FromPublicURL bool   // BaseURL came from public_url, not from --url
	Username      string
	HandleHost    string // the host of the handle, with its port where it has one
	Title         string
	Summary       string // plain text
	SiteURL       string
	SiteHost      string // of SiteURL, spelt as PageKey spells hosts
	FeedURL       string
	Language      string // BCP 47, "" where the feed names none
	IconURL       string // the feed's own picture
	ImageURL      string // a wide picture; "" so far
	ManyAuthors   bool   // its feed has had more than one author
	AlsoKnownAs   string // ids of accounts elsewhere that may move their followers here, one a line
	MovedTo       string // id of the account that the followers were moved to; "" for none
	MovedAt       time.Time
	Settings      settings.Settings
	CreatedAt     time.Time
}

// Aliases are the ids of AlsoKnownAs.
func (b Blog) Aliases() []string { return strings.Fields(b.AlsoKnownAs) }

// ActorID is the id of the blog's actor.
func (b Blog) ActorID() string { return b.BaseURL + "/blogs/" + b.Username }

// Acct is the handle as WebFinger writes it, "tea@blog.example".
func (b Blog) Acct() string { return b.Username + "@" + b.HandleHost }

// Handle is the handle as people write it, "@tea@blog.example".
func (b Blog) Handle() string { return "@" + b.Acct() }

// ValidUsername says whether a blog may be called that: letters, digits and underscores in lower
// case, with dots and hyphens inside, at most 30. It is what Mastodon accepts of remote actors
// without case to fold.
func ValidUsername(s string) bool {
	return len(s) <= maxUsername && username.MatchString(s)
}

// ParseHandle reads tea, tea@blog.example or @tea@blog.example, in either case and with a host in
// any script; host is "" for the first, else as ASCIIHost writes it. The error is web.ErrInvalid.
func ParseHandle(s string) (name, host string, err error) {
	handle := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(s)), "@")
	name, host, hasHost := strings.Cut(handle, "@")
	if !ValidUsername(name) {
		return "", "", fmt.Errorf("%w: %q cannot be a handle; use a-z, 0-9 and _, with . and - inside, at most %d characters, "+
			"such as \"tea\" or \"tea@blog.example\"", web.ErrInvalid, s, maxUsername)
	}
	if host = ASCIIHost(host); hasHost && !validHost(host) {
		return "", "", fmt.Errorf("%w: %q in the handle %q is not a host name", web.ErrInvalid, host, s)
	}
	return name, host, nil
}

// validHost takes what a URL may have as its authority without a user: name or address, and a port,
// as ASCIIHost writes it.
func validHost(host string) bool {
	u, err := url.Parse("https://" + host)
	return err == nil && host != "" && len(host) <= maxHost && u.Host == host && u.Hostname() != "" && u.User == nil &&
		!strings.HasSuffix(host, ":") && !strings.ContainsAny(host, "%\\") && !strings.ContainsFunc(host, func(r rune) bool { return r > unicode.MaxASCII })
}

// ASCIIHost is a host, with its port if it has one, as DNS and every id write it: in lower case,
// and a name in another script as Punycode (xn--…). What is no such name comes back in lower case.
// Servers compare hosts letter for letter and take none with other letters for the host of an id,
// so whatever somebody types is turned into this before it is stored or looked for.
func ASCIIHost(host string) string {
	name, port := strings.ToLower(host), ""
	if colon := strings.LastIndexByte(name, ':'); colon > strings.LastIndexByte(name, ']') {
		name, port = name[:colon], name[colon:]
	}
	if ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(name, ".")); err == nil && ascii != "" {
		name = ascii
	}
	return name + port
}
