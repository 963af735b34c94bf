-- Public keys of remote actors, and the memory of keys that could not be had (failed_at), so that a
-- stranger cannot make us ask again and again. Written by package publisher.

-- +goose Up
CREATE TABLE remote_keys (
	key_hash   BINARY(32) NOT NULL,
	key_uri    VARCHAR(2048) NOT NULL,
	owner_hash BINARY(32) NULL,
	owner_uri  VARCHAR(2048) NOT NULL,
	pem        TEXT NOT NULL,
	fetched_at BIGINT NOT NULL,
	tried_at   BIGINT NOT NULL,
	failure    VARCHAR(500) NOT NULL,
	PRIMARY KEY (key_hash),
	KEY remote_keys_owner (owner_hash),
	KEY remote_keys_tried (tried_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE remote_keys;
