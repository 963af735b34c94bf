-- The append-only log of moderation: who did what to what, when and why. Written by package replies.

-- +goose Up
CREATE TABLE decisions (
	id          INTEGER NOT NULL,
	blog_id     INTEGER NOT NULL,
	who         TEXT NOT NULL,
	what        TEXT NOT NULL,
	target      TEXT NOT NULL,
	target_hash BLOB NOT NULL,
	why         TEXT NOT NULL,
	created_at  INTEGER NOT NULL,
	PRIMARY KEY (id)
) STRICT;
CREATE INDEX decisions_target ON decisions (target_hash);
CREATE INDEX decisions_blog ON decisions (blog_id, id);

-- +goose Down
DROP TABLE decisions;
