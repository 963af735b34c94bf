package delivery

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/database"
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

	mu     sync.Mutex
	until  map[string]time.Time // by host
	readAt time.Time
}

// first is the style of the first request to a host.
func (s *Schemes) first(ctx context.Context, host string) signature.Style {
	if s == nil {
		return signature.Style{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refresh(ctx)
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
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refresh(ctx)
	_, known := s.until[host]
	var err error
	switch {
	case scheme == signature.Cavage && known:
		delete(s.until, host)
		err = deleteScheme(ctx, s.DB, host)
	case scheme == signature.RFC9421 && (known || len(s.until) < maxSchemes):
		s.until[host] = s.Now().Add(keepScheme)
		err = saveScheme(ctx, s.DB, host, s.until[host])
	}
	s.trouble(ctx, err)
}

// refresh reads the table anew once our copy is old, and takes out of it what has run out. Where that fails the copy serves a while longer.
func (s *Schemes) refresh(ctx context.Context) {
	now := s.Now()
	if s.until != nil && now.Sub(s.readAt) < rereadSchemes {
		return
	}
	s.readAt = now
	err := deleteOldSchemes(ctx, s.DB, now)
	if err == nil {
		var until map[string]time.Time
		if until, err = allSchemes(ctx, s.DB); err == nil {
			s.until = until
		}
	}
	if s.until == nil {
		s.until = map[string]time.Time{}
	}
	s.trouble(ctx, err)
}

// trouble is not worth an error: it costs a second knock.
func (s *Schemes) trouble(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		s.Log.WarnContext(ctx, "signature schemes of hosts not read or written", "err", err)
	}
}
