package feeds

import (
	"context"
	"net/http"
	"time"

	"github.com/bloghorn/bloghorn/feeds/contenthash"
	"github.com/bloghorn/bloghorn/feeds/fetch"
)

// Some servers and caches answer 304 to whatever is asked. A feed is therefore asked for without
// conditions once a day. If it has news then of which its server, asked again with the old
// conditions, knows nothing, it is asked without any for a month.

const (
	checkEvery = 24 * time.Hour
	deafFor    = 30 * 24 * time.Hour
)

// validators are what a server can tell by that nothing has changed, without those that say
// nothing.
func (p Poll) validators(now time.Time) fetch.Validators {
	with := fetch.Validators{ETag: p.ETag, LastModified: p.LastModified, Body: p.BodyHash}
	if !isPossible(p.LastModified, now) {
		with.LastModified = ""
	}
	if p.ETag == `""` || p.ETag == `W/""` {
		with.ETag = ""
	}
	return with
}

// conditions are what the server is asked with, and whether that is less than what is known because
// it is time to check. There are none where the whole feed is wanted, or where all posts are to be
// hashed anew: now, so that they are ready when the next edit comes.
func (p Poll) conditions(now time.Time, whole bool) (with fetch.Validators, checks bool) {
	with = p.validators(now)
	checks = now.Sub(p.ReadAt) >= checkEvery && with.IsConditional()
	switch {
	case whole || !p.Imported || p.HashVersion != contenthash.Version:
		return fetch.Validators{}, checks
	case checks || p.IsDeaf(now):
		return fetch.Validators{Body: p.BodyHash}, checks
	}
	return with, false
}

// isPossible says that a file can have been changed then. The first day of 1970 and times to come
// are what broken clocks and broken programs write.
func isPossible(lastModified string, now time.Time) bool {
	at, err := http.ParseTime(lastModified)
	return err == nil && at.Year() >= 1990 && at.Before(now.Add(checkEvery))
}

// IsDeaf says that the feed's server was caught saying that nothing had changed when something had.
func (p Poll) IsDeaf(now time.Time) bool { return !p.DeafAt.IsZero() && now.Sub(p.DeafAt) < deafFor }

// DeafWords tells the owner of it; "" where there is nothing to tell.
func (p Poll) DeafWords(now time.Time) string {
	if !p.IsDeaf(now) {
		return ""
	}
	return "Its server answered that nothing had changed (304) when it had. Posts would come late or never, so Bloghorn asks for the whole " +
		"feed each time until " + p.DeafAt.Add(deafFor).UTC().Format(time.DateOnly) + ". Look at the ETag and Last-Modified of the feed, and at " +
		"the cache before it."
}

// noteDeaf asks again as it was asked before the news of the plan came, and notes a server that
// says there are none.
func (p *Poller) noteDeaf(ctx context.Context, pl *plan) {
	with := pl.poll.validators(p.Now())
	if !pl.checks || !visible(pl.changes) || pl.poll.IsDeaf(p.Now()) || !with.IsConditional() {
		return
	}
	if a, err := fetch.Feed(ctx, p.Client, pl.blog.FeedURL, with); err == nil && a.NotModified {
		pl.poll.DeafAt = p.Now()
		p.Log.Warn("the feed's server answers 304 to anything", "component", "feeds", "blog", pl.blog.Acct(), "feed", fetch.Brief(pl.blog.FeedURL))
	}
}
