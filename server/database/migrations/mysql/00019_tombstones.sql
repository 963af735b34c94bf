-- Deletes and Undos of what we do not have, remembered for a while so that it cannot arrive after them; what we had and was deleted
-- keeps its row in replies. key_hash is over the actor and the object's or activity's id; keep is true for Deletes, which are
-- remembered longer than Undos. Written by package replies.

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
