-- A blog has its own actor. username, base_url and handle_host are fixed at creation: every id is made from this row,
-- never from today's configuration; origin is the actor id of that day, from which post ids are derived. Written by package feeds.

-- +goose Up
CREATE TABLE blogs (
	id              INTEGER NOT NULL,
	origin          TEXT NOT NULL,
	base_url        TEXT NOT NULL,
	from_public_url INTEGER NOT NULL,
	username        TEXT NOT NULL,
	handle_host     TEXT NOT NULL,
	title           TEXT NOT NULL,
	summary         TEXT NOT NULL,
	site_url        TEXT NOT NULL,
	site_host       TEXT NOT NULL,
	feed_url        TEXT NOT NULL,
	language        TEXT NOT NULL,
	icon_url        TEXT NOT NULL,
	image_url       TEXT NOT NULL,
	created_at      INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (base_url, username),
	UNIQUE (handle_host, username)
) STRICT;
CREATE INDEX blogs_name ON blogs (username);
CREATE INDEX blogs_site ON blogs (site_host);

-- +goose Down
DROP TABLE blogs;
