-- Every address a post has had, as feeds.PageKey: how a page finds its thread. Written by package feeds.

-- +goose Up
CREATE TABLE post_aliases (
	page_key   BLOB NOT NULL,
	post_id    TEXT NOT NULL,
	blog_id    INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	PRIMARY KEY (page_key, post_id)
) STRICT;
CREATE INDEX post_aliases_post ON post_aliases (post_id);

-- +goose Down
DROP TABLE post_aliases;
