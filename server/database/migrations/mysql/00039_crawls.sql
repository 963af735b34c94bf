-- Collections on other servers that are read in rounds, because nobody tells us what is added to them: the answers to a reply. collection is
-- read, or fallback where that is none; page is where the reading of this round goes on, '' at its start. due_at is 0 when the last round
-- is over; the row stays for a month, so that what a thread made us find stays bounded (found). Written by package replies.

-- +goose Up
CREATE TABLE crawls (
	id          BIGINT NOT NULL,
	uri         VARCHAR(2048) NOT NULL,
	uri_hash    BINARY(32) NOT NULL,
	blog_id     BIGINT NOT NULL,
	post_id     CHAR(26) NOT NULL,
	kind        VARCHAR(20) NOT NULL,
	collection  VARCHAR(2048) NOT NULL,
	fallback    VARCHAR(2048) NOT NULL,
	page        VARCHAR(2048) NOT NULL,
	pages       INT NOT NULL,
	rounds      INT NOT NULL,
	found       INT NOT NULL,
	due_at      BIGINT NOT NULL,
	lease_until BIGINT NOT NULL,
	created_at  BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE KEY crawls_uri (uri_hash),
	KEY crawls_due (due_at),
	KEY crawls_post (post_id),
	KEY crawls_created (created_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE crawls;
