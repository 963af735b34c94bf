-- Which posts followers were told are pinned: what differs from it is told with Add and Remove. Written by package publisher.

-- +goose Up
CREATE TABLE featured (
	blog_id    BIGINT NOT NULL,
	post_id    CHAR(26) NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (blog_id, post_id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE featured;
