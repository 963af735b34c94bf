package feeds

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/feeds/schedule"
)

const (
	goneWait    = 24 * time.Hour  // between the first 410 and the second, which ends it
	forcedEvery = 5 * time.Second // at most one poll in this time because somebody says that there is news
	secondPoll  = time.Minute     // after a poll that was asked for and found nothing: hubs are faster than the cache before a blog
	hubReaction = 10 * time.Minute
)

// gone is a poll that was answered 410, which says that this is meant to last (RFC 9110 §15.5.11).
// It is believed when it is said twice, a day apart: who refreshes by hand in between does not make
// it true.
func (p Poll) gone(now time.Time) Poll {
	if p.Gone == 0 || now.Sub(p.PolledAt) >= goneWait {
		p.Gone++
	}
	p.PolledAt, p.NextAt = now, now.Add(goneWait)
	if p.Gone > 1 {
		p.StoppedAt = now
		p.LastError = "E109 The feed is gone: its server answered 410 Gone twice, a day apart, so Bloghorn asks no more and no new post " +
			"appears. If the feed is back, start again with: bloghorn feed refresh NAME"
	}
	if !p.PushedAt.IsZero() {
		p.AnsweredAt = now
	}
	return p
}

// timing is what decides about the poll after this one.
func (p *Poller) timing(poll Poll, now time.Time, jitter float64) schedule.Timing {
	return schedule.Timing{
		Now: now, Interval: p.Interval, Failures: poll.Failures, Asked: max(poll.RetryAt.Sub(now), 0), Hints: poll.Wishes, Rhythm: poll.rhythm, Jitter: jitter,
		Pushed: !poll.rhythm.PushedAt.IsZero() && poll.rhythm.PushedAt.Add(hubReaction).After(poll.ChangedAt),
	}
}

// Why says why a blog's feed is polled next when it is, as a person reads it after "because".
func (p *Poller) Why(ctx context.Context, b Blog, poll Poll) (why string, err error) {
	switch {
	case !poll.StoppedAt.IsZero():
		return "it is gone", nil
	case poll.NextAt.Equal(poll.RetryAt):
		return schedule.WhyAsked, nil
	case !poll.PushedAt.IsZero():
		return "a hub, a hook or you asked for it", nil
	case poll.NextAt.After(poll.AnsweredAt) && !poll.NextAt.After(poll.AnsweredAt.Add(secondPoll)):
		return "the last look, which was asked for, found nothing yet", nil
	case poll.Gone > 0:
		return "its server says that it is gone, and is asked once more after a day", nil
	}
	if poll.rhythm, err = rhythmIn(ctx, p.DB, b, poll, p.Now()); err != nil {
		return "", err
	}
	poll.rhythm.ActiveAt = later(poll.rhythm.ActiveAt, poll.ChangedAt)
	_, why = p.timing(poll, poll.PolledAt, 0.5).Next()
	return why, nil
}

// forced is when a feed is polled after somebody said that there is news: at once, but not more
// often than it is good for a server, and less so for one in trouble, and not before the time that
// it has named.
func (p Poll) forced(now time.Time) time.Time {
	wait := forcedEvery
	if p.Failures > 0 {
		wait = secondPoll
	}
	return later(now, p.AnsweredAt.Add(wait), p.RetryAt)
}

// afterAsking is a poll that was asked for, if it was, with when it is done again: soon, unless it
// found what was announced or must wait.
func (p Poll) afterAsking(now time.Time, found bool) Poll {
	if p.PushedAt.IsZero() {
		return p
	}
	p.AnsweredAt = now
	if again := now.Add(secondPoll); !found && again.Before(p.NextAt) {
		p.NextAt = again
	}
	return p
}
