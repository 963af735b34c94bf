-- Keys that are changed. fragment ends the key's id, '' for the first of an actor and kind; signs_from is when it takes over from the one
-- before, whose retired_at it is. Kind 'ed25519' signs what is said (FEP-8b32), 'rsa' the requests. Written by package publisher.

-- +goose Up
ALTER TABLE actor_keys ADD COLUMN fragment TEXT NOT NULL DEFAULT '';
ALTER TABLE actor_keys ADD COLUMN signs_from INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE actor_keys DROP COLUMN signs_from;
ALTER TABLE actor_keys DROP COLUMN fragment;
