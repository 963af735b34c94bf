-- The inbox journal: what came and what became of it. Rows are written only for verified senders; a private
-- activity has no body here, and bodies go once they are processed. forwarded: its sender is not its actor, so nothing in it is
-- believed. Written by package replies.

-- +goose Up
CREATE TABLE received (
	id              BIGINT NOT NULL,
	dedupe          BINARY(32) NULL,
	uri             VARCHAR(2048) NOT NULL,
	type            VARCHAR(50) NOT NULL,
	actor_uri       VARCHAR(2048) NOT NULL,
	blog_id         BIGINT NOT NULL,
	state           VARCHAR(12) NOT NULL,
	verdict         VARCHAR(500) NOT NULL,
	body            MEDIUMBLOB NULL,
	forwarded       BOOLEAN NOT NULL DEFAULT FALSE,
	attempts        INT NOT NULL,
	next_attempt_at BIGINT NOT NULL,
	lease_until     BIGINT NOT NULL,
	received_at     BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE KEY received_dedupe (dedupe),
	KEY received_due (state, next_attempt_at),
	KEY received_age (received_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE received;
