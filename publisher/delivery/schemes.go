package delivery

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/flight"
)

const (
	keepScheme    = 7 * 24 * time.Hour // how long a host is believed to want RFC 9421 first
	maxSchemes    = 10_000             // hosts remembered; who is not costs a second knock each time
	rereadSchemes = time.Minute        // how old our copy of the table gets: other processes write it too
)

// Schemes remembers which hosts want their requests signed by RFC 9421. All others are sent draft-cavage first, which nearly every server
// reads, and which some read alone. It is safe for concurrent use. A nil *Schemes remembers nothing.
//
// Strangers can make us ask their hosts, so the table has an end: it is small enough to be kept in memory whole.
type Schemes struct {
	DB  *database.DB
	Log *slog.Logger
	Now func() time.Time

	reads flight.Group

	mu     sync.Mutex           // for the fields below; never held over a question
	until  map[string]time.Time // by host
	readAt time.Time
}

// first is the style of the first request to a host.
func (s *Schemes) first(ctx context.Context, host string) signature.Style {
	if s == nil {
		return signature.Style{}
	}
	s.refresh(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Now().Before(s.until[host]) {
		return signature.Style{Scheme: signature.RFC9421}
	}
	return signature.Style{}
}

// won remembers the scheme that a host took after it had refused the other.
func (s *Schemes) won(ctx context.Context, host string, scheme signature.Scheme) {
	if s == nil || host == "" || len(host) > maxHost {
		return
	}
	s.refresh(ctx)
	switch until, changed := s.note(host, scheme); {
	case !changed:
	case until.IsZero():
		s.trouble(ctx, deleteScheme(ctx, s.DB, host))
	default:
		s.trouble(ctx, saveScheme(ctx, s.DB, host, until))
	}
}

// note changes our copy, and says what the table has to be told: until when the host wants RFC 9421, zero for no more.
func (s *Schemes) note(host string, scheme signature.Scheme) (until time.Time, changed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, known := s.until[host]
	switch {
	case scheme == signature.Cavage && known:
		delete(s.until, host)
		return time.Time{}, true
	case scheme == signature.RFC9421 && (known || len(s.until) < maxSchemes):
		if s.until == nil {
			s.until = map[string]time.Time{}
		}
		s.until[host] = s.Now().Add(keepScheme)
		return s.until[host], true
	}
	return time.Time{}, false
}

// refresh reads the table anew once our copy is old, and takes out of it what has run out. One reads for all who want it. Where that fails
// the copy serves a while longer.
func (s *Schemes) refresh(ctx context.Context) {
	if !s.old() {
		return
	}
	_, err := flight.Do(ctx, &s.reads, "", func(ctx context.Context) (none struct{}, _ error) {
		ctx, cancel := context.WithTimeout(ctx, knockTimeout)
		defer cancel()
		if s.old() {
			s.trouble(ctx, s.read(ctx))
		}
		return none, nil
	})
	s.trouble(ctx, err)
}

func (s *Schemes) old() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Now().Sub(s.readAt) >= rereadSchemes
}

func (s *Schemes) read(ctx context.Context) error {
	now := s.Now()
	var until map[string]time.Time
	err := deleteOldSchemes(ctx, s.DB, now)
	if err == nil {
		until, err = allSchemes(ctx, s.DB)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.readAt = now; err == nil {
		s.until = until
	}
	return err
}

// trouble is not worth an error: it costs a second knock.
func (s *Schemes) trouble(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		s.Log.WarnContext(ctx, "signature schemes of hosts not read or written", "err", err)
	}
}
