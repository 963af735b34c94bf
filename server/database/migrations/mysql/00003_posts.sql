-- One row per post for ever. id is derived from blog, identity and generation, so a crash or a restored backup finds it again.
-- due_at is set when the announcer has something to tell the world, NULL when it has not. Written by package feeds.

-- +goose Up
CREATE TABLE posts (
	id            CHAR(26) NOT NULL,
	blog_id       BIGINT NOT NULL,
	guid          TEXT NOT NULL,
	guid_hash     BINARY(32) NOT NULL,
	url           VARCHAR(2048) NOT NULL,
	title         TEXT NOT NULL,
	teaser        TEXT NOT NULL,
	content       MEDIUMTEXT NOT NULL,
	image_url     VARCHAR(2048) NOT NULL,
	image_alt     TEXT NOT NULL,
	tags          TEXT NOT NULL,
	author        VARCHAR(500) NOT NULL,
	language      VARCHAR(35) NOT NULL,
	published_at  BIGINT NOT NULL,
	first_seen_at BIGINT NOT NULL,
	edited_at     BIGINT NOT NULL,
	content_hash  BINARY(32) NOT NULL,
	hash_version  INT NOT NULL,
	announce      BOOLEAN NOT NULL,
	removed_at    BIGINT NOT NULL,
	due_at        BIGINT NULL,
	PRIMARY KEY (id),
	KEY posts_due (due_at),
	KEY posts_guid (blog_id, guid_hash),
	KEY posts_newest (blog_id, removed_at, published_at, id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE posts;
