-- Likes, boosts and emoji on a post (reply_id 0) or on a reply. One per (target, actor, kind). Written by package replies.

-- +goose Up
CREATE TABLE reactions (
	target_hash   BINARY(32) NOT NULL,
	actor_id      BIGINT NOT NULL,
	kind          VARCHAR(12) NOT NULL,
	blog_id       BIGINT NOT NULL,
	post_id       CHAR(26) NOT NULL,
	reply_id      BIGINT NOT NULL,
	emoji         VARCHAR(100) NOT NULL,
	activity_hash BINARY(32) NOT NULL,
	visibility    VARCHAR(12) NOT NULL,
	created_at    BIGINT NOT NULL,
	PRIMARY KEY (target_hash, actor_id, kind),
	KEY reactions_post (post_id, kind),
	KEY reactions_reply (reply_id, kind),
	KEY reactions_activity (activity_hash),
	KEY reactions_actor (actor_id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE reactions;
