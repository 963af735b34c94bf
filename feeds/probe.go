package feeds

import (
	"context"
	"net/http"
	"time"

	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

// leadsTo asks where a page redirects to.
func (p *Poller) leadsTo(ctx context.Context, address string) string {
	res, err := p.probe(ctx, address)
	if err != nil || res.Status != http.StatusOK || pageurl.Normalise(res.URL.String()) == pageurl.Normalise(address) {
		return ""
	}
	return res.URL.String()
}

// isThere asks whether a page answers. It is not known where the server is in trouble, or wants to be left alone.
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
