-- What the guard knows the feed by (feed_host to feed_language, most_new: the most posts one poll brought), what the feed asks of its
-- readers (ttl in minutes, skip_hours and skip_days as bits, cache_until, the hub), and what the owner is told. missing counts the posts that
-- should be in the feed and are not; gone counts answers of 410; a feed with stopped_at is not asked. Written by package feeds.

-- +goose Up
ALTER TABLE polls ADD COLUMN feed_host TEXT NOT NULL DEFAULT '';
ALTER TABLE polls ADD COLUMN link_host TEXT NOT NULL DEFAULT '';
ALTER TABLE polls ADD COLUMN feed_title TEXT NOT NULL DEFAULT '';
ALTER TABLE polls ADD COLUMN feed_language TEXT NOT NULL DEFAULT '';
ALTER TABLE polls ADD COLUMN most_new INTEGER NOT NULL DEFAULT 0;
ALTER TABLE polls ADD COLUMN missing INTEGER NOT NULL DEFAULT 0;
ALTER TABLE polls ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
ALTER TABLE polls ADD COLUMN stopped_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE polls ADD COLUMN ttl INTEGER NOT NULL DEFAULT 0;
ALTER TABLE polls ADD COLUMN skip_hours INTEGER NOT NULL DEFAULT 0;
ALTER TABLE polls ADD COLUMN skip_days INTEGER NOT NULL DEFAULT 0;
ALTER TABLE polls ADD COLUMN cache_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE polls ADD COLUMN hub_url TEXT NOT NULL DEFAULT '';
ALTER TABLE polls ADD COLUMN topic_url TEXT NOT NULL DEFAULT '';
ALTER TABLE polls ADD COLUMN notice TEXT NULL;

-- +goose Down
ALTER TABLE polls DROP COLUMN feed_host;
ALTER TABLE polls DROP COLUMN link_host;
ALTER TABLE polls DROP COLUMN feed_title;
ALTER TABLE polls DROP COLUMN feed_language;
ALTER TABLE polls DROP COLUMN most_new;
ALTER TABLE polls DROP COLUMN missing;
ALTER TABLE polls DROP COLUMN gone;
ALTER TABLE polls DROP COLUMN stopped_at;
ALTER TABLE polls DROP COLUMN ttl;
ALTER TABLE polls DROP COLUMN skip_hours;
ALTER TABLE polls DROP COLUMN skip_days;
ALTER TABLE polls DROP COLUMN cache_until;
ALTER TABLE polls DROP COLUMN hub_url;
ALTER TABLE polls DROP COLUMN topic_url;
ALTER TABLE polls DROP COLUMN notice;
