-- Public and unlisted replies only: a private one has no row here, so no query of the public pages can reach it.
-- parent_id 0 is a reply to the post itself; url_hash finds a reply by its page and is NULL where that lies on another host than the reply;
-- approved_at is when a moderator let it pass, and makes its author known on this blog. Written by package replies.

-- +goose Up
CREATE TABLE replies (
	id           INTEGER NOT NULL,
	blog_id      INTEGER NOT NULL,
	post_id      TEXT NOT NULL,
	parent_id    INTEGER NOT NULL,
	object_hash  BLOB NOT NULL,
	object_uri   TEXT NOT NULL,
	url          TEXT NOT NULL,
	url_hash     BLOB NULL,
	author_id    INTEGER NOT NULL,
	html         TEXT NOT NULL,
	cw           TEXT NOT NULL,
	language     TEXT NOT NULL,
	attachments  TEXT NOT NULL,
	visibility   TEXT NOT NULL,
	status       TEXT NOT NULL,
	published_at INTEGER NOT NULL,
	edited_at    INTEGER NOT NULL,
	received_at  INTEGER NOT NULL,
	approved_at  INTEGER NOT NULL,
	content_hash BLOB NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (object_hash)
) STRICT;
CREATE INDEX replies_thread ON replies (post_id, status, published_at);
CREATE INDEX replies_queue ON replies (status, id);
CREATE INDEX replies_author ON replies (author_id, blog_id, approved_at);
CREATE INDEX replies_url ON replies (url_hash);

-- +goose Down
DROP TABLE replies;
