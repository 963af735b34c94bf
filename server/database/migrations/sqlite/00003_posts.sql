-- One row per post for ever. id is derived from blog, identity and generation, so a crash or a restored backup finds it again.
-- due_at is set when the announcer has something to tell the world, NULL when it has not. Written by package feeds.

-- +goose Up
CREATE TABLE posts (
	id            TEXT NOT NULL,
	blog_id       INTEGER NOT NULL,
	guid          TEXT NOT NULL,
	guid_hash     BLOB NOT NULL,
	url           TEXT NOT NULL,
	title         TEXT NOT NULL,
	teaser        TEXT NOT NULL,
	content       TEXT NOT NULL,
	image_url     TEXT NOT NULL,
	image_alt     TEXT NOT NULL,
	tags          TEXT NOT NULL,
	author        TEXT NOT NULL,
	language      TEXT NOT NULL,
	published_at  INTEGER NOT NULL,
	first_seen_at INTEGER NOT NULL,
	edited_at     INTEGER NOT NULL,
	content_hash  BLOB NOT NULL,
	hash_version  INTEGER NOT NULL,
	announce      INTEGER NOT NULL,
	removed_at    INTEGER NOT NULL,
	due_at        INTEGER NULL,
	PRIMARY KEY (id)
) STRICT;
CREATE INDEX posts_due ON posts (due_at);
CREATE INDEX posts_guid ON posts (blog_id, guid_hash);
CREATE INDEX posts_newest ON posts (blog_id, removed_at, published_at, id);

-- +goose Down
DROP TABLE posts;
