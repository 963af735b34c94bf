-- Public keys of remote actors, and the memory of keys that could not be had (failed_at), so that a
-- stranger cannot make us ask again and again. Written by package publisher.

-- +goose Up
CREATE TABLE remote_keys (
	key_hash   BLOB NOT NULL,
	key_uri    TEXT NOT NULL,
	owner_hash BLOB NULL,
	owner_uri  TEXT NOT NULL,
	pem        TEXT NOT NULL,
	fetched_at INTEGER NOT NULL,
	tried_at   INTEGER NOT NULL,
	failure    TEXT NOT NULL,
	PRIMARY KEY (key_hash)
) STRICT;
CREATE INDEX remote_keys_owner ON remote_keys (owner_hash);
CREATE INDEX remote_keys_tried ON remote_keys (tried_at);

-- +goose Down
DROP TABLE remote_keys;
