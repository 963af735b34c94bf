-- Who follows which blog. Written by package publisher.

-- +goose Up
CREATE TABLE followers (
	blog_id     INTEGER NOT NULL,
	actor_id    INTEGER NOT NULL,
	follow_uri  TEXT NOT NULL,
	follow_hash BLOB NOT NULL,
	created_at  INTEGER NOT NULL,
	PRIMARY KEY (blog_id, actor_id)
) STRICT;
CREATE INDEX followers_actor ON followers (actor_id);
CREATE INDEX followers_follow ON followers (follow_hash);

-- +goose Down
DROP TABLE followers;
