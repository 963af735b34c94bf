-- retry_at is until when a feed's server asked to be left alone (Retry-After); news that somebody tells of waits until then.
-- Written by package feeds.

-- +goose Up
ALTER TABLE polls ADD COLUMN retry_at INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE polls DROP COLUMN retry_at;
