-- Moving accounts. also_known_as are the ids of accounts elsewhere that may move their followers to the blog, one a line; moved_to is the
-- account that the blog has moved its own followers to, and when. Written by package feeds.

-- +goose Up
ALTER TABLE blogs ADD COLUMN also_known_as TEXT NULL;
ALTER TABLE blogs ADD COLUMN moved_to TEXT NOT NULL DEFAULT '';
ALTER TABLE blogs ADD COLUMN moved_at INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE blogs DROP COLUMN moved_at;
ALTER TABLE blogs DROP COLUMN moved_to;
ALTER TABLE blogs DROP COLUMN also_known_as;
