-- Who is kept out: an actor, a domain or a word; blog_id 0 means on every blog here. Written by package replies.

-- +goose Up
CREATE TABLE blocks (
	id         BIGINT NOT NULL,
	blog_id    BIGINT NOT NULL,
	kind       VARCHAR(12) NOT NULL,
	value      VARCHAR(2048) NOT NULL,
	value_hash BINARY(32) NOT NULL,
	reason     TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE KEY blocks_value (kind, value_hash, blog_id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE blocks;
