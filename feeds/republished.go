package feeds

import (
	"context"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/bloghorn/bloghorn/feeds/match"
	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

// A post that was deleted and is in the feed again becomes a new one, since the world remembers a
// deleted id for ever; but only if its page is there as well, because caches bring old feeds back,
// and never if its owner had deleted it.

// isRepublished says that an item is a post that was deleted.
func isRepublished(it match.Item) bool { return it.Was != nil && it.Was.Removed && !it.Doubt }

// choose are the posts whose pages are asked now: at most maxOldPages, by chance, so that each has
// its turn, however many came back.
func (pl *plan) choose() map[int]bool {
	var back []int
	for i, it := range pl.m.Items {
		if isRepublished(it) && it.Was.RemovedBy != RemovedByOwner {
			back = append(back, i)
		}
	}
	if len(back) > match.MaxOldPages {
		rand.Shuffle(len(back), func(i, j int) { back[i], back[j] = back[j], back[i] })
		back, pl.isOpen = back[:match.MaxOldPages], true
	}
	chosen := map[int]bool{}
	for _, i := range back {
		chosen[i] = true
	}
	return chosen
}

// republish makes a new post of one whose page is there. Where the page does not say whether it is,
// it is asked again: a site that is restored has its feed back before its pages.
func (pl *plan) republish(ctx context.Context, it match.Item, i int) {
	if !pl.ask[i] {
		return
	}
	isThere, known := pl.p.isThere(ctx, it.Link)
	if pl.isOpen = pl.isOpen || !known; !isThere {
		return
	}
	pl.p.Log.Info("a deleted post is back and gets a new id", "component", "feeds", "blog", pl.blog.Acct(), "post", it.Was.ID)
	it.Was, it.Doubt = nil, false
	pl.addNew(it, i, 1)
}

// leadsTo asks where a page redirects to.
func (p *Poller) leadsTo(ctx context.Context, address string) string {
	res, err := p.probe(ctx, address)
	if err != nil || res.Status != http.StatusOK || pageurl.Normalise(res.URL.String()) == pageurl.Normalise(address) {
		return ""
	}
	return res.URL.String()
}

// isThere asks whether a page answers. It is not known where the server is in trouble, or wants to
// be left alone.
func (p *Poller) isThere(ctx context.Context, address string) (isThere, known bool) {
	res, err := p.probe(ctx, address)
	if err != nil || res.Status >= 500 || res.Status == http.StatusTooManyRequests {
		return false, false
	}
	return res.Status == http.StatusOK && pageurl.Normalise(res.URL.String()) == pageurl.Normalise(address), true
}

// probe asks for the beginning of a page. While it waits, another poll may parse.
func (p *Poller) probe(ctx context.Context, address string) (*safehttp.Response, error) {
	<-p.parsing
	defer func() { p.parsing <- struct{}{} }()
	return p.Client.Do(ctx, safehttp.Request{URL: address, MaxBytes: maxGlance, Truncate: true, Timeout: glanceFor})
}

const (
	maxGlance = 4 << 10 // bytes of a page of which only the status counts
	glanceFor = 5 * time.Second
)
