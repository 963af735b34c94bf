-- What the poller remembers of a feed. body_hash is that of the last parsed answer: a known body is not parsed again.
-- moved_to is where the feed's address permanently redirects to. lease_until keeps two processes from polling one feed at once.
-- Written by package feeds.

-- +goose Up
CREATE TABLE polls (
	blog_id       BIGINT NOT NULL,
	etag          VARCHAR(500) NOT NULL,
	last_modified VARCHAR(100) NOT NULL,
	body_hash     BINARY(32) NULL,
	hash_version  INT NOT NULL,
	moved_to      VARCHAR(2048) NOT NULL,
	imported      BOOLEAN NOT NULL,
	next_at       BIGINT NOT NULL,
	lease_until   BIGINT NOT NULL,
	polled_at     BIGINT NOT NULL,
	succeeded_at  BIGINT NOT NULL,
	changed_at    BIGINT NOT NULL,
	failures      INT NOT NULL,
	last_error    TEXT NOT NULL,
	PRIMARY KEY (blog_id),
	KEY polls_due (next_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE polls;
