-- Delivery that keeps its word. activities: enqueued is how many deliveries there ever were, so that the ledger can be checked against
-- something; joined_body is the Create with the state of an Update, for inboxes that never got the first one. deliveries: joined says that
-- it is sent; unsure, that a try may have arrived although it seemed to fail. hosts: held_until is an operator's pause; doomed_at, when
-- 90 days without an answer were first seen; purged_at and purged, when how many followers were given up with the host. Written by package delivery. remote_actors: shared_gone_at is when the shared inbox
-- answered 404 or 410, and departures are the daily questions whether a follower's actor is still there. Written by package publisher.

-- +goose Up
ALTER TABLE activities ADD COLUMN enqueued INTEGER NOT NULL DEFAULT 0;
ALTER TABLE activities ADD COLUMN joined_body BLOB NULL;
CREATE INDEX activities_object ON activities (object_hash, id);
UPDATE activities SET enqueued = folded + (SELECT COUNT(*) FROM deliveries WHERE deliveries.activity_id = activities.id);
ALTER TABLE deliveries ADD COLUMN joined INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN unsure INTEGER NOT NULL DEFAULT 0;
UPDATE deliveries SET unsure = 1 WHERE state = 'pending' AND (attempts > 0 OR lease_until > 0);
DROP INDEX deliveries_host;
CREATE INDEX deliveries_host ON deliveries (host, state, activity_id);
ALTER TABLE hosts ADD COLUMN held_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE hosts ADD COLUMN doomed_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE hosts ADD COLUMN purged_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE hosts ADD COLUMN purged INTEGER NOT NULL DEFAULT 0;
ALTER TABLE remote_actors ADD COLUMN shared_gone_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX remote_actors_inbox ON remote_actors (inbox);
CREATE INDEX remote_actors_shared ON remote_actors (shared_inbox);
CREATE INDEX remote_actors_shared_gone ON remote_actors (shared_gone_at);
CREATE TABLE departures (
	actor_id   INTEGER NOT NULL,
	due_at     INTEGER NOT NULL,
	strikes    INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	PRIMARY KEY (actor_id)
) STRICT;
CREATE INDEX departures_due ON departures (due_at);

-- +goose Down
DROP TABLE departures;
DROP INDEX remote_actors_shared_gone;
DROP INDEX remote_actors_shared;
DROP INDEX remote_actors_inbox;
ALTER TABLE remote_actors DROP COLUMN shared_gone_at;
ALTER TABLE hosts DROP COLUMN purged;
ALTER TABLE hosts DROP COLUMN purged_at;
ALTER TABLE hosts DROP COLUMN doomed_at;
ALTER TABLE hosts DROP COLUMN held_until;
DROP INDEX deliveries_host;
CREATE INDEX deliveries_host ON deliveries (host, state);
ALTER TABLE deliveries DROP COLUMN unsure;
ALTER TABLE deliveries DROP COLUMN joined;
DROP INDEX activities_object;
ALTER TABLE activities DROP COLUMN joined_body;
ALTER TABLE activities DROP COLUMN enqueued;
