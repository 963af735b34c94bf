-- Hosts that take a signature by RFC 9421 and, when last asked, none by draft-cavage, which all others are sent first. A row is believed
-- until expires_at, a week after it was learned. Written by package delivery.

-- +goose Up
CREATE TABLE host_schemes (
	host       VARCHAR(255) NOT NULL,
	expires_at BIGINT NOT NULL,
	PRIMARY KEY (host),
	KEY host_schemes_old (expires_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE host_schemes;
