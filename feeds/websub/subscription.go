package websub

import (
	"strconv"
	"time"

	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
)

// The states of a subscription.
const (
	Wanted  = "wanted"  // it is asked for, or will be
	Active  = "active"  // the hub has confirmed it
	Leaving = "leaving" // the feed names another hub; this one is told
	Denied  = "denied"  // the hub said no
	Failed  = "failed"  // it did not work for a week
)

// Subscription is what we have agreed, or try to agree, with a hub about one blog's feed.
type Subscription struct {
	ID           database.ID
	BlogID       database.ID
	Hub          parser.Hub
	Token        string // the last part of our callback's address
	Secret       string // signs what the hub sends
	State        string
	NextAt       time.Time // when the hub is asked again; zero when it is not
	LeaseUntil   time.Time // a process is asking until then
	Failures     int       // requests since the hub last confirmed anything
	FailingSince time.Time
	LastError    string
	VerifiedAt   time.Time // when the hub last asked whether we mean it
	ExpiresAt    time.Time // when the hub forgets us
	PushedAt     time.Time // when it last told of news
	CreatedAt    time.Time
}

const (
	wantedLease = 10 * 24 * time.Hour // what we ask for
	minLease    = time.Hour           // a hub that grants less is asked again no sooner
	maxLease    = 30 * 24 * time.Hour
	giveUpAfter = 7 * 24 * time.Hour
	firstRetry  = time.Minute
	lastRetry   = 6 * time.Hour
	confirmWait = 15 * time.Minute // for a hub that has accepted; most confirm within seconds
)

// grantedLease reads hub.lease_seconds, which a hub must send and some do not: then it is what we
// asked for.
func grantedLease(text string) time.Duration {
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return wantedLease
	}
	return time.Duration(min(max(seconds, int64(minLease/time.Second)), int64(maxLease/time.Second))) * time.Second
}

// renewAfter is when a lease is renewed: at four fifths, give or take a twentieth, so that what
// began together does not stay together. jitter is from 0 to 1.
func renewAfter(lease time.Duration, jitter float64) time.Duration {
	return time.Duration((0.8 + (jitter-0.5)*0.1) * float64(lease))
}

// retryAfter is the wait after so many requests without a confirmation. jitter, from 0 to 1,
// spreads the subscriptions of one hub.
func retryAfter(failures int, jitter float64) time.Duration {
	wait := firstRetry
	for range failures - 1 {
		if wait *= 2; wait >= lastRetry {
			wait = lastRetry
			break
		}
	}
	return time.Duration((0.9 + 0.2*jitter) * float64(wait))
}

// asked is the subscription after a request: one failure more until the hub confirms it, and
// another request later.
func (s Subscription) asked(now time.Time, err error, jitter float64) Subscription {
	s.Failures++
	if s.FailingSince.IsZero() {
		s.FailingSince = now
	}
	wait := retryAfter(s.Failures, jitter)
	s.LastError = ""
	if err != nil {
		s.LastError = short(err.Error())
	} else {
		wait = max(wait, confirmWait)
	}
	s.NextAt = now.Add(wait)
	return s
}

// confirmed is the subscription after the hub asked whether we mean it and heard yes.
func (s Subscription) confirmed(now time.Time, lease time.Duration, jitter float64) Subscription {
	s.State, s.VerifiedAt, s.ExpiresAt, s.NextAt = Active, now, now.Add(lease), now.Add(renewAfter(lease, jitter))
	s.Failures, s.FailingSince, s.LastError = 0, time.Time{}, ""
	return s
}

// hopeless says that it is time to stop.
func (s Subscription) hopeless(now time.Time) bool {
	return !s.FailingSince.IsZero() && now.Sub(s.FailingSince) > giveUpAfter
}

// again is a subscription that its feed names once more.
func (s Subscription) again(now time.Time) Subscription {
	if s.State == Wanted || s.State == Active {
		return s
	}
	s.State, s.NextAt, s.Failures, s.FailingSince, s.LastError = Wanted, now, 0, time.Time{}, ""
	return s
}
