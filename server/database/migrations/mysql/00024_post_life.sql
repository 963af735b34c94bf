-- The life of a post beside its text. generation grows when a deleted post comes back; held_at is set while the guard keeps it from the world,
-- with the rule (held_by), the reason and the post it looks like; removed_by says whether its page was gone or its owner wanted it; absent_since is when it was
-- last missing from the feed (0 while it is listed), absent_polls how many good polls since then should have had it. attachments: enclosures,
-- as JSON. Written by package feeds.

-- +goose Up
ALTER TABLE posts
	ADD COLUMN generation    INT NOT NULL DEFAULT 0,
	ADD COLUMN held_at       BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN held_by       VARCHAR(10) NOT NULL DEFAULT '',
	ADD COLUMN held_why      VARCHAR(500) NOT NULL DEFAULT '',
	ADD COLUMN held_like     VARCHAR(26) NOT NULL DEFAULT '',
	ADD COLUMN removed_by    VARCHAR(10) NOT NULL DEFAULT '',
	ADD COLUMN pinned_at     BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN absent_since  BIGINT NOT NULL DEFAULT 0,
	ADD COLUMN absent_polls  INT NOT NULL DEFAULT 0,
	ADD COLUMN attachments   TEXT NULL,
	ADD KEY posts_listed (blog_id, absent_since),
	ADD KEY posts_held (held_at),
	ADD KEY posts_pinned (blog_id, pinned_at);

-- +goose Down
ALTER TABLE posts
	DROP KEY posts_listed,
	DROP KEY posts_held,
	DROP KEY posts_pinned,
	DROP COLUMN generation,
	DROP COLUMN held_at,
	DROP COLUMN held_by,
	DROP COLUMN held_why,
	DROP COLUMN held_like,
	DROP COLUMN removed_by,
	DROP COLUMN pinned_at,
	DROP COLUMN absent_since,
	DROP COLUMN absent_polls,
	DROP COLUMN attachments;
