-- Delivery that keeps its word. activities: enqueued is how many deliveries there ever were, so that the ledger can be checked against
-- something; joined_body is the Create with the state of an Update, for inboxes that never got the first one. deliveries: joined says that
-- it is sent; unsure, that a try may have arrived although it seemed to fail. hosts: held_until is an operator's pause; doomed_at, when
-- 90 days without an answer were first seen; purged_at and purged, when how many followers were given up with the host. Written by package delivery. remote_actors: shared_gone_at is when the shared inbox
-- answered 404 or 410, and departures are the daily questions whether a follower's actor is still there. Written by package publisher.

-- +goose Up
CREATE TABLE departures (
	actor_id   BIGINT NOT NULL,
	due_at     BIGINT NOT NULL,
	strikes    INT NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (actor_id),
	KEY departures_due (due_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
ALTER TABLE remote_actors
	ADD COLUMN shared_gone_at BIGINT NOT NULL DEFAULT 0,
	ADD KEY remote_actors_inbox (inbox(191)),
	ADD KEY remote_actors_shared (shared_inbox(191)),
	ADD KEY remote_actors_shared_gone (shared_gone_at);
ALTER TABLE hosts
	ADD COLUMN held_until BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN doomed_at  BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN purged_at  BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN purged     INT NOT NULL DEFAULT 0;
ALTER TABLE deliveries
	ADD COLUMN joined INT NOT NULL DEFAULT 0,
	ADD COLUMN unsure INT NOT NULL DEFAULT 0,
	DROP KEY deliveries_host,
	ADD KEY deliveries_host (host, state, activity_id);
UPDATE deliveries SET unsure = 1 WHERE state = 'pending' AND (attempts > 0 OR lease_until > 0);
ALTER TABLE activities
	ADD COLUMN enqueued    INT NOT NULL DEFAULT 0,
	ADD COLUMN joined_body MEDIUMBLOB NULL,
	ADD KEY activities_object (object_hash, id);
UPDATE activities SET enqueued = folded + (SELECT COUNT(*) FROM deliveries WHERE deliveries.activity_id = activities.id);

-- +goose Down
ALTER TABLE activities
	DROP KEY activities_object,
	DROP COLUMN joined_body,
	DROP COLUMN enqueued;
ALTER TABLE deliveries
	DROP KEY deliveries_host,
	ADD KEY deliveries_host (host, state),
	DROP COLUMN unsure,
	DROP COLUMN joined;
ALTER TABLE hosts
	DROP COLUMN purged,
	DROP COLUMN purged_at,
	DROP COLUMN doomed_at,
	DROP COLUMN held_until;
ALTER TABLE remote_actors
	DROP KEY remote_actors_shared_gone,
	DROP KEY remote_actors_shared,
	DROP KEY remote_actors_inbox,
	DROP COLUMN shared_gone_at;
DROP TABLE departures;
