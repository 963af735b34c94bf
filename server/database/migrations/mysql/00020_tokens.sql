-- Single-use links into the admin pages; only their hash is kept. Written by package admin.

-- +goose Up
CREATE TABLE tokens (
	token_hash BINARY(32) NOT NULL,
	kind       VARCHAR(12) NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	used_at    BIGINT NOT NULL,
	PRIMARY KEY (token_hash),
	KEY tokens_age (expires_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE tokens;
