-- Which posts followers were told are pinned: what differs from it is told with Add and Remove. Written by package publisher.

-- +goose Up
CREATE TABLE featured (
	blog_id    INTEGER NOT NULL,
	post_id    TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	PRIMARY KEY (blog_id, post_id)
) STRICT;

-- +goose Down
DROP TABLE featured;
