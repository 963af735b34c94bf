-- Tokens with which whatever publishes a blog may have its feed read at once. Only the hash of a token is kept. Written by package feeds.

-- +goose Up
CREATE TABLE hooks (
	id         BIGINT NOT NULL,
	blog_id    BIGINT NOT NULL,
	token_hash BINARY(32) NOT NULL,
	note       VARCHAR(200) NOT NULL,
	created_at BIGINT NOT NULL,
	used_at    BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE KEY hooks_token (token_hash),
	KEY hooks_blog (blog_id, id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE hooks;
