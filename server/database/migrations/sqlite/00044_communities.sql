-- The community (a Group, FEP-1b12) that a blog posts into: one at a time. state is pending until the group has answered the blog's Follow.
-- announcements remember which one a post went into, so that its edits and its removal go there, whatever the blog does later.
-- Written by package publisher.

-- +goose Up
CREATE TABLE communities (
	blog_id     INTEGER NOT NULL,
	actor_uri   TEXT NOT NULL,
	follow_uri  TEXT NOT NULL,
	follow_hash BLOB NOT NULL,
	state       TEXT NOT NULL,
	asked_at    INTEGER NOT NULL,
	answered_at INTEGER NOT NULL,
	PRIMARY KEY (blog_id)
) STRICT;
CREATE INDEX communities_follow ON communities (follow_hash);
ALTER TABLE announcements ADD COLUMN community TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE announcements DROP COLUMN community;
DROP TABLE communities;
