package safehttp

import (
	"errors"
	"net"
	"sync"
	"syscall"
)

var ErrWouldConnect = errors.New("test: the address was let through")

// DialLog collects the addresses that passed the check; none of them is really connected.
type DialLog struct {
	mu     sync.Mutex
	passed []string
}

func (l *DialLog) Passed() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.passed...)
}

// NewWatched is New with a resolver of the test's. Connections that the address check lets through are logged and stopped; those of
// Options.Allow are made.
func NewWatched(o Options, resolver *net.Resolver) (*Client, *DialLog) {
	log := &DialLog{}
	d := newDialer(newAllowList(o.Allow))
	d.listed.Resolver, d.public.Resolver = resolver, resolver
	check := d.public.Control
	d.public.Control = func(network, address string, c syscall.RawConn) error {
		if err := check(network, address, c); err != nil {
			return err
		}
		log.mu.Lock()
		defer log.mu.Unlock()
		log.passed = append(log.passed, address)
		return ErrWouldConnect
	}
	o.Transport = newTransport(d)
	return New(o), log
}
