-- Who is kept out: an actor, a domain or a word; blog_id 0 means on every blog here. Written by package replies.

-- +goose Up
CREATE TABLE blocks (
	id         INTEGER NOT NULL,
	blog_id    INTEGER NOT NULL,
	kind       TEXT NOT NULL,
	value      TEXT NOT NULL,
	value_hash BLOB NOT NULL,
	reason     TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (kind, value_hash, blog_id)
) STRICT;

-- +goose Down
DROP TABLE blocks;
