-- Collections on other servers that are read in rounds, because nobody tells us what is added to them: the answers to a reply. collection is
-- read, or fallback where that is none; page is where the reading of this round goes on, '' at its start. due_at is 0 when the last round
-- is over; the row stays for a month, so that what a thread made us find stays bounded (found). Written by package replies.

-- +goose Up
CREATE TABLE crawls (
	id          INTEGER NOT NULL,
	uri         TEXT NOT NULL,
	uri_hash    BLOB NOT NULL,
	blog_id     INTEGER NOT NULL,
	post_id     TEXT NOT NULL,
	kind        TEXT NOT NULL,
	collection  TEXT NOT NULL,
	fallback    TEXT NOT NULL,
	page        TEXT NOT NULL,
	pages       INTEGER NOT NULL,
	rounds      INTEGER NOT NULL,
	found       INTEGER NOT NULL,
	due_at      INTEGER NOT NULL,
	lease_until INTEGER NOT NULL,
	created_at  INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (uri_hash)
) STRICT;
CREATE INDEX crawls_due ON crawls (due_at);
CREATE INDEX crawls_post ON crawls (post_id);
CREATE INDEX crawls_created ON crawls (created_at);

-- +goose Down
DROP TABLE crawls;
