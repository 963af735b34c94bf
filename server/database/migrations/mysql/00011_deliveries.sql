-- One row per (activity, inbox): the queue while pending, the ledger afterwards.
-- A claim moves next_attempt_at, lease_until and lease_token; a settle with an old token changes nothing. Written by package delivery.

-- +goose Up
CREATE TABLE deliveries (
	activity_id     BIGINT NOT NULL,
	inbox_hash      BINARY(32) NOT NULL,
	inbox           VARCHAR(2048) NOT NULL,
	host            VARCHAR(255) NOT NULL,
	blog_id         BIGINT NOT NULL,
	object_hash     BINARY(32) NOT NULL,
	state           VARCHAR(12) NOT NULL,
	attempts        INT NOT NULL,
	next_attempt_at BIGINT NOT NULL,
	expires_at      BIGINT NOT NULL,
	lease_until     BIGINT NOT NULL,
	lease_token     BIGINT NOT NULL,
	last_status     INT NOT NULL,
	last_answer     VARCHAR(512) NOT NULL,
	created_at      BIGINT NOT NULL,
	settled_at      BIGINT NOT NULL,
	PRIMARY KEY (activity_id, inbox_hash),
	KEY deliveries_due (state, next_attempt_at),
	KEY deliveries_order (object_hash, host, state, activity_id),
	KEY deliveries_host (host, state),
	KEY deliveries_blog (blog_id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE deliveries;
