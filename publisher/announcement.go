package publisher

import (
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
)

// Announcement is what the world has been told of a post. The zero value is nothing.
type Announcement struct {
	PostID      string
	BlogID      database.ID
	ContentHash database.Digest // of the post as last told
	HashVersion int
	Revision    int       // how many Updates were sent
	CreatedAt   time.Time // of the Create
	UpdatedAt   time.Time // the "updated" of the last Update; zero before the first
	ToldAt      time.Time // when the last of these activities was made
	DeletedAt   time.Time // of the Delete; zero while there was none
	Community   string    // id of the group that the post went into; "" for none
}

// AnnouncementOf is what the world has been told of a post; the zero value where that is nothing.
func AnnouncementOf(ctx context.Context, q database.Querier, postID string) (Announcement, error) {
	told, err := announcementOf(ctx, q, postID)
	if err != nil {
		return told, fmt.Errorf("read what was announced of post %s: %w", postID, err)
	}
	return told, nil
}

// step is what to do so that the world agrees with a post.
type step string

const (
	stepNone   step = ""
	stepCreate step = "Create"
	stepUpdate step = "Update"
	stepDelete step = "Delete"
	stepWait   step = "wait" // an Update that comes too soon after the last
)

// next compares a post with what was told. It is all there is to know about when something is sent:
// new posts, edits, removals, a restart in the middle and a second process are the same question.
func next(p feeds.Post, told Announcement, updateInterval time.Duration, now time.Time) step {
	switch {
	case !told.DeletedAt.IsZero():
		return stepNone
	case told.CreatedAt.IsZero() && (!p.Announce || !p.RemovedAt.IsZero()):
		return stepNone
	case told.CreatedAt.IsZero():
		return stepCreate
	case !p.RemovedAt.IsZero():
		return stepDelete
	case told.knows(p):
		return stepNone
	case told.Revision > 0 && now.Before(told.ToldAt.Add(updateInterval)) && !told.ToldAt.After(now): // it is later where the clock was ahead
		return stepWait
	}
	return stepUpdate
}

// knows says that the post was told as it is now. Hashes of two versions cannot be compared; there
// the edit that was noticed counts.
func (a Announcement) knows(p feeds.Post) bool {
	if a.HashVersion == p.HashVersion {
		return a.ContentHash == p.ContentHash
	}
	return !p.EditedAt.After(a.ToldAt)
}

// updatedAt is when a post was last edited, as the world may know it; zero before the first edit.
// It only grows, by a second at least, since other servers drop an Update that is not newer and
// read no fractions. An edit before the Create is part of it.
func updatedAt(p feeds.Post, told Announcement) time.Time {
	switch {
	case told.CreatedAt.IsZero() && p.Announce:
		return time.Time{}
	case told.CreatedAt.IsZero():
		return p.EditedAt // history, which others may have come for by themselves
	case told.knows(p):
		return told.UpdatedAt
	}
	at := p.EditedAt.Truncate(time.Second)
	if soonest := told.UpdatedAt.Add(time.Second); !told.UpdatedAt.IsZero() && at.Before(soonest) {
		return soonest
	}
	return at
}

// after is what the world has been told once the step is taken.
func (a Announcement) after(do step, p feeds.Post, now time.Time) Announcement {
	is := a
	is.PostID, is.BlogID, is.ContentHash, is.HashVersion, is.ToldAt = p.ID, p.BlogID, p.ContentHash, p.HashVersion, now
	switch do {
	case stepCreate:
		is.CreatedAt = now
	case stepUpdate:
		is.Revision++
		is.UpdatedAt = updatedAt(p, a)
	case stepDelete:
		is.DeletedAt = now
	}
	return is
}
