package publisher

import (
	"cmp"
	"context"
	"errors"
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
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	// basesTTL is how long the list of base URLs is believed. A host that is not in it is looked
	// for anew at once.
	basesTTL = 5 * time.Second
	// basesPatience is how long a request waits for a newer list where there is an old one, which
	// is right nearly always.
	basesPatience = time.Second
	// warnEvery bounds the log: the Host header is anybody's to write.
	warnEvery = time.Minute
	wellKnown = "/.well-known/"
)

// Sites finds out which of our base URLs a request belongs to. Each blog may have its own, with or
// without a path.
//
// It is the one whose host a trusted proxy says was asked for, else the one whose host is the Host
// header as it came, and of several on that host the one whose path fits best. Where no base URL
// has that host, a proxy has changed the header: then the path decides, as far as only one row fits
// it, and public_url gets what belongs to no row.
type Sites struct {
	DB        *database.DB
	PublicURL string
	Log       *slog.Logger

	mu      sync.Mutex // for the fields below; never held over a question
	bases   []string
	readAt  time.Time // when the question was asked, on the machine's own clock: it bounds a cache, nothing else
	reading *basesRead
	warned  time.Time
}

// basesRead is a question for the list that is under way.
type basesRead struct {
	began time.Time
	done  chan struct{}
	err   error // once done
}

// BaseURL is the base URL that a request belongs to. It is "" outside Sites.Middleware, and for
// well-known addresses on a host that no base URL has.
func BaseURL(r *http.Request) string { return remote.BaseOf(r.Context()) }

// Middleware puts the base URL into the request's context and takes its path off r.URL, so that
// next has routes without it. r.RequestURI stays: it is what a signature was made for. Well-known
// addresses are at a host's root and pass with any Host. What belongs to no base URL is 404.
func (s *Sites) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		base, err := s.find(r)
		if err != nil {
			web.Error(w, r, err)
			return
		}
		r = r.WithContext(remote.WithBase(r.Context(), base))
		if prefix := pathOf(base); prefix != "" && !strings.HasPrefix(r.URL.Path, wellKnown) {
			r.URL = withoutPrefix(r.URL, prefix)
		}
		next.ServeHTTP(w, r)
	})
}

var errNoSite = fmt.Errorf("%w: nothing is served at this address", web.ErrNotFound)

func (s *Sites) find(r *http.Request) (string, error) {
	for _, age := range []time.Duration{basesTTL, 0} {
		bases, err := s.list(r.Context(), age)
		if bases == nil {
			return "", err
		}
		for _, host := range append(web.ForwardedHosts(r), r.Host) {
			if base, ours := onHost(bases, host, r.URL.Path); base != "" {
				return base, nil
			} else if ours {
				return "", cmp.Or(err, errNoSite)
			}
		}
	}
	if strings.HasPrefix(r.URL.Path, wellKnown) {
		return "", nil
	}
	return s.byPath(r)
}

// list is every base URL, that of public_url first, as of so long ago at most. Where the database
// does not answer it is an older list, if there is one, and the error with it: what is in the list
// is ours still, and what is not may be.
func (s *Sites) list(ctx context.Context, age time.Duration) ([]string, error) {
	for since := time.Now().Add(-age); ; {
		bases, readAt, reading := s.known(since)
		if reading == nil {
			return bases, nil
		}
		patience := bounds.AnswerIn
		if bases != nil {
			patience = basesPatience
		}
		if err := reading.wait(ctx, patience); err != nil {
			if bases == nil {
				return nil, fmt.Errorf("%w: list our base URLs: %w", web.ErrBusy, err)
			}
			return bases, fmt.Errorf("%w: list our base URLs, known of %v: %w", web.ErrBusy, readAt, err)
		}
	}
}

// known is the list of then, and the question for a newer one where it is older than wanted.
func (s *Sites) known(since time.Time) (bases []string, readAt time.Time, reading *basesRead) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bases != nil && !s.readAt.Before(since) {
		return s.bases, s.readAt, nil
	}
	if s.reading == nil {
		s.reading = &basesRead{began: time.Now(), done: make(chan struct{})}
		go s.read(s.reading)
	}
	return s.bases, s.readAt, s.reading
}

// read asks for the list, for all who want it.
func (s *Sites) read(r *basesRead) {
	ctx, cancel := context.WithTimeout(context.Background(), bounds.AnswerIn)
	defer cancel()
	bases, err := feeds.BaseURLs(ctx, s.DB)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.bases, s.readAt = append([]string{s.PublicURL}, bases...), r.began
	}
	r.err, s.reading = err, nil
	close(r.done)
}

// wait is nil when the question is answered. Its time counts from when it was asked: of a hundred
// requests that stand behind a database that hangs, only those of the first moment wait.
func (r *basesRead) wait(ctx context.Context, patience time.Duration) error {
	late := time.NewTimer(time.Until(r.began.Add(patience)))
	defer late.Stop()
	select {
	case <-r.done:
		return r.err
	case <-ctx.Done():
		return ctx.Err()
	case <-late.C:
		return errors.New("no answer yet")
	}
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
	bases, err := s.list(r.Context(), basesTTL)
	if err != nil {
		return "", err
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
	if s.timeToWarn() {
		s.Log.Warn("a request fits several blogs and its Host none: the proxy in front changes the Host header; let it pass on the original, or send X-Forwarded-Host and name it in trusted_proxies",
			"host", r.Host, "path", r.URL.Path)
	}
}

func (s *Sites) timeToWarn() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.warned) < warnEvery {
		return false
	}
	s.warned = time.Now()
	return true
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
