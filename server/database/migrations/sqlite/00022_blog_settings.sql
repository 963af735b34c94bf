-- What the owner of a blog has set for it alone (feeds.Settings, as JSON); NULL is all defaults. Written by package feeds.

-- +goose Up
ALTER TABLE blogs ADD COLUMN settings TEXT NULL;

-- +goose Down
ALTER TABLE blogs DROP COLUMN settings;
