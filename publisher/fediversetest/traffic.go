package fediversetest

import "net/http"

// traffic is what one host was asked.
type traffic struct {
	paths    map[string]int
	inFlight int
	most     int
}

// Count is how many requests came for a path of a host, of any method and whatever became of them.
// An empty path counts them all.
func (f *Fediverse) Count(host, path string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	sum := 0
	if seen := f.traffic[host]; seen != nil {
		for at, n := range seen.paths {
			if path == "" || path == at {
				sum += n
			}
		}
	}
	return sum
}

// MostAtOnce is how many requests a host had at the same time, at its busiest.
func (f *Fediverse) MostAtOnce(host string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if seen := f.traffic[host]; seen != nil {
		return seen.most
	}
	return 0
}

// count notes the beginning of a request and returns what notes its end.
func (f *Fediverse) count(r *http.Request) func() {
	f.mu.Lock()
	defer f.mu.Unlock()
	seen := f.traffic[r.URL.Host]
	if seen == nil {
		seen = &traffic{paths: map[string]int{}}
		f.traffic[r.URL.Host] = seen
	}
	seen.paths[r.URL.Path]++
	seen.inFlight++
	seen.most = max(seen.most, seen.inFlight)
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		seen.inFlight--
	}
}
