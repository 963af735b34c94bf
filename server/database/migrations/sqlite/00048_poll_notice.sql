-- What the guard tells the owner is read from the held posts themselves. A poll under way wrote
-- back the notice it had read, after the owner had decided about the posts. Written by package
-- feeds.

-- +goose Up
ALTER TABLE polls DROP COLUMN notice;

-- +goose Down
ALTER TABLE polls ADD COLUMN notice TEXT NULL;
