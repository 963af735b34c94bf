package config

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/web"
)

// Settings is every setting there is. Each can be a flag (--feed-poll-interval), an environment
// variable (BLOGHORN_FEED_POLL_INTERVAL) and a line of bloghorn.toml (poll_interval in [feed]), in
// this order of precedence. It is parsed once; each part of the program is given the few values it
// uses.
type Settings struct {
	Config         string   `help:"Configuration file (default: ./bloghorn.toml if it is there)." env:"BLOGHORN_CONFIG" placeholder:"FILE"`
	PublicURL      string   `help:"Where the world reaches this server, as https://blog.example/fedi (default: http://127.0.0.1 and the port of --listen). Fixed once someone follows." env:"BLOGHORN_PUBLIC_URL" placeholder:"URL"`
	Listen         string   `help:"Address to serve the public pages on." default:"127.0.0.1:8484" env:"BLOGHORN_LISTEN"`
	DataDir        string   `help:"Folder for the database and the secret key (default: ./data)." default:"./data" env:"BLOGHORN_DATA_DIR" placeholder:"DIR"`
	TrustedProxies []string `help:"Addresses or ranges of web servers in front of this one whose X-Forwarded-For and X-Forwarded-Host are believed: 10.0.0.7, 172.16.0.0/12. X-Forwarded-For is believed of this computer in any case." env:"BLOGHORN_TRUSTED_PROXIES" placeholder:"ADDRESS"`
	SecretKeyFile  string   `help:"File with the key that seals the blogs' private keys (default: secret.key in the data folder). BLOGHORN_SECRET_KEY may hold the key itself." env:"BLOGHORN_SECRET_KEY_FILE" placeholder:"FILE"`

	Database   Database   `embed:"" prefix:"database-" envprefix:"BLOGHORN_DATABASE_"`
	Feed       Feed       `embed:"" prefix:"feed-" envprefix:"BLOGHORN_FEED_"`
	Federation Federation `embed:"" prefix:"federation-" envprefix:"BLOGHORN_FEDERATION_"`
	Moderation Moderation `embed:"" prefix:"moderation-" envprefix:"BLOGHORN_MODERATION_"`
	Admin      Admin      `embed:"" prefix:"admin-" envprefix:"BLOGHORN_ADMIN_"`
	Ops        Ops        `embed:"" prefix:"ops-" envprefix:"BLOGHORN_OPS_"`

	Blogs []Blog `kong:"-"` // the file alone has them

	PublicGuessed bool   `kong:"-"` // nobody has set public_url
	ServesGuess   bool   `kong:"-"` // serve goes by that guess
	NewDatabase   bool   `kong:"-"` // an empty database is meant, although there is a secret key
	MustExist     bool   `kong:"-"` // nothing is made: no folder, no database and no secret key
	ConfigFile    string `kong:"-"` // that was read; "" for none
}

// Database says where what is received and sent is kept.
type Database struct {
	URL string `help:"sqlite:PATH or mysql://user:pass@host:3306/name, with ?ssl-mode=VERIFY_IDENTITY for TLS (default: SQLite in the data folder)." env:"URL" placeholder:"URL"`
}

// Feed is how feeds are read, and when their posts go out.
type Feed struct {
	PollInterval   Duration `help:"How often a feed is asked for news at most; one that rarely has any is asked less often." default:"10m" env:"POLL_INTERVAL"`
	PublishDelay   Duration `help:"How long a new post waits, so that early edits join it." default:"2m" env:"PUBLISH_DELAY"`
	UpdateInterval Duration `help:"At most one update of a post in this time." default:"1h" env:"UPDATE_INTERVAL"`
	MaxAge         Duration `help:"Posts older than this when first seen are kept but not announced." default:"7d" env:"MAX_AGE"`
	ReleaseHeld    Duration `help:"Announce posts that were held because too many came at once, one in ten minutes, if nobody has decided about them for so long; 0 waits for you." default:"0s" env:"RELEASE_HELD"`
	AllowPrivate   []string `help:"host:port of your own feeds that may have private addresses." env:"ALLOW_PRIVATE" placeholder:"HOST:PORT"`
}

// Federation is how posts reach other servers, and who may read them.
type Federation struct {
	Spread          Duration `help:"A post goes out to a thousand servers over this time, because each of them then asks for the blog's page; a few get it at once. 0 sends to all at once." default:"60s" env:"SPREAD"`
	AuthorizedFetch bool     `help:"Show posts and collections only to servers that sign their requests, so that blocked ones cannot read them. The pages for people stay open." env:"AUTHORIZED_FETCH"`
	AllowPrivate    []string `help:"host:port of test servers that may have private addresses; only where public_url is this computer." env:"ALLOW_PRIVATE" placeholder:"HOST:PORT"`
}

// Moderation is who may speak under a post without being asked.
type Moderation struct {
	Unknown string `help:"Replies of people with no approved reply: hold them or show them." enum:"hold,show" default:"hold" env:"UNKNOWN"`
}

// Admin says where the admin pages are.
type Admin struct {
	Listen string `help:"Address of the admin pages; keep it on this computer." default:"127.0.0.1:8485" env:"LISTEN"`
}

// Ops is how the program runs: its log and its end.
type Ops struct {
	LogLevel        string   `help:"debug, info, warn or error." enum:"debug,info,warn,error" default:"info" env:"LOG_LEVEL"`
	LogFormat       string   `help:"auto (text on a terminal, else json), text or json." enum:"auto,text,json" default:"auto" env:"LOG_FORMAT"`
	ShutdownTimeout Duration `help:"How long a stop waits for what is under way." default:"30s" env:"SHUTDOWN_TIMEOUT"`
}

const maxDays = 36500 // a time.Duration has room for it

// Duration is a time.Duration that also understands days: 7d.
type Duration time.Duration

// UnmarshalText reads 90s, 2m, 1h30m or 7d.
func (d *Duration) UnmarshalText(text []byte) error {
	s := string(text)
	if days, ok := strings.CutSuffix(s, "d"); ok {
		var n int
		if _, err := fmt.Sscanf(days+" ", "%d ", &n); err != nil || n < 0 || fmt.Sprint(n) != days {
			return fmt.Errorf("%q is not a number of days", s)
		}
		if n > maxDays {
			return fmt.Errorf("%q is too long; write at most %dd", s, maxDays)
		}
		*d = Duration(time.Duration(n) * 24 * time.Hour)
		return nil
	}
	v, err := time.ParseDuration(s)
	if err != nil || v < 0 {
		return fmt.Errorf("%q is not a duration; write 90s, 2m, 1h30m or 7d", s)
	}
	*d = Duration(v)
	return nil
}

// minPollInterval keeps a mistyped configuration from hammering somebody's blog; on this computer
// it does not apply.
const minPollInterval = Duration(time.Minute)

// Check fills in what depends on other settings and refuses what cannot work.
func (s *Settings) Check() error {
	if _, port, err := net.SplitHostPort(s.Listen); err != nil || port == "" {
		return exit.With(exit.Config, "listen %q is not an address. Write host:port, as 127.0.0.1:8484.", s.Listen)
	}
	if s.PublicGuessed = s.PublicURL == ""; s.PublicGuessed {
		s.PublicURL = "http://" + Dialable(s.Listen)
	}
	public, err := ParsePublicURL("public_url", s.PublicURL)
	if err != nil {
		return err
	}
	s.PublicURL = public.String()
	if s.SecretKeyFile == "" {
		s.SecretKeyFile = filepath.Join(s.DataDir, "secret.key")
	}
	if s.Database.URL == "" {
		s.Database.URL = "sqlite:" + filepath.Join(s.DataDir, "bloghorn.db")
	}
	local := ThisComputer(public.Hostname())
	if s.Feed.PollInterval < minPollInterval && !local {
		return exit.With(exit.Config, "feed.poll_interval is %v, which would burden the blog's server. Set it to 1m or more.", time.Duration(s.Feed.PollInterval))
	}
	for _, most := range []struct {
		name       string
		value, max time.Duration
	}{
		{"poll_interval", time.Duration(s.Feed.PollInterval), feeds.MostInterval},
		{"publish_delay", time.Duration(s.Feed.PublishDelay), settings.MostDelay},
		{"update_interval", time.Duration(s.Feed.UpdateInterval), settings.MostDelay},
	} {
		if most.value > most.max {
			return exit.With(exit.Config, "feed.%s is %v, which is too long to be told from a wrong clock. Set it to %dd or less.",
				most.name, most.value, most.max/(24*time.Hour))
		}
	}
	if len(s.Federation.AllowPrivate) > 0 && !local {
		return exit.With(exit.Refused, "federation.allow_private is for tests on one computer, but public_url is %s. With it strangers could make this server "+
			"ask your private network. Remove the setting, or use a public_url on localhost or *.test.", s.PublicURL)
	}
	if _, err := web.ParseProxies(s.TrustedProxies); err != nil {
		return exit.With(exit.Config, "trusted_proxies: %v. Write the addresses that requests come from when your web server passes them on.", err)
	}
	return checkAllowed(s.Feed.AllowPrivate, s.Federation.AllowPrivate)
}

// ParsePublicURL reads and normalises public_url: its host as ids have it, no default port, no
// trailing slash.
func ParsePublicURL(name, raw string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(raw, "/"))
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return nil, exit.With(exit.Config, "%s %q is not an address. Write it as https://blog.example or https://blog.example/fedi.", name, raw)
	case u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return nil, exit.With(exit.Config, "%s %q has more than a host and a path. Every id is made from it, so keep it plain: https://blog.example/fedi.", name, raw)
	case u.Scheme == "http" && !ThisComputer(u.Hostname()):
		return nil, exit.With(exit.Config, "%s %q is not https, and other servers follow only https. Put a proxy with a certificate in front and write https://.", name, raw)
	}
	u.Host = feeds.ASCIIHost(u.Host)
	if u.Scheme == "http" {
		u.Host = strings.TrimSuffix(u.Host, ":80")
	} else {
		u.Host = strings.TrimSuffix(u.Host, ":443")
	}
	return u, nil
}

// checkAllowed refuses entries that would allow nothing because they lack the port.
func checkAllowed(lists ...[]string) error {
	for _, list := range lists {
		for _, entry := range list {
			if host, port, err := net.SplitHostPort(entry); err != nil || host == "" || port == "" {
				return exit.With(exit.Config, "allow_private has %q. An entry is host:port as the URL has them, with the port written out: 127.0.0.1:8080, blog.localhost:80.", entry)
			}
		}
	}
	return nil
}

// ThisComputer is true for names that never leave the machine or the test bench (RFC 6761 §6).
func ThisComputer(host string) bool {
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasSuffix(host, ".test")
}

// AsServed is what commands go by where nobody told them public_url: the address that the blogs
// here have already. A second blog would else get one that nobody can reach.
func (s Settings) AsServed(ctx context.Context, db *database.DB) (Settings, error) {
	if !s.PublicGuessed {
		return s, nil
	}
	base, err := feeds.PublicBase(ctx, db)
	if base == "" || err != nil {
		return s, err
	}
	s.PublicURL = base
	return s, s.Check()
}

// HostOf is the authority of one of our own base URLs: name and, where it is not the default, port.
func HostOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return u.Host
}

// Dialable turns a listen address into one that can be asked: a server on all addresses is also on
// the loopback one.
func Dialable(listen string) string {
	host, port, _ := net.SplitHostPort(listen)
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
