-- The life of a post beside its text. generation grows when a deleted post comes back; held_at is set while the guard keeps it from the world,
-- with the rule (held_by), the reason and the post it looks like; removed_by says whether its page was gone or its owner wanted it; absent_since is when it was
-- last missing from the feed (0 while it is listed), absent_polls how many good polls since then should have had it. attachments: enclosures,
-- as JSON. Written by package feeds.

-- +goose Up
ALTER TABLE posts ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE posts ADD COLUMN held_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE posts ADD COLUMN held_by TEXT NOT NULL DEFAULT '';
ALTER TABLE posts ADD COLUMN held_why TEXT NOT NULL DEFAULT '';
ALTER TABLE posts ADD COLUMN held_like TEXT NOT NULL DEFAULT '';
ALTER TABLE posts ADD COLUMN removed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE posts ADD COLUMN pinned_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE posts ADD COLUMN absent_since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE posts ADD COLUMN absent_polls INTEGER NOT NULL DEFAULT 0;
ALTER TABLE posts ADD COLUMN attachments TEXT NULL;
CREATE INDEX posts_listed ON posts (blog_id, absent_since);
CREATE INDEX posts_held ON posts (held_at);
CREATE INDEX posts_pinned ON posts (blog_id, pinned_at);

-- +goose Down
DROP INDEX posts_listed;
DROP INDEX posts_held;
DROP INDEX posts_pinned;
ALTER TABLE posts DROP COLUMN generation;
ALTER TABLE posts DROP COLUMN held_at;
ALTER TABLE posts DROP COLUMN held_by;
ALTER TABLE posts DROP COLUMN held_why;
ALTER TABLE posts DROP COLUMN held_like;
ALTER TABLE posts DROP COLUMN removed_by;
ALTER TABLE posts DROP COLUMN pinned_at;
ALTER TABLE posts DROP COLUMN absent_since;
ALTER TABLE posts DROP COLUMN absent_polls;
ALTER TABLE posts DROP COLUMN attachments;
