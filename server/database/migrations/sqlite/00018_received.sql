-- The inbox journal: what came and what became of it. Rows are written only for verified senders; a private
-- activity has no body here, and bodies go once they are processed. forwarded: its sender is not its actor, so nothing in it is
-- believed. Written by package replies.

-- +goose Up
CREATE TABLE received (
	id              INTEGER NOT NULL,
	dedupe          BLOB NULL,
	uri             TEXT NOT NULL,
	type            TEXT NOT NULL,
	actor_uri       TEXT NOT NULL,
	blog_id         INTEGER NOT NULL,
	state           TEXT NOT NULL,
	verdict         TEXT NOT NULL,
	body            BLOB NULL,
	forwarded       INTEGER NOT NULL DEFAULT 0,
	attempts        INTEGER NOT NULL,
	next_attempt_at INTEGER NOT NULL,
	lease_until     INTEGER NOT NULL,
	received_at     INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (dedupe)
) STRICT;
CREATE INDEX received_due ON received (state, next_attempt_at);
CREATE INDEX received_age ON received (received_at);

-- +goose Down
DROP TABLE received;
