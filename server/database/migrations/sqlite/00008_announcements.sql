-- What the world has been told of a post: created_at once, revision for each Update since; updated_at is what the last Update said,
-- told_at when the last activity was made. Written by package publisher.

-- +goose Up
CREATE TABLE announcements (
	post_id      TEXT NOT NULL,
	blog_id      INTEGER NOT NULL,
	content_hash BLOB NOT NULL,
	hash_version INTEGER NOT NULL,
	revision     INTEGER NOT NULL,
	created_at   INTEGER NOT NULL,
	updated_at   INTEGER NOT NULL,
	told_at      INTEGER NOT NULL,
	deleted_at   INTEGER NOT NULL,
	PRIMARY KEY (post_id)
) STRICT;
CREATE INDEX announcements_blog ON announcements (blog_id, created_at);

-- +goose Down
DROP TABLE announcements;
