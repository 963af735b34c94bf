-- More than one author was seen in the feed: from then on each post says whose it is. Written by package feeds.

-- +goose Up
ALTER TABLE blogs ADD COLUMN many_authors INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE blogs DROP COLUMN many_authors;
