package web

import (
	"time"

	"github.com/bloghorn/bloghorn/server/bounds"
)

// Acquaintance is how well we know somebody who asks for something.
type Acquaintance int

const (
	Stranger  Acquaintance = iota
	Neighbour              // others of their host were here before
	Approved               // a moderator approved something of theirs
)

// Share is an allowance that all hosts of a site have together: whoever has a domain has every name
// below it, so an allowance of each host would bound nobody. But a hosting service that is not on
// the public suffix list is one site as well, and one of its customers could use up what all have.
// So some more is kept for hosts that were known before, each with a part of it; half of that is
// for people whom a moderator approved. A nil Share is no bound.
//
//	├─────────── all of the site ───────────┤ then ├── known hosts ──┤ then ├── approved people ──┤
type Share struct {
	*Limiter          // by site, for everybody
	Kept     *Limiter // by site, when that is used up
	Hosts    *Limiter // by host, of Kept
}

// NewShare allows this rate for each site. What is kept is a quarter of it, for each host a part of
// that (bounds.HostsInSite).
func NewShare(r bounds.Rate, now func() time.Time) *Share {
	part := func(n int) *Limiter {
		return &Limiter{Rate: bounds.Rate{Burst: r.Burst / n, Every: r.Every * time.Duration(n)}, Now: now}
	}
	return &Share{Limiter: &Limiter{Rate: r, Now: now}, Kept: part(4), Hosts: part(bounds.HostsInSite)}
}

// Has says whether something may happen for somebody of this host and site now. who is asked only
// when the site has used up what is for everybody.
func (s *Share) Has(site, host string, who func() (Acquaintance, error)) (bool, error) {
	return s.may(site, host, who, (*Limiter).Has)
}

// Take counts that it happened, and says whether it might.
func (s *Share) Take(site, host string, who func() (Acquaintance, error)) (bool, error) {
	return s.may(site, host, who, (*Limiter).Take)
}

// TakeAsStranger is Take for whom nobody knows.
func (s *Share) TakeAsStranger(site string) bool { return s == nil || s.Limiter.Take(site) }

func (s *Share) may(site, host string, who func() (Acquaintance, error), count func(*Limiter, string) bool) (bool, error) {
	if s == nil || count(s.Limiter, site) {
		return true, nil
	}
	known, err := who()
	if err != nil || known == Stranger {
		return false, err
	}
	if known == Neighbour && (s.Kept.left(site) < float64(s.Kept.Burst)/2+1 || !count(s.Hosts, host)) {
		return false, nil
	}
	return count(s.Kept, site), nil
}
