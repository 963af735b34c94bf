package replies

import (
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// What nobody shows costs room that strangers would otherwise fill for ever. So what waits for a moderator is bounded, and the text of what
// is hidden, or waited too long, goes after a time. Its row stays: it keeps the id from coming back, and says what was decided.

// letGoAt is when the text of a reply goes that has this status from now on; never for what is shown, and for the blog's own words.
func letGoAt(author database.ID, status string, now time.Time) time.Time {
	switch {
	case author == ofTheBlog:
	case status == Pending:
		return now.Add(bounds.HeldFor)
	case status == Hidden || status == Spam:
		return now.Add(bounds.HiddenFor)
	}
	return time.Time{}
}

// size is how many bytes of a row its author has chosen.
func (r reply) size() int {
	return len(r.HTML.String()) + len(r.CW) + len(encodeAttachments(r.Attachments)) + len(encodeTags(r.Tags)) + len(r.URL)
}

// refuseFlood keeps strangers from filling the moderators' queue, and the disk: one person, one site, and all of them. more is how many
// replies would be added to what waits, or is hidden as r is, and bytes how much text. Their servers may come again when a moderator has
// decided about some. The last quarter of the blog's room is for sites that have little there, and some more of a site's for those of it
// whom we know. The error is errCrowded where it is the blog's room that is short.
func (in *Inbox) refuseFlood(ctx context.Context, q database.Querier, r reply, author string, more, bytes int) error {
	site := activitypub.Site(author)
	little := true // is what the site has there
	for _, b := range []struct {
		whose          string
		site           string
		author         database.ID
		number, volume int
	}{
		{"your replies", site, r.AuthorID, bounds.HeldPerPerson, bounds.HeldBytesPerPerson},
		{"replies from " + site, site, 0, bounds.HeldPerSite, bounds.HeldBytesPerSite},
		{"replies", "", 0, bounds.HeldPerBlog, bounds.HeldBytesPerBlog},
	} {
		held, size, err := sumHeld(ctx, q, r.BlogID, r.Status, b.site, b.author, b.number)
		if err != nil {
			return fmt.Errorf("count what is held: %w", err)
		}
		switch {
		case b.site != "": // the site comes after the person
			little = held < bounds.HeldLastPerSite && size < bounds.HeldLastBytesPerSite
		case !little:
			b.number, b.volume = b.number*3/4, b.volume*3/4
		}
		full := more > 0 && held >= b.number || bytes > 0 && size+bytes > b.volume
		switch {
		case full && b.site == "":
			return errCrowded
		case full:
			if b.author == 0 {
				if kept, err := in.isRoomKept(ctx, q, r, author, more, bytes); err != nil {
					return fmt.Errorf("look for room that is kept for them: %w", err)
				} else if kept {
					continue
				}
			}
			return fmt.Errorf("%w: %d of %s already wait for a moderator", web.ErrTooMany, held, b.whose)
		}
	}
	return nil
}

// letGo takes the text from up to limit replies whose time has come, and says how many it was. One that still waited is Expired from then
// on: nobody has decided about it, and there is nothing left to decide about. Readers see nothing of either.
func letGo(ctx context.Context, db *database.DB, now time.Time, limit int) (int64, error) {
	due, err := dueToLetGo(ctx, db, now, limit)
	for _, r := range due {
		if err == nil {
			err = dropText(ctx, db, r, now)
		}
	}
	return int64(len(due)), err
}
