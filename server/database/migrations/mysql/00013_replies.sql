-- Public and unlisted replies only: a private one has no row here, so no query of the public pages can reach it.
-- parent_id 0 is a reply to the post itself; url_hash finds a reply by its page and is NULL where that lies on another host than the reply;
-- approved_at is when a moderator let it pass, and makes its author known on this blog. Written by package replies.

-- +goose Up
CREATE TABLE replies (
	id           BIGINT NOT NULL,
	blog_id      BIGINT NOT NULL,
	post_id      CHAR(26) NOT NULL,
	parent_id    BIGINT NOT NULL,
	object_hash  BINARY(32) NOT NULL,
	object_uri   VARCHAR(2048) NOT NULL,
	url          VARCHAR(2048) NOT NULL,
	url_hash     BINARY(32) NULL,
	author_id    BIGINT NOT NULL,
	html         MEDIUMTEXT NOT NULL,
	cw           TEXT NOT NULL,
	language     VARCHAR(35) NOT NULL,
	attachments  TEXT NOT NULL,
	visibility   VARCHAR(12) NOT NULL,
	status       VARCHAR(12) NOT NULL,
	published_at BIGINT NOT NULL,
	edited_at    BIGINT NOT NULL,
	received_at  BIGINT NOT NULL,
	approved_at  BIGINT NOT NULL,
	content_hash BINARY(32) NOT NULL,
	PRIMARY KEY (id),
	UNIQUE KEY replies_object (object_hash),
	KEY replies_thread (post_id, status, published_at),
	KEY replies_queue (status, id),
	KEY replies_author (author_id, blog_id, approved_at),
	KEY replies_url (url_hash)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE replies;
