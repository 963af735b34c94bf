-- One row per (activity, inbox): the queue while pending, the ledger afterwards.
-- A claim moves next_attempt_at, lease_until and lease_token; a settle with an old token changes nothing. Written by package delivery.

-- +goose Up
CREATE TABLE deliveries (
	activity_id     INTEGER NOT NULL,
	inbox_hash      BLOB NOT NULL,
	inbox           TEXT NOT NULL,
	host            TEXT NOT NULL,
	blog_id         INTEGER NOT NULL,
	object_hash     BLOB NOT NULL,
	state           TEXT NOT NULL,
	attempts        INTEGER NOT NULL,
	next_attempt_at INTEGER NOT NULL,
	expires_at      INTEGER NOT NULL,
	lease_until     INTEGER NOT NULL,
	lease_token     INTEGER NOT NULL,
	last_status     INTEGER NOT NULL,
	last_answer     TEXT NOT NULL,
	created_at      INTEGER NOT NULL,
	settled_at      INTEGER NOT NULL,
	PRIMARY KEY (activity_id, inbox_hash)
) STRICT;
CREATE INDEX deliveries_due ON deliveries (state, next_attempt_at);
CREATE INDEX deliveries_order ON deliveries (object_hash, host, state, activity_id);
CREATE INDEX deliveries_host ON deliveries (host, state);
CREATE INDEX deliveries_blog ON deliveries (blog_id);

-- +goose Down
DROP TABLE deliveries;
