-- How processes wake each other: version, of the one row there is, grows when a process that has changed rows ends. Those that serve read
-- it once a second, and look at all their tables when it has changed. Written by package database.

-- +goose Up
CREATE TABLE wakeups (
	id      INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id)
) STRICT;
INSERT INTO wakeups (id, version)
VALUES (1, 0);

-- +goose Down
DROP TABLE wakeups;
