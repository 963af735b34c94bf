-- What other servers have reported to us (Flag): for the owner's eyes alone. objects is a JSON list of the ids that are ours; reason is plain
-- text. Written by package replies.

-- +goose Up
CREATE TABLE reports (
	id          INTEGER NOT NULL,
	blog_id     INTEGER NOT NULL,
	host        TEXT NOT NULL,
	actor_uri   TEXT NOT NULL,
	objects     TEXT NOT NULL,
	reason      TEXT NOT NULL,
	created_at  INTEGER NOT NULL,
	closed_at   INTEGER NOT NULL,
	closed_by   TEXT NOT NULL,
	PRIMARY KEY (id)
) STRICT;
CREATE INDEX reports_host ON reports (host, created_at);
CREATE INDEX reports_open ON reports (closed_at, id);

-- +goose Down
DROP TABLE reports;
