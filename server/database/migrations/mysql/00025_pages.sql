-- What is known of the pages of posts: why they are asked when they are (check_at, NULL is never), and what they said. base_hash is the content
-- hash that the post had when title and text_digest were read, trusted says that the text found on the page was the text of the post then;
-- feed_hash is what the feed had said, where the text of the post is the page's since; filled names what the page gave because the feed did not
-- say. gone_since is the first 404 or 410 in a row, 0 without one. Written by package feeds.

-- +goose Up
CREATE TABLE pages (
	post_id       CHAR(26) NOT NULL,
	blog_id       BIGINT NOT NULL,
	etag          VARCHAR(500) NOT NULL,
	last_modified VARCHAR(100) NOT NULL,
	status        INT NOT NULL,
	title         VARCHAR(500) NOT NULL,
	text_digest   BINARY(32) NULL,
	base_hash     BINARY(32) NULL,
	feed_hash     BINARY(32) NULL,
	trusted       BOOLEAN NOT NULL,
	filled        VARCHAR(100) NOT NULL,
	looks         INT NOT NULL,
	gone_since    BIGINT NOT NULL,
	checked_at    BIGINT NOT NULL,
	check_at      BIGINT NULL,
	lease_until   BIGINT NOT NULL,
	PRIMARY KEY (post_id),
	KEY pages_due (check_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE pages;
