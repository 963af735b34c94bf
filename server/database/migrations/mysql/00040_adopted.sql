-- Adopted threads: accounts that an owner has elsewhere, and what she wrote there about her posts. Answers to that belong under the post.
-- Written by package replies.

-- +goose Up
CREATE TABLE adopted_accounts (
	blog_id    BIGINT NOT NULL,
	actor_hash BINARY(32) NOT NULL,
	actor_uri  VARCHAR(2048) NOT NULL,
	handle     VARCHAR(600) NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (blog_id, actor_hash)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE INDEX adopted_accounts_actor ON adopted_accounts (actor_hash);
CREATE TABLE adopted (
	uri_hash   BINARY(32) NOT NULL,
	uri        VARCHAR(2048) NOT NULL,
	blog_id    BIGINT NOT NULL,
	post_id    CHAR(26) NOT NULL,
	actor_hash BINARY(32) NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (uri_hash)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE INDEX adopted_account ON adopted (blog_id, actor_hash);

-- +goose Down
DROP TABLE adopted;
DROP TABLE adopted_accounts;
