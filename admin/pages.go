package admin

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// Pages serves everything below /admin/.
type Pages struct {
	DB *database.DB
	// URL is how the pages are reached where that is neither an address nor localhost
	// ("https://admin.example.com"); https makes the cookie Secure.
	URL string
	// LinksFrom is the address that signs in whoever opens it, as the demo has one; "" where links
	// come from the command.
	LinksFrom string
	// Interval is feed.poll_interval, of which the page says why a feed is read when it is.
	Interval time.Duration
	// ReleaseHeld is feed.release_held: after so long what a flood has held is announced though
	// nobody has decided; 0 is never.
	ReleaseHeld time.Duration

	// AnswerIn is how long a request may take; 0 is bounds.AnswerIn.
	AnswerIn time.Duration
	// Ready is what /readyz says, in words for the operator; nil for no such address.
	Ready func(ctx context.Context) error

	WakeNext func() // called after a decision was committed that a loop carries out; may be nil

	Log *slog.Logger     // nil means slog.Default()
	Now func() time.Time // nil means time.Now

	signIns *web.Limiter // with links that are not good, by network
}

const contentPolicy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Handler is the pages as they are mounted at the root of their listener, to be called once. Whose
// sign-ins are counted together is what web.Proxies says around it.
func (p *Pages) Handler() http.Handler {
	p.signIns = &web.Limiter{Rate: bounds.SignIns, Now: p.now}
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", http.RedirectHandler("/admin/", http.StatusSeeOther))
	mux.Handle("GET /admin/{$}", web.HandlerFunc(p.home))
	mux.Handle("GET /admin/static/{name}", web.Files(staticFiles, "static"))
	if p.Ready != nil {
		mux.Handle("GET /readyz", web.HandlerFunc(p.ready))
	}
	mux.Handle("POST /admin/sign-out", web.HandlerFunc(p.signOut))
	mux.Handle("GET /admin/hidden", p.signedIn("", p.hidden))
	mux.Handle("GET /admin/held/{blog}/{rule}/announce", p.signedIn("", p.confirm))
	for pattern, decide := range map[string]func(http.ResponseWriter, *http.Request, session) error{
		"/admin/replies/{id}/{verdict}":       p.decide,
		"/admin/reports/{id}/close":           p.closeReport,
		"/admin/held/{id}/{verdict}":          p.decidePost,
		"/admin/held/{blog}/{rule}/{verdict}": p.decideGroup,
		"/admin/blogs/{id}/read":              p.readNow,
	} {
		mux.Handle("POST "+pattern, p.signedIn("Nothing was changed: your session has ended.", decide))
	}
	guarded := p.onlyOurNames(http.NewCrossOriginProtection().Handler(withHeaders(mux)))
	return web.Middleware(p.log())(web.Deadline(cmp.Or(p.AnswerIn, bounds.AnswerIn))(guarded))
}

// ready says what is wrong, to whoever can reach the listener. The same address of the public one
// only says whether something is.
func (p *Pages) ready(w http.ResponseWriter, r *http.Request) error {
	page := web.Page{Type: "text/plain; charset=utf-8", Body: []byte("ok\n")}
	if err := p.Ready(r.Context()); err != nil {
		page.Status, page.Body = web.Status(err), []byte(err.Error()+"\n")
	}
	web.Write(w, r, page)
	return nil
}

// withHeaders sets what every answer has. A handler may set another Cache-Control.
func withHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("Cache-Control", "no-store")
		h.Set("X-Robots-Tag", "noindex")
		next.ServeHTTP(w, r)
	})
}

// onlyOurNames refuses requests under a name that somebody may have pointed to this computer.
func (p *Pages) onlyOurNames(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != p.url().Host && !isAddress(r.Host) {
			const words = "%w: the admin pages are not reached as %q; open them by their address, or at localhost"
			web.Error(w, r, fmt.Errorf(words, web.ErrRefused, r.Host))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isAddress is true for what no DNS server can answer for: IP addresses, and localhost (RFC 6761
// §6.3).
func isAddress(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(strings.Trim(name, "[]"))
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || net.ParseIP(name) != nil
}

func (p *Pages) url() *url.URL {
	u, err := url.Parse(p.URL)
	if err != nil {
		return &url.URL{}
	}
	return u
}

func (p *Pages) log() *slog.Logger {
	if p.Log == nil {
		return slog.Default()
	}
	return p.Log
}

func (p *Pages) now() time.Time {
	if p.Now == nil {
		return time.Now()
	}
	return p.Now()
}
