-- The exact bytes of each activity that leaves, stored once however many inboxes it goes to; folded is how many of its deliveries
-- succeeded so long ago that only their number is kept. Written by package delivery.

-- +goose Up
CREATE TABLE activities (
	id          BIGINT NOT NULL,
	uri         VARCHAR(2048) NOT NULL,
	uri_hash    BINARY(32) NOT NULL,
	sender      VARCHAR(2048) NOT NULL,
	kind        VARCHAR(30) NOT NULL,
	object_hash BINARY(32) NOT NULL,
	folded      INT NOT NULL,
	body        MEDIUMBLOB NOT NULL,
	created_at  BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE KEY activities_uri (uri_hash)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE activities;
