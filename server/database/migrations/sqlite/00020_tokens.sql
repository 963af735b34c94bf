-- Single-use links into the admin pages; only their hash is kept. Written by package admin.

-- +goose Up
CREATE TABLE tokens (
	token_hash BLOB NOT NULL,
	kind       TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	used_at    INTEGER NOT NULL,
	PRIMARY KEY (token_hash)
) STRICT;
CREATE INDEX tokens_age ON tokens (expires_at);

-- +goose Down
DROP TABLE tokens;
