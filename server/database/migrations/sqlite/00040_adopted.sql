-- Adopted threads: accounts that an owner has elsewhere, and what she wrote there about her posts. Answers to that belong under the post.
-- Written by package replies.

-- +goose Up
CREATE TABLE adopted_accounts (
	blog_id    INTEGER NOT NULL,
	actor_hash BLOB NOT NULL,
	actor_uri  TEXT NOT NULL,
	handle     TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	PRIMARY KEY (blog_id, actor_hash)
) STRICT;
CREATE INDEX adopted_accounts_actor ON adopted_accounts (actor_hash);
CREATE TABLE adopted (
	uri_hash   BLOB NOT NULL,
	uri        TEXT NOT NULL,
	blog_id    INTEGER NOT NULL,
	post_id    TEXT NOT NULL,
	actor_hash BLOB NOT NULL,
	created_at INTEGER NOT NULL,
	PRIMARY KEY (uri_hash)
) STRICT;
CREATE INDEX adopted_account ON adopted (blog_id, actor_hash);

-- +goose Down
DROP TABLE adopted;
DROP TABLE adopted_accounts;
