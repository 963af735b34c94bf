package replies

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/server/database"
)

// What an author's profile says may have changed, and their server tells nobody but their followers, of which the blog is none. So nothing
// is withheld for a wish that is older than a minute; and those of whom something is withheld are asked again, each hour while it is
// new and each day later.
const (
	wishesBelieved = time.Minute
	wishesAfter    = time.Hour
	wishesLater    = 24 * time.Hour
	newFor         = 48 * time.Hour
	wishesEvery    = 10 * time.Minute // how often the loop looks who is to be asked
)

// openNow is openStatus for words that come in (askFirst).
func openNow(ctx context.Context, q database.Querier, a *inbound, r Reply) (string, error) {
	status, author, err := openStatus(ctx, q, r)
	if err == nil {
		err = a.askFirst(status, author)
	}
	return status, err
}

// askFirst is a missing where words that come in would be withheld for a wish of their author that is not new.
func (a *inbound) askFirst(status string, author publisher.RemoteActor) error {
	wished := author.Preferences.HidesUnlisted || author.Preferences.HidesPublic
	if status == Withheld && wished && !a.asked && a.at.Sub(author.FetchedAt) >= wishesBelieved {
		return &missing{wantWishes, author.URI}
	}
	return nil
}

// askPreferences asks an author again, if that is quick. Where it is not, what is known counts, and the loop asks.
func (in *Inbox) askPreferences(ctx context.Context, a *inbound, author string) {
	a.asked = true
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(in.MeetTimeout, time.Second))
	defer cancel()
	if _, err := in.Remotes.Refresh(ctx, author); err != nil && in.old.put(author) {
		in.Wake()
	}
}

// askWithheld has the loop ask those of whom something is withheld. after is where the last look ended.
func (in *Inbox) askWithheld(ctx context.Context, after database.ID) (database.ID, error) {
	list, err := withheldFor(ctx, in.DB, after, in.Now())
	if err != nil {
		return after, fmt.Errorf("list whose replies are withheld: %w", err)
	}
	for _, w := range list {
		if !in.old.put(w.author) {
			return after, nil
		}
		after = w.reply
	}
	if len(list) < authoredPage {
		after = 0
	}
	return after, nil
}

// KeptBack says why a reply that is Withheld is not shown, in words for the owner. That is read, not stored: it may change at any time.
func (l Listed) KeptBack() string {
	if l.Status != Withheld {
		return ""
	}
	if l.AuthorID == ofTheBlog {
		return "what it answers is withheld"
	}
	return keptBack(l.Visibility, l.Author.Preferences, l.settings)
}

// showAnswers shows what the blog answered to a reply while it was withheld, now that it is to be shown, and what it answered to that;
// tells everybody what only the author had; and notes what that changes.
func showAnswers(ctx context.Context, q database.Querier, r authored, to string, c changes, now time.Time) error {
	if to != Shown {
		return nil
	}
	for {
		answers, err := withheldAnswersTo(ctx, q, r.postID, r.id, authoredPage)
		if err != nil {
			return fmt.Errorf("list the answers to a reply: %w", err)
		}
		for _, id := range answers {
			if err := showWithheld(ctx, q, id); err != nil {
				return err
			}
			c.add(r.postID, Counts{Replies: 1})
			if err := publishAnswer(ctx, q, id, now); err != nil {
				return err
			}
			if err := showAnswers(ctx, q, authored{id: id, postID: r.postID}, to, c, now); err != nil {
				return err
			}
		}
		if len(answers) < authoredPage {
			return nil
		}
	}
}

// publishAnswer tells everybody what the blog answered, unless they were told before.
func publishAnswer(ctx context.Context, q database.Querier, id database.ID, now time.Time) error {
	stored, r, err := wholeReply(ctx, q, id)
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	b, err := feeds.BlogByID(ctx, q, stored.BlogID)
	if err != nil {
		return fmt.Errorf("read the blog: %w", err)
	}
	note, err := noteOf(ctx, q, b, r)
	if err != nil {
		return err
	}
	return publisher.PublishNote(ctx, q, b, note, now)
}

// readSettings gives those of a list what their blogs have set for which KeptBack asks.
func readSettings(ctx context.Context, q database.Querier, list []Listed) (err error) {
	blogs := blogSettings{}
	for i, l := range list {
		if l.Status != Withheld || l.AuthorID == ofTheBlog {
			continue
		}
		if list[i].settings, err = blogs.of(ctx, q, l.BlogID); err != nil {
			return err
		}
	}
	return nil
}
