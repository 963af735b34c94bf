-- What the poller remembers of a feed. body_hash is that of the last parsed answer: a known body is not parsed again.
-- moved_to is where the feed's address permanently redirects to. lease_until keeps two processes from polling one feed at once.
-- Written by package feeds.

-- +goose Up
CREATE TABLE polls (
	blog_id       INTEGER NOT NULL,
	etag          TEXT NOT NULL,
	last_modified TEXT NOT NULL,
	body_hash     BLOB NULL,
	hash_version  INTEGER NOT NULL,
	moved_to      TEXT NOT NULL,
	imported      INTEGER NOT NULL,
	next_at       INTEGER NOT NULL,
	lease_until   INTEGER NOT NULL,
	polled_at     INTEGER NOT NULL,
	succeeded_at  INTEGER NOT NULL,
	changed_at    INTEGER NOT NULL,
	failures      INTEGER NOT NULL,
	last_error    TEXT NOT NULL,
	PRIMARY KEY (blog_id)
) STRICT;
CREATE INDEX polls_due ON polls (next_at);

-- +goose Down
DROP TABLE polls;
