package safehttp_test

import (
	"net"
	"net/netip"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/bloghorn/bloghorn/server/safehttp/dnstest"
)

// resolve makes a resolver that answers every name: the n-th question for IPv4 addresses with the n-th list, later ones with the last.
func resolve(t *testing.T, lists ...[]string) *net.Resolver {
	t.Helper()
	var asked atomic.Int64
	return dnstest.Resolver(func(q dnsmessage.Question) (found []netip.Addr) {
		if q.Type != dnsmessage.TypeA {
			return nil
		}
		for _, text := range lists[min(int(asked.Add(1)), len(lists))-1] {
			found = append(found, netip.MustParseAddr(text))
		}
		return found
	})
}
