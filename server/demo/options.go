package demo

import (
	"context"
	"log/slog"
	"net/url"
	"time"

	"github.com/bloghorn/bloghorn/server/safehttp"
)

// Options are above all the addresses of a demo. None of them ends in a slash, and all of them are
// on this computer.
type Options struct {
	Bloghorn  string // base URL of Bloghorn
	Actor     string // id of the sample blog's actor there
	BlogURL   string // where the roof serves the Blog
	ReaderURL string // where the roof serves the Reader

	// AdminLink makes a link that signs in to Bloghorn's admin pages once; nil is for a blog that
	// leads to none.
	AdminLink func(context.Context) (string, error)

	Log *slog.Logger     // nil means slog.Default()
	Now func() time.Time // nil means time.Now
}

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// client makes the only kind of client there is here: it reaches the demo's own addresses and the
// public internet, nothing else on this computer. Like every fediverse server it insists on https,
// except for the addresses of the demo.
func (o Options) client(name string) *safehttp.Client {
	return safehttp.New(safehttp.Options{
		UserAgent: name + " (Bloghorn demo)",
		Allow:     []string{authority(o.Bloghorn), authority(o.Actor), authority(o.BlogURL), authority(o.ReaderURL)},
		OnlyHTTPS: true,
	})
}

// authority is the host:port of a URL, as it stands in handles and signatures.
func authority(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return u.Host
}
