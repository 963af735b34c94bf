-- How processes wake each other: version, of the one row there is, grows when a process that has changed rows ends. Those that serve read
-- it once a second, and look at all their tables when it has changed. Written by package database.

-- +goose Up
CREATE TABLE wakeups (
	id      BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
INSERT INTO wakeups (id, version)
VALUES (1, 0);

-- +goose Down
DROP TABLE wakeups;
