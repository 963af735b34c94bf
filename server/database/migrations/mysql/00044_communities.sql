-- The community (a Group, FEP-1b12) that a blog posts into: one at a time. state is pending until the group has answered the blog's Follow.
-- announcements remember which one a post went into, so that its edits and its removal go there, whatever the blog does later.
-- Written by package publisher.

-- +goose Up
CREATE TABLE communities (
	blog_id     BIGINT NOT NULL,
	actor_uri   VARCHAR(2048) NOT NULL,
	follow_uri  VARCHAR(2048) NOT NULL,
	follow_hash BINARY(32) NOT NULL,
	state       VARCHAR(20) NOT NULL,
	asked_at    BIGINT NOT NULL,
	answered_at BIGINT NOT NULL,
	PRIMARY KEY (blog_id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE INDEX communities_follow ON communities (follow_hash);
ALTER TABLE announcements ADD COLUMN community VARCHAR(2048) NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE announcements DROP COLUMN community;
DROP TABLE communities;
