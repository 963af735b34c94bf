package admin

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// Pages serves everything below /admin/.
type Pages struct {
	DB  *database.DB
	URL string // how the pages are reached where that is not loopback ("https://admin.example.com"); its host is accepted, and https makes the cookie Secure
	Log *slog.Logger
	Now func() time.Time
}

// Handler is the pages as they are mounted at the root of admin.listen.
func (p *Pages) Handler() http.Handler { return http.NotFoundHandler() }

// NewLink makes a token for one sign-in within 30 minutes: http://ADMIN/admin/?token=TOKEN.
func NewLink(ctx context.Context, db *database.DB, now time.Time) (token string, err error) {
	return "", errors.New("not built")
}
