package cli

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// weatherMoods are what engines, hosts and authors do to a feed. Most last a while; some happen once and stay.
var weatherMoods = []string{
	"guids change", "http", "slug edits", "order flips", "truncated", "emptied", "web page", "500", "503", "429", "slow", "template",
	"view counters", "nonces", "tracking", "stale cache", "deleted", "deleted, page stays", "comes back", "edits", "clock skew",
	"domain move", "redesign",
}

// changesAll are the moods that a reader may see in every post of the feed, and how many changes they are: a counter comes and goes, and is
// no news while it counts. A cache that shows an old version is believed each time, as is the new one after it.
var changesAll = map[string]int{"template": 1, "redesign": 1, "domain move": 1, "slug edits": 1, "view counters": 2, "nonces": 2, "stale cache": 8}

// begin lets a mood come over a site.
func (s *weatherSite) begin(mood string, now time.Time) {
	s.changes += changesAll[mood]
	s.mood, s.until = mood, now.Add(time.Duration(12+s.random.IntN(24))*time.Hour)
	switch mood {
	case "guids change":
		s.guids = fmt.Sprintf("tag:%s,2026:", s.host)
	case "http":
		s.scheme = "http://"
	case "template":
		s.footer = "<p>Thank you for reading, and write to me if you liked it.</p>"
	case "redesign":
		s.title += ", anew"
		s.footer = "<p>This blog has a new coat of paint and the same old author.</p>"
	case "slug edits":
		if p := s.some(); p != nil {
			old := p.slug
			p.slug += "-better"
			s.renamed[old] = p.slug
		}
	case "edits":
		for range 3 {
			if p := s.some(); p != nil {
				p.edit(now)
			}
		}
	case "domain move":
		s.host, s.moved = "new-"+s.host, true
	case "deleted", "deleted, page stays", "comes back":
		s.remove(mood, now)
	}
}

// some is a post of the feed that has newer and older ones around it.
func (s *weatherSite) some() *weatherPost {
	posts := slices.DeleteFunc(s.listed(), func(p *weatherPost) bool { return p.isHistory || p.servedAt.IsZero() })
	if len(posts) < 2 || s.window < 5 {
		return nil
	}
	return posts[s.random.IntN(len(posts)-1)]
}

func (s *weatherSite) remove(mood string, now time.Time) {
	p := s.some()
	if p == nil || now.Sub(p.servedAt) < 24*time.Hour {
		return
	}
	p.removed, p.removedAt = true, now
	if mood != "deleted, page stays" {
		p.page = http.StatusNotFound
	}
	if mood == "comes back" {
		p.backAt = now.Add(6 * 24 * time.Hour)
	}
}

// recall brings back what was deleted for a while.
func (s *weatherSite) recall(now time.Time) {
	for _, p := range s.posts {
		if !p.backAt.IsZero() && p.removed && now.After(p.backAt) {
			p.removed, p.page = false, http.StatusOK
		}
	}
}
