package main

import (
	"log/slog"

	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

// newRemotes is the way to other servers' documents, for the server and for commands.
func newRemotes(s settings, db *database.DB, keys *publisher.Keys, log *slog.Logger, world outside) *publisher.Remotes {
	return &publisher.Remotes{
		DB: db, Keys: keys, PublicURL: s.PublicURL, Log: log.With("component", "remotes"), Now: world.now,
		Client: safehttp.New(safehttp.Options{
			UserAgent: userAgent(s.PublicURL), Allow: s.Federation.AllowPrivate, OnlyHTTPS: true, Transport: world.transport,
		}),
		Schemes: &delivery.Schemes{DB: db, Log: log.With("component", "delivery"), Now: world.now},
	}
}

// withRemotes does something for which other servers have to be asked.
func (in *invocation) withRemotes(do func(*database.DB, *publisher.Remotes) error) error {
	return in.withDatabase(func(db *database.DB) error {
		world := outsideOf(in.ctx)
		keys, err := openKeys(in.ctx, in.settings, db, world.now)
		if err != nil {
			return err
		}
		return do(db, newRemotes(in.settings, db, keys, in.logger(), world))
	})
}
