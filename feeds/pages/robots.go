package pages

import (
	"context"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/feeds/webpage"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

const (
	robotsAgent   = "bloghorn"
	robotsFor     = 24 * time.Hour // RFC 9309 §2.4
	noRobotsFor   = time.Hour      // until a site is asked again that could not say
	maxRobots     = 500 << 10
	maxRobotSites = 256 // kept in memory; a hostile one takes 500 KiB
	robotsTimeout = 5 * time.Second
)

// robots knows what sites ask of robots. Feeds are not asked for by it: whoever adds a blog wants
// its feed read. Pages are.
type robots struct {
	client *safehttp.Client
	now    func() time.Time

	mu    sync.Mutex
	sites map[string]robotsEntry
}

type robotsEntry struct {
	rules webpage.Robots
	until time.Time
}

// allow says whether a page may be asked for. Where the site cannot say, it may not, for an hour.
func (r *robots) allow(ctx context.Context, page string) bool {
	u, err := url.Parse(page)
	if err != nil {
		return false
	}
	site := (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}).String()
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	return r.of(ctx, site).Allow(path)
}

func (r *robots) of(ctx context.Context, site string) webpage.Robots {
	r.mu.Lock()
	known, ok := r.sites[site]
	r.mu.Unlock()
	if ok && r.now().Before(known.until) {
		return known.rules
	}
	rules, keep := r.ask(ctx, site)
	if ctx.Err() != nil {
		return webpage.NoRobots // it is the program that had no time
	}
	r.remember(site, robotsEntry{rules, r.now().Add(keep)})
	return rules
}

// ask: 4xx is a site without rules, anything but 2xx one that is in trouble (RFC 9309 §2.3.1.3 and
// 4). What is beyond 500 KiB is not read.
func (r *robots) ask(ctx context.Context, site string) (webpage.Robots, time.Duration) {
	res, err := r.client.Do(ctx, safehttp.Request{URL: site, MaxBytes: maxRobots, Truncate: true, Timeout: robotsTimeout})
	switch {
	case err != nil || res.Status == http.StatusTooManyRequests:
	case res.Status >= 200 && res.Status < 300:
		return webpage.ReadRobots(res.Body, robotsAgent), robotsFor
	case res.Status >= 400 && res.Status < 500:
		return webpage.Robots{}, robotsFor
	}
	return webpage.NoRobots, noRobotsFor
}

// remember forgets everything when there is too much: asking anew costs a request a site.
func (r *robots) remember(site string, e robotsEntry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sites == nil || len(r.sites) >= maxRobotSites {
		r.sites = map[string]robotsEntry{}
	}
	r.sites[site] = e
}
