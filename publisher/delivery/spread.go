package delivery

import (
	"math/rand/v2"
	"time"
)

const (
	fewHosts  = 50   // so many may come at once
	manyHosts = 1000 // they get all of the time, fewer a part of it
)

// spread says how long after the first host each begins. A server that learns of a post asks for its page at once, to make a preview of the
// link; thousands that do so in one second have taken blogs down (Mastodon's issue 4486). So the window grows with the number of hosts, in
// steps of equal length and random order; one host begins at once, and all inboxes of a host together.
func spread(to []inbox, over time.Duration) map[string]time.Duration {
	if over <= 0 {
		return nil
	}
	seen := map[string]bool{}
	var hosts []string
	for _, one := range to {
		if !seen[one.host] {
			seen[one.host] = true
			hosts = append(hosts, one.host)
		}
	}
	if len(hosts) <= fewHosts {
		return nil
	}
	rand.Shuffle(len(hosts), func(i, j int) { hosts[i], hosts[j] = hosts[j], hosts[i] })
	step := over / time.Duration(max(len(hosts), manyHosts))
	starts := make(map[string]time.Duration, len(hosts))
	for i, host := range hosts {
		starts[host] = time.Duration(i) * step
	}
	return starts
}
