-- shown_till is when a retired key leaves its actor's document: a month after it was retired, or at once where it is stolen.
-- Written by package publisher.

-- +goose Up
ALTER TABLE actor_keys ADD COLUMN shown_till BIGINT NOT NULL DEFAULT 0;
UPDATE actor_keys SET shown_till = retired_at + 2592000000 WHERE retired_at <> 0 AND kind = 'ed25519';

-- +goose Down
ALTER TABLE actor_keys DROP COLUMN shown_till;
