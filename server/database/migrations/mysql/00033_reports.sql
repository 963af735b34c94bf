-- What other servers have reported to us (Flag): for the owner's eyes alone. objects is a JSON list of the ids that are ours; reason is plain
-- text. Written by package replies.

-- +goose Up
CREATE TABLE reports (
	id          BIGINT NOT NULL,
	blog_id     BIGINT NOT NULL,
	host        VARCHAR(255) NOT NULL,
	actor_uri   VARCHAR(2048) NOT NULL,
	objects     TEXT NOT NULL,
	reason      TEXT NOT NULL,
	created_at  BIGINT NOT NULL,
	closed_at   BIGINT NOT NULL,
	closed_by   VARCHAR(255) NOT NULL,
	PRIMARY KEY (id),
	KEY reports_host (host, created_at),
	KEY reports_open (closed_at, id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE reports;
