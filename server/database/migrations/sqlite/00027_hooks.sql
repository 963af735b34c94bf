-- Tokens with which whatever publishes a blog may have its feed read at once. Only the hash of a token is kept. Written by package feeds.

-- +goose Up
CREATE TABLE hooks (
	id         INTEGER NOT NULL,
	blog_id    INTEGER NOT NULL,
	token_hash BLOB NOT NULL,
	note       TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	used_at    INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (token_hash)
) STRICT;
CREATE INDEX hooks_blog ON hooks (blog_id, id);

-- +goose Down
DROP TABLE hooks;
