package moderation

import (
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// Dossier is all that is known of a reply but what the journal says of it.
type Dossier struct {
	Listed
	ApprovedAt time.Time  // by a moderator; zero for never
	LetGoAt    time.Time  // when its text goes; zero for never, and where it is gone
	Parent     *Listed    // what it answers, where that is a reply
	Decisions  []Decision // about it, its author and their server, newest first
}

// ReadDossier returns the Dossier of a reply; web.ErrNotFound where there is none with this id.
func ReadDossier(ctx context.Context, q database.Querier, id database.ID) (d Dossier, err error) {
	stored, err := replyThere(ctx, q, id)
	if err != nil {
		return d, err
	}
	if d.Listed, err = ListedByID(ctx, q, id); err != nil {
		return d, err
	}
	d.ApprovedAt, d.LetGoAt = stored.ApprovedAt, stored.LetGoAt
	if stored.ParentID != 0 {
		parent, err := ListedByID(ctx, q, stored.ParentID)
		if err != nil {
			return d, fmt.Errorf("read what it answers: %w", err)
		}
		d.Parent = &parent
	}
	about := []string{stored.ObjectURI}
	if stored.AuthorURI != "" {
		about = append(about, namesOf(stored.AuthorURI)...)
	}
	if d.Decisions, err = decisionsAbout(ctx, q, about, MaxList); err != nil {
		return d, fmt.Errorf("list the decisions: %w", err)
	}
	return d, nil
}
