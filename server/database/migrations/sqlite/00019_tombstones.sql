-- Deletes and Undos of what we do not have, remembered for a while so that it cannot arrive after them; what we had and was deleted
-- keeps its row in replies. key_hash is over the actor and the object's or activity's id; keep is true for Deletes, which are
-- remembered longer than Undos. Written by package replies.

-- +goose Up
CREATE TABLE tombstones (
	key_hash   BLOB NOT NULL,
	created_at INTEGER NOT NULL,
	keep       INTEGER NOT NULL,
	PRIMARY KEY (key_hash)
) STRICT;
CREATE INDEX tombstones_age ON tombstones (keep, created_at);

-- +goose Down
DROP TABLE tombstones;
