package feeds

import (
	"context"
	"time"
)

// gone is a poll that was answered 410, which says that this is meant to last (RFC 9110 §15.5.11). It is believed when it is said twice, a
// day apart: who refreshes by hand in between does not make it true.
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
func (p *Poller) timing(poll Poll, now time.Time, jitter float64) timing {
	return timing{
		now: now, interval: p.Interval, failures: poll.Failures, asked: max(poll.RetryAt.Sub(now), 0), wishes: poll.Wishes, rhythm: poll.rhythm, jitter: jitter,
		pushed: !poll.rhythm.pushedAt.IsZero() && poll.rhythm.pushedAt.Add(hubReaction).After(poll.ChangedAt),
	}
}

// Why says why a blog's feed is polled next when it is, as a person reads it after "because".
func (p *Poller) Why(ctx context.Context, b Blog, poll Poll) (why string, err error) {
	switch {
	case !poll.StoppedAt.IsZero():
		return "it is gone", nil
	case poll.NextAt.Equal(poll.RetryAt):
		return whyAsked, nil
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
	poll.rhythm.activeAt = later(poll.rhythm.activeAt, poll.ChangedAt)
	_, why = p.timing(poll, poll.PolledAt, 0.5).next()
	return why, nil
}
