-- Quotes (FEP-044f): what a reply of the world is to our post, the leave that we gave to quote it, and how many quotes readers see.
-- A row of quotes is for ever: revoked_at says that the leave was taken back, and the same object does not get it again.
-- Written by package replies.

-- +goose Up
CREATE TABLE quotes (
	id              BIGINT NOT NULL,
	blog_id         BIGINT NOT NULL,
	post_id         CHAR(26) NOT NULL,
	instrument_hash BINARY(32) NOT NULL,
	instrument_uri  VARCHAR(2048) NOT NULL,
	actor_hash      BINARY(32) NOT NULL,
	actor_uri       VARCHAR(2048) NOT NULL,
	created_at      BIGINT NOT NULL,
	revoked_at      BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE KEY quotes_instrument (instrument_hash, post_id),
	KEY quotes_actor (actor_hash, blog_id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
ALTER TABLE replies ADD COLUMN kind VARCHAR(10) NOT NULL DEFAULT 'reply';
ALTER TABLE threads ADD COLUMN quotes INT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE threads DROP COLUMN quotes;
ALTER TABLE replies DROP COLUMN kind;
DROP TABLE quotes;
