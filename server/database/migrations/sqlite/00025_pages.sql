-- What is known of the pages of posts: why they are asked when they are (check_at, NULL is never), and what they said. base_hash is the content
-- hash that the post had when title and text_digest were read, trusted says that the text found on the page was the text of the post then;
-- feed_hash is what the feed had said, where the text of the post is the page's since; filled names what the page gave because the feed did not
-- say. gone_since is the first 404 or 410 in a row, 0 without one. Written by package feeds.

-- +goose Up
CREATE TABLE pages (
	post_id       TEXT NOT NULL,
	blog_id       INTEGER NOT NULL,
	etag          TEXT NOT NULL,
	last_modified TEXT NOT NULL,
	status        INTEGER NOT NULL,
	title         TEXT NOT NULL,
	text_digest   BLOB NULL,
	base_hash     BLOB NULL,
	feed_hash     BLOB NULL,
	trusted       INTEGER NOT NULL,
	filled        TEXT NOT NULL,
	looks         INTEGER NOT NULL,
	gone_since    INTEGER NOT NULL,
	checked_at    INTEGER NOT NULL,
	check_at      INTEGER NULL,
	lease_until   INTEGER NOT NULL,
	PRIMARY KEY (post_id)
) STRICT;
CREATE INDEX pages_due ON pages (check_at);

-- +goose Down
DROP TABLE pages;
