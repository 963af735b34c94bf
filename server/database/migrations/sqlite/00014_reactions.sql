-- Likes, boosts and emoji on a post (reply_id 0) or on a reply. One per (target, actor, kind). Written by package replies.

-- +goose Up
CREATE TABLE reactions (
	target_hash   BLOB NOT NULL,
	actor_id      INTEGER NOT NULL,
	kind          TEXT NOT NULL,
	blog_id       INTEGER NOT NULL,
	post_id       TEXT NOT NULL,
	reply_id      INTEGER NOT NULL,
	emoji         TEXT NOT NULL,
	activity_hash BLOB NOT NULL,
	visibility    TEXT NOT NULL,
	created_at    INTEGER NOT NULL,
	PRIMARY KEY (target_hash, actor_id, kind)
) STRICT;
CREATE INDEX reactions_post ON reactions (post_id, kind);
CREATE INDEX reactions_reply ON reactions (reply_id, kind);
CREATE INDEX reactions_activity ON reactions (activity_hash);
CREATE INDEX reactions_actor ON reactions (actor_id);

-- +goose Down
DROP TABLE reactions;
