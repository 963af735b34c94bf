-- What the guard knows the feed by (feed_host to feed_language, most_new: the most posts one poll brought), what the feed asks of its
-- readers (ttl in minutes, skip_hours and skip_days as bits, cache_until, the hub), and what the owner is told. missing counts the posts that
-- should be in the feed and are not; gone counts answers of 410; a feed with stopped_at is not asked. Written by package feeds.

-- +goose Up
ALTER TABLE polls
	ADD COLUMN feed_host     VARCHAR(255) NOT NULL DEFAULT '',
	ADD COLUMN link_host     VARCHAR(255) NOT NULL DEFAULT '',
	ADD COLUMN feed_title    VARCHAR(500) NOT NULL DEFAULT '',
	ADD COLUMN feed_language VARCHAR(35) NOT NULL DEFAULT '',
	ADD COLUMN most_new      INT NOT NULL DEFAULT 0,
	ADD COLUMN missing       INT NOT NULL DEFAULT 0,
	ADD COLUMN gone          INT NOT NULL DEFAULT 0,
	ADD COLUMN stopped_at    BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN ttl           INT NOT NULL DEFAULT 0,
	ADD COLUMN skip_hours    INT NOT NULL DEFAULT 0,
	ADD COLUMN skip_days     INT NOT NULL DEFAULT 0,
	ADD COLUMN cache_until   BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN hub_url       VARCHAR(2048) NOT NULL DEFAULT '',
	ADD COLUMN topic_url     VARCHAR(2048) NOT NULL DEFAULT '',
	ADD COLUMN notice        TEXT NULL;

-- +goose Down
ALTER TABLE polls
	DROP COLUMN feed_host,
	DROP COLUMN link_host,
	DROP COLUMN feed_title,
	DROP COLUMN feed_language,
	DROP COLUMN most_new,
	DROP COLUMN missing,
	DROP COLUMN gone,
	DROP COLUMN stopped_at,
	DROP COLUMN ttl,
	DROP COLUMN skip_hours,
	DROP COLUMN skip_days,
	DROP COLUMN cache_until,
	DROP COLUMN hub_url,
	DROP COLUMN topic_url,
	DROP COLUMN notice;
