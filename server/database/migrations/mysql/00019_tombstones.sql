-- Deletes and Undos, remembered so that what they take back cannot arrive (again) after them.
-- key_hash is over the actor and the object's or activity's id. Written by package replies.

-- +goose Up
CREATE TABLE tombstones (
	key_hash   BINARY(32) NOT NULL,
	created_at BIGINT NOT NULL,
	keep       BOOLEAN NOT NULL,
	PRIMARY KEY (key_hash),
	KEY tombstones_age (keep, created_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE tombstones;
