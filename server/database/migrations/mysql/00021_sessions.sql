-- Browsers that are signed in to the admin pages; only the hash of the cookie is kept. Written by package admin.

-- +goose Up
CREATE TABLE sessions (
	token_hash BINARY(32) NOT NULL,
	who        VARCHAR(255) NOT NULL,
	created_at BIGINT NOT NULL,
	seen_at    BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	PRIMARY KEY (token_hash),
	KEY sessions_age (expires_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE sessions;
