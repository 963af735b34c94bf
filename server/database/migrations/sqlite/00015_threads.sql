-- version grows in the same transaction as any visible change of the thread: it is the ETag. Counts are what readers see. Written by package replies.

-- +goose Up
CREATE TABLE threads (
	post_id    TEXT NOT NULL,
	version    INTEGER NOT NULL,
	replies    INTEGER NOT NULL,
	likes      INTEGER NOT NULL,
	boosts     INTEGER NOT NULL,
	changed_at INTEGER NOT NULL,
	PRIMARY KEY (post_id)
) STRICT;

-- +goose Down
DROP TABLE threads;
