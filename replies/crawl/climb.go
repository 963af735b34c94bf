package crawl

import (
	"fmt"
	"strings"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// Whoever answers something unknown has us ask for it, and for what lies above it: a thread that
// has nothing to do with us may be long, and on the server of somebody else.

var (
	errLedNowhere = fmt.Errorf("%w: a moment ago it led to nothing of ours", thread.ErrNowhere)
	errManyAsked  = fmt.Errorf("%w: your site has had too much asked for lately", web.ErrTooMany)
)

// mayClimb counts one more question on the way up, the first of which was counted when the activity
// came (ForwardLimit). The error is errManyAsked, which is no error for long, or errTooFar.
func (j *fetchBudget) mayClimb(address string, above int, asked map[string]int) error {
	site := activitypub.Site(address)
	if asked[site]++; site != strings.TrimPrefix(j.by, "crawl ") && asked[site] > bounds.ClimbElsewhere {
		return errTooFar
	}
	if above > 0 && !j.in.ForwardLimit.TakeAsStranger(j.by) {
		return errManyAsked
	}
	return nil
}

// leadsNowhere has no room for addresses from which we climbed in vain lately.
func (w *Worker) leadsNowhere() *web.Limiter {
	w.once.Do(func() { w.nowhere = &web.Limiter{Rate: bounds.ClimbsInVain, Now: w.Now} })
	return w.nowhere
}

// addressKey is short, however long the address is.
func addressKey(address string) string {
	key := database.Hash(address)
	return string(key[:])
}
