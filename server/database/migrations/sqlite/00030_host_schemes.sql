-- Hosts that take a signature by RFC 9421 and, when last asked, none by draft-cavage, which all others are sent first. A row is believed
-- until expires_at, a week after it was learned. Written by package delivery.

-- +goose Up
CREATE TABLE host_schemes (
	host       TEXT NOT NULL,
	expires_at INTEGER NOT NULL,
	PRIMARY KEY (host)
) STRICT;
CREATE INDEX host_schemes_old ON host_schemes (expires_at);

-- +goose Down
DROP TABLE host_schemes;
