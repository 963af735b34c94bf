package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
)

// maxForwarded bounds what is read of a forwarding header: hops of X-Forwarded-For, names in
// X-Forwarded-Host.
const maxForwarded = 16

// Proxies are the web servers in front of this one. What they say about a request in X-Forwarded-*
// is believed; anybody else may write there what they like. X-Forwarded-For is believed from this
// computer in any case: without it, all the world is one network, and a process here that lies
// about it can do worse things.
type Proxies []netip.Prefix

// ParseProxies reads addresses and ranges: 127.0.0.1, 10.0.0.0/8, ::1.
func ParseProxies(list []string) (Proxies, error) {
	var proxies Proxies
	for _, entry := range list {
		prefix, err := netip.ParsePrefix(entry)
		if err != nil {
			addr, err := netip.ParseAddr(entry)
			if err != nil {
				return nil, fmt.Errorf("%q is neither an address (127.0.0.1) nor a range (10.0.0.0/8)", entry)
			}
			prefix = netip.PrefixFrom(addr, addr.BitLen())
		}
		proxies = append(proxies, prefix.Masked())
	}
	return proxies, nil
}

type forwardedKey struct{}

// forwarded is what is known about the other end of a request.
type forwarded struct {
	client netip.Addr
	hosts  []string
}

// Middleware finds out who asks and for which host, for Client and ForwardedHosts.
func (p Proxies) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f := p.read(r)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), forwardedKey{}, f)))
	})
}

func (p Proxies) read(r *http.Request) forwarded {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return forwarded{}
	}
	f := forwarded{client: peer.Addr().Unmap()}
	if !p.trustClient(f.client) {
		return f
	}
	if p.trust(f.client) {
		f.hosts = listed(r.Header.Values("X-Forwarded-Host"))
	}
	// Each proxy writes the address it was asked from at the end. So the client is the last one
	// that none of ours wrote about itself; what stands before it they may have written.
	for _, hop := range slices.Backward(listed(r.Header.Values("X-Forwarded-For"))) {
		addr, err := netip.ParseAddr(hop)
		if err != nil {
			break
		}
		if f.client = addr.Unmap(); !p.trustClient(f.client) {
			break
		}
	}
	return f
}

func (p Proxies) trust(addr netip.Addr) bool {
	return slices.ContainsFunc(p, func(prefix netip.Prefix) bool { return prefix.Contains(addr) })
}

// trustClient says whether what addr says about its client is believed.
func (p Proxies) trustClient(addr netip.Addr) bool { return addr.IsLoopback() || p.trust(addr) }

// WarnOfUnnamed logs once that a proxy on a private address passes requests on and is not believed.
func (p Proxies) WarnOfUnnamed(log *slog.Logger, next http.Handler) http.Handler {
	var once sync.Once
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Forwarded-For") != "" {
			peer, err := netip.ParseAddrPort(r.RemoteAddr)
			if addr := peer.Addr().Unmap(); err == nil && isInner(addr) && !p.trustClient(addr) {
				once.Do(func() {
					log.Warn("a proxy passes requests on and is not believed, so everybody counts as one network, and one who sends too much "+
						"can keep others waiting; name its address in trusted_proxies", "proxy", addr)
				})
			}
		}
		next.ServeHTTP(w, r)
	})
}

// isInner says whether addr stands for no network of its own.
func isInner(addr netip.Addr) bool { return !addr.IsGlobalUnicast() || addr.IsPrivate() }

// listed are the last entries of a list header (RFC 9110 §5.6.1).
func listed(values []string) []string {
	var entries []string
	for _, value := range values {
		for entry := range strings.SplitSeq(value, ",") {
			if entry = strings.TrimSpace(entry); entry != "" {
				entries = append(entries, entry)
			}
		}
	}
	return entries[max(0, len(entries)-maxForwarded):]
}

// ForwardedHosts are the hosts that a trusted proxy says were asked for, the first proxy's first.
// They are names, not facts: whoever uses one looks it up among those we have.
func ForwardedHosts(r *http.Request) []string {
	f, _ := r.Context().Value(forwardedKey{}).(forwarded)
	return f.hosts
}

// Client names the network that a request comes from, to count by: an address, or the first half of
// an IPv6 address, which is what one customer has. It is "" where that is not known: without
// Middleware, and for private addresses, which are those of a proxy that nobody told us about and
// stand for all the world.
func Client(r *http.Request) string {
	network, _ := ClientOf(r.Context())
	return network
}

// ClientOf is Client of the request that ctx belongs to; false where it belongs to none that came
// through Middleware, as what the program does by itself.
func ClientOf(ctx context.Context) (network string, came bool) {
	f, came := ctx.Value(forwardedKey{}).(forwarded)
	addr := f.client
	if isInner(addr) {
		return "", came
	}
	if addr.Is6() {
		return netip.PrefixFrom(addr.WithZone(""), 64).Masked().String(), true
	}
	return addr.String(), true
}
