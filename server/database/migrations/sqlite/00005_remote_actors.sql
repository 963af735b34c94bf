-- A person or server elsewhere. Found by uri_hash: ActivityPub ids are long and case-sensitive. Written by package publisher.

-- +goose Up
CREATE TABLE remote_actors (
	id            INTEGER NOT NULL,
	uri_hash      BLOB NOT NULL,
	uri           TEXT NOT NULL,
	host          TEXT NOT NULL,
	type          TEXT NOT NULL,
	username      TEXT NOT NULL,
	handle        TEXT NOT NULL,
	name          TEXT NOT NULL,
	url           TEXT NOT NULL,
	avatar_url    TEXT NOT NULL,
	inbox         TEXT NOT NULL,
	shared_inbox  TEXT NOT NULL,
	followers_uri TEXT NOT NULL,
	fetched_at    INTEGER NOT NULL,
	gone_at       INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (uri_hash)
) STRICT;
CREATE INDEX remote_actors_host ON remote_actors (host);

-- +goose Down
DROP TABLE remote_actors;
