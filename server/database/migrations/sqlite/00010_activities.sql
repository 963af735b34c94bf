-- The exact bytes of each activity that leaves, stored once however many inboxes it goes to; folded is how many of its deliveries
-- succeeded so long ago that only their number is kept. Written by package delivery.

-- +goose Up
CREATE TABLE activities (
	id          INTEGER NOT NULL,
	uri         TEXT NOT NULL,
	uri_hash    BLOB NOT NULL,
	sender      TEXT NOT NULL,
	kind        TEXT NOT NULL,
	object_hash BLOB NOT NULL,
	folded      INTEGER NOT NULL,
	body        BLOB NOT NULL,
	created_at  INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (uri_hash)
) STRICT;

-- +goose Down
DROP TABLE activities;
