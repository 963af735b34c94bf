-- A person or server elsewhere. Found by uri_hash: ActivityPub ids are long and case-sensitive. Written by package publisher.

-- +goose Up
CREATE TABLE remote_actors (
	id            BIGINT NOT NULL,
	uri_hash      BINARY(32) NOT NULL,
	uri           VARCHAR(2048) NOT NULL,
	host          VARCHAR(255) NOT NULL,
	type          VARCHAR(50) NOT NULL,
	username      VARCHAR(255) NOT NULL,
	handle        VARCHAR(511) NOT NULL,
	name          VARCHAR(500) NOT NULL,
	url           VARCHAR(2048) NOT NULL,
	avatar_url    VARCHAR(2048) NOT NULL,
	inbox         VARCHAR(2048) NOT NULL,
	shared_inbox  VARCHAR(2048) NOT NULL,
	followers_uri VARCHAR(2048) NOT NULL,
	fetched_at    BIGINT NOT NULL,
	gone_at       BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE KEY remote_actors_uri (uri_hash),
	KEY remote_actors_host (host)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE remote_actors;
