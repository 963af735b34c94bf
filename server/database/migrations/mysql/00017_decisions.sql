-- The append-only log of moderation: who did what to what, when and why. Written by package replies.

-- +goose Up
CREATE TABLE decisions (
	id          BIGINT NOT NULL,
	blog_id     BIGINT NOT NULL,
	who         VARCHAR(255) NOT NULL,
	what        VARCHAR(30) NOT NULL,
	target      VARCHAR(2048) NOT NULL,
	target_hash BINARY(32) NOT NULL,
	why         TEXT NOT NULL,
	created_at  BIGINT NOT NULL,
	PRIMARY KEY (id),
	KEY decisions_target (target_hash),
	KEY decisions_blog (blog_id, id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE decisions;
