-- Private keys of our own actors, sealed with the secret key; kind 'check' is a known text that tells a wrong secret. Written by package publisher.

-- +goose Up
CREATE TABLE actor_keys (
	id         BIGINT NOT NULL,
	owner_hash BINARY(32) NOT NULL,
	owner      VARCHAR(2048) NOT NULL,
	kind       VARCHAR(20) NOT NULL,
	sealed     MEDIUMBLOB NOT NULL,
	public_pem TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	retired_at BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE KEY actor_keys_owner (owner_hash, kind, retired_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE actor_keys;
