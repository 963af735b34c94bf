-- A page that several blogs of one server have as a post: turn grows with each of them that announces it. Whoever announces one writes
-- it as last read, so of two in the same moment one collides and looks again. Written by package publisher.

-- +goose Up
CREATE TABLE page_turns (
	page_key BLOB NOT NULL,
	turn     INTEGER NOT NULL,
	PRIMARY KEY (page_key)
) STRICT;

-- +goose Down
DROP TABLE page_turns;
