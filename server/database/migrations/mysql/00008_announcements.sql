-- What the world has been told of a post: created_at once, revision for each Update since; updated_at is what the last Update said,
-- told_at when the last activity was made. Written by package publisher.

-- +goose Up
CREATE TABLE announcements (
	post_id      CHAR(26) NOT NULL,
	blog_id      BIGINT NOT NULL,
	content_hash BINARY(32) NOT NULL,
	hash_version INT NOT NULL,
	revision     INT NOT NULL,
	created_at   BIGINT NOT NULL,
	updated_at   BIGINT NOT NULL,
	told_at      BIGINT NOT NULL,
	deleted_at   BIGINT NOT NULL,
	PRIMARY KEY (post_id),
	KEY announcements_blog (blog_id, created_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE announcements;
