-- Deletes and Undos, remembered so that what they take back cannot arrive (again) after them.
-- key_hash is over the actor and the object's or activity's id. Written by package replies.

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
