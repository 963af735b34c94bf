-- Where hubs tell us of news (WebSub): one row for each hub and topic a blog's feed has named. name_hash is that of both, token_hash that of
-- the token in our callback's address; secret signs what the hub sends. next_at is when the hub is asked again, NULL when it is not;
-- lease_until keeps two processes from asking at once; expires_at is when the hub forgets us. polls: pushed_at is set while somebody says that
-- there is news and no poll has looked since, answered_at is when one last did, hub_changed_at is set until the subscriptions follow the feed's
-- hub; feed_format is for its owner. Known feeds are read once more, because nobody looked for their hubs. Written by package feeds.

-- +goose Up
CREATE TABLE subscriptions (
	id            BIGINT NOT NULL,
	blog_id       BIGINT NOT NULL,
	hub_url       VARCHAR(2048) NOT NULL,
	topic_url     VARCHAR(2048) NOT NULL,
	name_hash     BINARY(32) NOT NULL,
	token         VARCHAR(64) NOT NULL,
	token_hash    BINARY(32) NOT NULL,
	secret        VARCHAR(64) NOT NULL,
	state         VARCHAR(12) NOT NULL,
	next_at       BIGINT NULL,
	lease_until   BIGINT NOT NULL,
	failures      INT NOT NULL,
	failing_since BIGINT NOT NULL,
	last_error    VARCHAR(500) NOT NULL,
	verified_at   BIGINT NOT NULL,
	expires_at    BIGINT NOT NULL,
	pushed_at     BIGINT NOT NULL,
	created_at    BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE KEY subscriptions_name (blog_id, name_hash),
	UNIQUE KEY subscriptions_token (token_hash),
	KEY subscriptions_due (next_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
ALTER TABLE polls
	ADD COLUMN pushed_at      BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN answered_at    BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN hub_changed_at BIGINT NULL,
	ADD COLUMN feed_format    VARCHAR(30) NOT NULL DEFAULT '',
	ADD KEY polls_hub (hub_changed_at);
UPDATE polls
SET etag = '', last_modified = '', body_hash = NULL;

-- +goose Down
ALTER TABLE polls
	DROP KEY polls_hub,
	DROP COLUMN pushed_at,
	DROP COLUMN answered_at,
	DROP COLUMN hub_changed_at,
	DROP COLUMN feed_format;
DROP TABLE subscriptions;
