-- Who follows which blog. Written by package publisher.

-- +goose Up
CREATE TABLE followers (
	blog_id     BIGINT NOT NULL,
	actor_id    BIGINT NOT NULL,
	follow_uri  VARCHAR(2048) NOT NULL,
	follow_hash BINARY(32) NOT NULL,
	created_at  BIGINT NOT NULL,
	PRIMARY KEY (blog_id, actor_id),
	KEY followers_actor (actor_id),
	KEY followers_follow (follow_hash)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE followers;
