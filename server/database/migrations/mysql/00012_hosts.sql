-- The health of each host we deliver to: failures in a row, and until when we leave it alone. Written by package delivery.

-- +goose Up
CREATE TABLE hosts (
	host          VARCHAR(255) NOT NULL,
	failures      INT NOT NULL,
	paused_until  BIGINT NOT NULL,
	failing_since BIGINT NOT NULL,
	succeeded_at  BIGINT NOT NULL,
	last_error    VARCHAR(512) NOT NULL,
	updated_at    BIGINT NOT NULL,
	PRIMARY KEY (host),
	KEY hosts_paused (paused_until)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE hosts;
