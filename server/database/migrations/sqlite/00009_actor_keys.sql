-- Private keys of our own actors, sealed with the secret key; kind 'check' is a known text that tells a wrong secret. Written by package publisher.

-- +goose Up
CREATE TABLE actor_keys (
	id         INTEGER NOT NULL,
	owner_hash BLOB NOT NULL,
	owner      TEXT NOT NULL,
	kind       TEXT NOT NULL,
	sealed     BLOB NOT NULL,
	public_pem TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	retired_at INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (owner_hash, kind, retired_at)
) STRICT;

-- +goose Down
DROP TABLE actor_keys;
