package feeds

import (
	"context"
	"net/http"
	"time"

	"github.com/bloghorn/bloghorn/feeds/fetch"
)

// Some servers and caches answer 304 to whatever is asked. A feed is therefore asked for without conditions once a day. If it has news
// then of which its server, asked again with the old conditions, knows nothing, it is asked without any for a month.

const (
	checkEvery = 24 * time.Hour
	deafFor    = 30 * 24 * time.Hour
)

// conditions are what the server is asked with, and whether that is less than what is known because it is time to check.
func (p Poll) conditions(now time.Time) (with fetch.Validators, checks bool) {
	with = fetch.Validators{ETag: p.ETag, LastModified: p.LastModified, Body: p.BodyHash}
	if !isPossible(p.LastModified, now) {
		with.LastModified = ""
	}
	if p.ETag == `""` || p.ETag == `W/""` {
		with.ETag = ""
	}
	checks = now.Sub(p.ReadAt) >= checkEvery && with.IsConditional()
	if checks || p.IsDeaf(now) {
		return fetch.Validators{Body: p.BodyHash}, checks
	}
	return with, false
}

// isPossible says that a file can have been changed then. The first day of 1970 and times to come are what broken clocks and broken
// programs write.
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

// isDeaf asks again as it was asked before the news came, and reports whether the answer is that there are none.
func (p *Poller) isDeaf(ctx context.Context, b Blog, poll Poll) bool {
	poll.ReadAt = p.Now()
	with, _ := poll.conditions(poll.ReadAt)
	if !with.IsConditional() {
		return false
	}
	a, err := fetch.Feed(ctx, p.Client, b.FeedURL, with)
	if err != nil || !a.NotModified {
		return false
	}
	p.Log.Warn("the feed's server answers 304 to anything", "component", "feeds", "blog", b.Acct(), "feed", fetch.Brief(b.FeedURL))
	return true
}
