-- Browsers that are signed in to the admin pages; only the hash of the cookie is kept. Written by package admin.

-- +goose Up
CREATE TABLE sessions (
	token_hash BLOB NOT NULL,
	who        TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	seen_at    INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	PRIMARY KEY (token_hash)
) STRICT;
CREATE INDEX sessions_age ON sessions (expires_at);

-- +goose Down
DROP TABLE sessions;
