package publisher

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	// basesTTL is how long the list of base URLs is believed. A host that is not in it is looked for anew at once.
	basesTTL = 5 * time.Second
	// warnEvery bounds the log: the Host header is anybody's to write.
	warnEvery = time.Minute
	wellKnown = "/.well-known/"
)

// Sites finds out which of our base URLs a request belongs to. Each blog may have its own, with or without a path.
//
// It is the one whose host a trusted proxy says was asked for, else the one whose host is the Host header as it came, and of several on
// that host the one whose path fits best. Where no base URL has that host, a proxy has changed the header: then the path decides, as far
// as only one row fits it, and public_url gets what belongs to no row.
type Sites struct {
	DB        *database.DB
	PublicURL string
	Log       *slog.Logger

	mu     sync.Mutex
	bases  []string
	readAt time.Time // on the machine's own clock: it bounds a cache, nothing else
	warned time.Time
}

type baseKey struct{}

// WithBase is ctx for work that belongs to a base URL: its instance actor signs what is fetched.
func WithBase(ctx context.Context, base string) context.Context {
	return context.WithValue(ctx, baseKey{}, base)
}

// BaseURL is the base URL that a request belongs to. It is "" outside Sites.Middleware, and for well-known addresses on a host that no
// base URL has.
func BaseURL(r *http.Request) string { return baseOf(r.Context()) }

func baseOf(ctx context.Context) string {
	base, _ := ctx.Value(baseKey{}).(string)
	return base
}

// Middleware puts the base URL into the request's context and takes its path off r.URL, so that next has routes without it. r.RequestURI
// stays: it is what a signature was made for. Well-known addresses are at a host's root and pass with any Host. What belongs to no
// base URL is 404.
func (s *Sites) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		base, err := s.find(r)
		if err != nil {
			web.Error(w, r, err)
			return
		}
		r = r.WithContext(WithBase(r.Context(), base))
		if prefix := pathOf(base); prefix != "" && !strings.HasPrefix(r.URL.Path, wellKnown) {
			r.URL = withoutPrefix(r.URL, prefix)
		}
		next.ServeHTTP(w, r)
	})
}

var errNoSite = fmt.Errorf("%w: nothing is served at this address", web.ErrNotFound)

func (s *Sites) find(r *http.Request) (string, error) {
	for _, again := range []bool{false, true} {
		bases, err := s.list(r.Context(), again)
		if err != nil {
			return "", fmt.Errorf("%w: list our base URLs: %w", web.ErrBusy, err)
		}
		for _, host := range append(web.ForwardedHosts(r), r.Host) {
			if base, ours := onHost(bases, host, r.URL.Path); base != "" {
				return base, nil
			} else if ours {
				return "", errNoSite
			}
		}
	}
	if strings.HasPrefix(r.URL.Path, wellKnown) {
		return "", nil
	}
	return s.byPath(r)
}

// list is every base URL, that of public_url first.
func (s *Sites) list(ctx context.Context, again bool) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !again && s.bases != nil && time.Since(s.readAt) < basesTTL {
		return s.bases, nil
	}
	bases, err := feeds.BaseURLs(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	s.bases, s.readAt = append([]string{s.PublicURL}, bases...), time.Now()
	return s.bases, nil
}

// onHost is the base URL on a host whose path fits best. ours says that one has that host at all.
func onHost(bases []string, host, path string) (best string, ours bool) {
	for _, base := range bases {
		if !hasHost(base, host) {
			continue
		}
		ours = true
		if (fits(base, path) || strings.HasPrefix(path, wellKnown)) && len(base) > len(best) {
			best = base
		}
	}
	return best, ours
}

// hasHost compares as URLs do: without case, and a default port is no port.
func hasHost(base, host string) bool {
	scheme, _, _ := strings.Cut(base, "://")
	return activitypub.SameOrigin(base, scheme+"://"+host)
}

// byPath finds the base URL of a request whose Host is none of ours.
func (s *Sites) byPath(r *http.Request) (string, error) {
	bases, err := s.list(r.Context(), false)
	if err != nil {
		return "", fmt.Errorf("%w: list our base URLs: %w", web.ErrBusy, err)
	}
	var rows []string
	for _, base := range bases {
		if !fits(base, r.URL.Path) || slices.Contains(rows, base) {
			continue
		}
		has, err := hasRow(r.Context(), s.DB, base, strings.TrimPrefix(r.URL.Path, pathOf(base)))
		if err != nil {
			return "", fmt.Errorf("%w: look for what %.100q belongs to: %w", web.ErrBusy, r.URL.Path, err)
		}
		if has {
			rows = append(rows, base)
		}
	}
	switch {
	case len(rows) == 1:
		return rows[0], nil
	case len(rows) > 1:
		s.warn(r)
		return "", errNoSite
	case fits(s.PublicURL, r.URL.Path):
		return s.PublicURL, nil
	}
	return "", errNoSite
}

func (s *Sites) warn(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.warned) >= warnEvery {
		s.warned = time.Now()
		s.Log.Warn("a request fits several blogs and its Host none: the proxy in front changes the Host header; let it pass on the original, or send X-Forwarded-Host and name it in trusted_proxies",
			"host", r.Host, "path", r.URL.Path)
	}
}

func pathOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return u.Path
}

// fits says whether a path lies below that of base.
func fits(base, path string) bool {
	prefix := pathOf(base)
	return prefix == "" || path == prefix || strings.HasPrefix(path, prefix+"/")
}

func withoutPrefix(u *url.URL, prefix string) *url.URL {
	cut := *u
	cut.Path = strings.TrimPrefix(u.Path, prefix)
	if cut.Path == "" {
		cut.Path = "/"
	}
	raw, ok := strings.CutPrefix(u.RawPath, prefix)
	if !ok {
		raw = "" // then Path alone counts
	}
	cut.RawPath = raw
	return &cut
}
