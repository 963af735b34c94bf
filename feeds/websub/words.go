package websub

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
)

// Words says to the owner of a blog who tells of its news before the next poll.
func Words(ctx context.Context, q database.Querier, p feeds.Poll, now time.Time) (string, error) {
	if p.Hub == (parser.Hub{}) {
		return "none named by the feed; polling and hooks find new posts", nil
	}
	all, err := Of(ctx, q, p.BlogID)
	if err != nil {
		return "", err
	}
	for _, s := range all {
		if s.Hub == p.Hub {
			return p.Hub.URL + ": " + s.words(now), nil
		}
	}
	return p.Hub.URL + ": will be asked soon", nil
}

func (s Subscription) words(now time.Time) string {
	said := ""
	switch {
	case s.State == Active && s.ExpiresAt.After(now):
		said = "subscribed until " + feeds.Moment(s.ExpiresAt, now)
	case s.State == Denied, s.State == Failed:
		said = "not subscribed, and not asked again until the feed names another hub"
	case s.Failures > 0:
		said = "asked, not confirmed yet; asked again " + feeds.Moment(s.NextAt, now)
	default:
		said = "not subscribed yet"
	}
	if s.LastError != "" {
		said += " (" + s.LastError + ")"
	}
	if !s.PushedAt.IsZero() {
		said += "; last push " + feeds.Moment(s.PushedAt, now)
	}
	return said
}
