-- Quotes (FEP-044f): what a reply of the world is to our post, the leave that we gave to quote it, and how many quotes readers see.
-- A row of quotes is for ever: revoked_at says that the leave was taken back, and the same object does not get it again.
-- Written by package replies.

-- +goose Up
CREATE TABLE quotes (
	id              INTEGER NOT NULL,
	blog_id         INTEGER NOT NULL,
	post_id         TEXT NOT NULL,
	instrument_hash BLOB NOT NULL,
	instrument_uri  TEXT NOT NULL,
	actor_hash      BLOB NOT NULL,
	actor_uri       TEXT NOT NULL,
	created_at      INTEGER NOT NULL,
	revoked_at      INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (instrument_hash, post_id)
) STRICT;
CREATE INDEX quotes_actor ON quotes (actor_hash, blog_id);
ALTER TABLE replies ADD COLUMN kind TEXT NOT NULL DEFAULT 'reply';
ALTER TABLE threads ADD COLUMN quotes INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE threads DROP COLUMN quotes;
ALTER TABLE replies DROP COLUMN kind;
DROP TABLE quotes;
