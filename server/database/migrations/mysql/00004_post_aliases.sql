-- Every address a post has had, as feeds.PageKey: how a page finds its thread. Written by package feeds.

-- +goose Up
CREATE TABLE post_aliases (
	page_key   BINARY(32) NOT NULL,
	post_id    CHAR(26) NOT NULL,
	blog_id    BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (page_key, post_id),
	KEY post_aliases_post (post_id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE post_aliases;
