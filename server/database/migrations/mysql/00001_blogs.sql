-- A blog has its own actor. username, base_url and handle_host are fixed at creation: every id is made from this row,
-- never from today's configuration; origin is the actor id of that day, from which post ids are derived. Written by package feeds.

-- +goose Up
CREATE TABLE blogs (
	id              BIGINT NOT NULL,
	origin          VARCHAR(512) NOT NULL,
	base_url        VARCHAR(255) NOT NULL,
	from_public_url BOOLEAN NOT NULL,
	username        VARCHAR(30) NOT NULL,
	handle_host     VARCHAR(255) NOT NULL,
	title           VARCHAR(500) NOT NULL,
	summary         TEXT NOT NULL,
	site_url        VARCHAR(2048) NOT NULL,
	site_host       VARCHAR(255) NOT NULL,
	feed_url        VARCHAR(2048) NOT NULL,
	language        VARCHAR(35) NOT NULL,
	icon_url        VARCHAR(2048) NOT NULL,
	image_url       VARCHAR(2048) NOT NULL,
	created_at      BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE KEY blogs_address (base_url, username),
	UNIQUE KEY blogs_handle (handle_host, username),
	KEY blogs_name (username),
	KEY blogs_site (site_host)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE blogs;
