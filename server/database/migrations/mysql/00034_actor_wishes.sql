-- What an author asks of those who show her words: no_index keeps them from search engines, hides_unlisted and hides_public from everybody
-- who is not logged in on a server of the fediverse. Written by package publisher.

-- +goose Up
ALTER TABLE remote_actors ADD COLUMN no_index BOOLEAN NOT NULL DEFAULT 0;
ALTER TABLE remote_actors ADD COLUMN hides_unlisted BOOLEAN NOT NULL DEFAULT 0;
ALTER TABLE remote_actors ADD COLUMN hides_public BOOLEAN NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE remote_actors DROP COLUMN hides_public;
ALTER TABLE remote_actors DROP COLUMN hides_unlisted;
ALTER TABLE remote_actors DROP COLUMN no_index;
