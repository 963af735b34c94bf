package followers

import (
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// Whoever follows, or asks to quote, gets an answer at the inbox that their own document names, and
// may name anybody's. So it is bounded how many of them we send. A server that is told so asks
// again, and gets its answer then.

// MaxEchoed is how long an id may be that we send back, in bytes. The longest that servers make
// have a third of it.
const MaxEchoed = 500

// Answers bounds what is sent because somebody asked. A nil *Answers bounds nothing.
type Answers struct {
	// Acquainted says who has a part of the allowance of their site that strangers cannot use up.
	// Set it before the first is taken.
	Acquainted func(ctx context.Context, q database.Querier, person string) (web.Acquaintance, error)

	person               *web.Limiter
	site                 *web.Share
	elsewhere, strangers *web.Limiter
}

// NewAnswers has the bounds of package bounds.
func NewAnswers(now func() time.Time) *Answers {
	return &Answers{
		person:    &web.Limiter{Rate: bounds.AnswersPerPerson, Now: now},
		site:      web.NewShare(bounds.AnswersPerSite, now),
		elsewhere: &web.Limiter{Rate: bounds.AnswersElsewhere, Now: now},
		strangers: &web.Limiter{Rate: bounds.AnswersToStrangers, Now: now},
	}
}

// Take counts that somebody is to be answered by a blog; web.ErrTooMany where that would be too
// often.
func (a *Answers) Take(ctx context.Context, q database.Querier, b feeds.Blog, to remote.Actor) error {
	if a == nil {
		return nil
	}
	if !a.person.Take(b.ID.String() + " " + to.URI) {
		return fmt.Errorf("%w: you have asked too often lately; come again later", web.ErrTooMany)
	}
	site := activitypub.Site(to.URI)
	may, err := a.site.Take(site, activitypub.Host(to.URI), func() (web.Acquaintance, error) {
		if a.Acquainted == nil {
			return web.Stranger, nil
		}
		return a.Acquainted(ctx, q, to.URI)
	})
	switch {
	case err != nil:
		return err
	case !may:
		return fmt.Errorf("%w: too many from your site have asked lately; come again later", web.ErrTooMany)
	case !remote.IsElsewhere(to.URI, to.Inbox):
		return nil
	case !a.elsewhere.Take(site + " " + activitypub.Site(to.Inbox)):
		return fmt.Errorf("%w: too many from your site have named inboxes on that one; come again later", web.ErrTooMany)
	}
	host := activitypub.Host(to.Inbox)
	accepting, err := delivery.Accepting(ctx, q, []string{host})
	if err == nil && !accepting[host] && !a.strangers.Take(activitypub.Site(to.Inbox)) {
		err = fmt.Errorf("%w: your inbox has taken nothing from here yet, and many name its site; come again later", web.ErrTooMany)
	}
	return err
}
