package inbox

import (
	"cmp"
	"context"
	"time"

	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/replies/thread"
)

// What an author's profile says may have changed, and their server tells nobody but their followers, of which the blog is none. So nothing
// is withheld for a wish that is older than a minute; and those of whom something is withheld are asked again, each hour while it is
// new and each day later.
const (
	wishesBelieved = time.Minute
	WishesAfter    = time.Hour
)

// askFirst is a missing where words that come in would be withheld for a wish of their author that is not new.
func (a *Inbound) askFirst(status string, author publisher.RemoteActor) error {
	wished := author.Preferences.HidesUnlisted || author.Preferences.HidesPublic
	if status == thread.Withheld && wished && !a.Asked && a.At.Sub(author.FetchedAt) >= wishesBelieved {
		return &Missing{WantWishes, author.URI}
	}
	return nil
}

// AskPreferences asks an author again, if that is quick. Where it is not, what is known counts, and the loop asks.
func (in *Inbox) AskPreferences(ctx context.Context, a *Inbound, author string) {
	a.Asked = true
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(in.MeetTimeout, time.Second))
	defer cancel()
	if _, err := in.Remotes.Refresh(ctx, author); err != nil && in.Stale.Put(author) {
		in.Wake()
	}
}
