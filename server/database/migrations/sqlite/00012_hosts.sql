-- The health of each host we deliver to: failures in a row, and until when we leave it alone. Written by package delivery.

-- +goose Up
CREATE TABLE hosts (
	host          TEXT NOT NULL,
	failures      INTEGER NOT NULL,
	paused_until  INTEGER NOT NULL,
	failing_since INTEGER NOT NULL,
	succeeded_at  INTEGER NOT NULL,
	last_error    TEXT NOT NULL,
	updated_at    INTEGER NOT NULL,
	PRIMARY KEY (host)
) STRICT;
CREATE INDEX hosts_paused ON hosts (paused_until);

-- +goose Down
DROP TABLE hosts;
