package inbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// refuseWords is refuseFlood for a new reply, however it ends.
func (in *Inbox) refuseWords(ctx context.Context, q database.Querier, a *Inbound, r thread.Row) error {
	if err := in.refuseFlood(ctx, q, r, a.Actor, 1, r.Size()); err != nil {
		if errors.Is(err, errCrowded) {
			in.warnCrowded()
		}
		return err
	}
	return a.pay("words", func() error {
		const much = "so much came from you or your server that a moderator has to look at; come again later"
		return in.take(ctx, q, in.NewWords, a.Actor, much)
	})
}

// errCrowded refuses a reply because so many wait on its blog, whoever wrote them.
var errCrowded = fmt.Errorf("%w: too many replies already wait for a moderator here", web.ErrTooMany)

// warnCrowded tells the owner, once an hour, that replies are refused: who is refused cannot tell
// them.
func (in *Inbox) warnCrowded() {
	now, last := database.Millis(in.Now()), in.warnedAt.Load()
	if now >= last && now < last+time.Hour.Milliseconds() || !in.warnedAt.CompareAndSwap(last, now) {
		return
	}
	in.Log.Warn("replies are refused because too many wait for you: bloghorn reply list says from where, " +
		"and bloghorn block add SERVER hides all of a server")
}

// Quota bounds something by the person who does it and by their site. One that is nil is no bound.
type Quota struct {
	Person *web.Limiter
	Site   *web.Share
}

// take counts that a person did it; web.ErrTooMany, in these words, where it was too often.
func (in *Inbox) take(ctx context.Context, q database.Querier, of Quota, person, words string) error {
	if !of.Person.Take(person) {
		return fmt.Errorf("%w: %s", web.ErrTooMany, words)
	}
	return in.takeOfSite(ctx, q, of.Site, person, words)
}

// takeOfSite counts it against the allowance of the person's site alone.
func (in *Inbox) takeOfSite(ctx context.Context, q database.Querier, of *web.Share, person, words string) error {
	may, err := of.Take(activitypub.Site(person), activitypub.Host(person), func() (web.Acquaintance, error) {
		return in.Acquainted.With(ctx, q, person)
	})
	if err == nil && !may {
		err = fmt.Errorf("%w: %s", web.ErrTooMany, words)
	}
	return err
}

// refuseFlood keeps strangers from filling the moderators' queue, and the disk: one person, one
// site, and all of them. more is how many replies would be added to what waits, or is hidden as r
// is, and bytes how much text. Their servers may come again when a moderator has decided about
// some. The last quarter of the blog's room is for sites that have little there, and some more of a
// site's for those of it whom we know. The error is errCrowded where it is the blog's room that is
// short.
func (in *Inbox) refuseFlood(ctx context.Context, q database.Querier, r thread.Row, author string, more, bytes int) error {
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

// refuseGrowth is refuseFlood for an edit that readers do not see.
func (in *Inbox) refuseGrowth(ctx context.Context, tx *database.Tx, a *Inbound, stored thread.Stored, r thread.Row) error {
	switch {
	case stored.Status == thread.Expired:
		return in.refuseWords(ctx, tx, a, r)
	case r.Status == thread.Held && stored.Status == thread.Held:
		return in.refuseFlood(ctx, tx, r, stored.AuthorURI, 0, r.Size()-stored.Size)
	case r.Status == thread.Held:
		return in.refuseFlood(ctx, tx, r, stored.AuthorURI, 0, r.Size())
	case r.Status == thread.Hidden && r.Size() > stored.Size:
		return in.refuseFlood(ctx, tx, r, stored.AuthorURI, 1, r.Size()-stored.Size)
	}
	return nil
}
