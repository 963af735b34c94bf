-- A page that several blogs of one server have as a post: turn grows with each of them that announces it. Whoever announces one writes
-- it as last read, so of two in the same moment one collides and looks again. Written by package publisher.

-- +goose Up
CREATE TABLE page_turns (
	page_key BINARY(32) NOT NULL,
	turn     BIGINT NOT NULL,
	PRIMARY KEY (page_key)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE page_turns;
