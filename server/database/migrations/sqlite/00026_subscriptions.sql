-- Where hubs tell us of news (WebSub): one row for each hub and topic a blog's feed has named. name_hash is that of both, token_hash that of
-- the token in our callback's address; secret signs what the hub sends. next_at is when the hub is asked again, NULL when it is not;
-- lease_until keeps two processes from asking at once; expires_at is when the hub forgets us. polls: pushed_at is set while somebody says that
-- there is news and no poll has looked since, answered_at is when one last did, hub_changed_at is set until the subscriptions follow the feed's
-- hub; feed_format is for its owner. Known feeds are read once more, because nobody looked for their hubs. Written by package feeds.

-- +goose Up
CREATE TABLE subscriptions (
	id            INTEGER NOT NULL,
	blog_id       INTEGER NOT NULL,
	hub_url       TEXT NOT NULL,
	topic_url     TEXT NOT NULL,
	name_hash     BLOB NOT NULL,
	token         TEXT NOT NULL,
	token_hash    BLOB NOT NULL,
	secret        TEXT NOT NULL,
	state         TEXT NOT NULL,
	next_at       INTEGER NULL,
	lease_until   INTEGER NOT NULL,
	failures      INTEGER NOT NULL,
	failing_since INTEGER NOT NULL,
	last_error    TEXT NOT NULL,
	verified_at   INTEGER NOT NULL,
	expires_at    INTEGER NOT NULL,
	pushed_at     INTEGER NOT NULL,
	created_at    INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (blog_id, name_hash),
	UNIQUE (token_hash)
) STRICT;
CREATE INDEX subscriptions_due ON subscriptions (next_at);
ALTER TABLE polls ADD COLUMN pushed_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE polls ADD COLUMN answered_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE polls ADD COLUMN hub_changed_at INTEGER NULL;
ALTER TABLE polls ADD COLUMN feed_format TEXT NOT NULL DEFAULT '';
CREATE INDEX polls_hub ON polls (hub_changed_at);
UPDATE polls
SET etag = '', last_modified = '', body_hash = NULL;

-- +goose Down
DROP INDEX polls_hub;
ALTER TABLE polls DROP COLUMN pushed_at;
ALTER TABLE polls DROP COLUMN answered_at;
ALTER TABLE polls DROP COLUMN hub_changed_at;
ALTER TABLE polls DROP COLUMN feed_format;
DROP TABLE subscriptions;
