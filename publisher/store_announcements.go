package publisher

import (
	"context"
	"errors"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

const selectAnnouncement = `
	SELECT post_id, blog_id, content_hash, hash_version, revision, created_at, updated_at, told_at, deleted_at, community
	FROM announcements`

func scanAnnouncement(row database.Scanner) (Announcement, error) {
	var a Announcement
	var created, updated, told, deleted int64
	err := row.Scan(&a.PostID, &a.BlogID, &a.ContentHash, &a.HashVersion, &a.Revision, &created, &updated, &told, &deleted, &a.Community)
	a.CreatedAt, a.UpdatedAt = database.Time(created), database.Time(updated)
	a.ToldAt, a.DeletedAt = database.Time(told), database.Time(deleted)
	return a, err
}

// announcementOf is the zero Announcement where nothing was told.
func announcementOf(ctx context.Context, q database.Querier, postID string) (Announcement, error) {
	a, err := scanAnnouncement(q.QueryRow(ctx, selectAnnouncement+`
	WHERE post_id = ?`, postID))
	if errors.Is(err, database.ErrNotFound) {
		return Announcement{}, nil
	}
	return a, err
}

// lastCreate is when the last post of a blog was announced; zero where none was.
func lastCreate(ctx context.Context, q database.Querier, blogID database.ID) (time.Time, error) {
	var at int64
	err := q.QueryRow(ctx, `
	SELECT COALESCE(MAX(created_at), 0)
	FROM announcements
	WHERE blog_id = ?`, blogID).Scan(&at)
	return database.Time(at), err
}

// announcementsOf takes at most inBatch ids, and at least one. Posts of which nothing was told are
// missing.
func announcementsOf(ctx context.Context, q database.Querier, postIDs []string) (map[string]Announcement, error) {
	args := make([]any, len(postIDs))
	for i, id := range postIDs {
		args[i] = id
	}
	list, err := database.Collect(scanAnnouncement)(q.Query(ctx, selectAnnouncement+`
	WHERE post_id IN (`+database.Marks(len(postIDs))+`)
	LIMIT ?`, append(args, len(postIDs))...))
	byPost := make(map[string]Announcement, len(list))
	for _, a := range list {
		byPost[a.PostID] = a
	}
	return byPost, err
}

// saveAnnouncement stores what the world has been told; false where another process has said it.
func saveAnnouncement(ctx context.Context, q database.Querier, was, is Announcement) (first bool, err error) {
	if !was.CreatedAt.IsZero() {
		return updateAnnouncement(ctx, q, was, is)
	}
	err = insertAnnouncement(ctx, q, is)
	if errors.Is(err, database.ErrDuplicate) {
		return false, nil
	}
	return err == nil, err
}

// insertAnnouncement is database.ErrDuplicate where the Create was told already.
func insertAnnouncement(ctx context.Context, q database.Querier, a Announcement) error {
	_, err := q.Exec(ctx, `
		INSERT INTO announcements (post_id, blog_id, content_hash, hash_version, revision, created_at, updated_at, told_at, deleted_at, community)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		a.PostID, a.BlogID, a.ContentHash, a.HashVersion, a.Revision,
		database.Millis(a.CreatedAt), database.Millis(a.UpdatedAt), database.Millis(a.ToldAt), database.Millis(a.DeletedAt), a.Community)
	return err
}

// updateAnnouncement changes the row only where it still is what was read, and says whether it was.
func updateAnnouncement(ctx context.Context, q database.Querier, was, is Announcement) (bool, error) {
	rows, err := q.Exec(ctx, `
		UPDATE announcements
		SET content_hash = ?, hash_version = ?, revision = ?, updated_at = ?, told_at = ?, deleted_at = ?
		WHERE post_id = ? AND revision = ? AND deleted_at = ?`,
		is.ContentHash, is.HashVersion, is.Revision, database.Millis(is.UpdatedAt), database.Millis(is.ToldAt), database.Millis(is.DeletedAt),
		was.PostID, was.Revision, database.Millis(was.DeletedAt))
	return rows > 0, err
}
