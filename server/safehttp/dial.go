package safehttp

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

const (
	connectTimeout = 5 * time.Second // one name's lookup and all attempts to connect
	tlsTimeout     = 5 * time.Second
	idleTimeout    = 90 * time.Second
	maxHeaderBytes = 64 << 10
	maxIdle        = 512 // connections, all hosts together
	maxIdlePerHost = 2   // as many as requests to one host at a time
	maxTLSSessions = 2048
)

// guard knows IANA's special-purpose registries and lets nothing through but global unicast.
// Azure's WireServer answers with a machine's secrets on an address that no registry lists.
var guard = ssrf.New(
	ssrf.WithAnyPort(),
	ssrf.WithDeniedV4Prefixes(netip.MustParsePrefix("168.63.129.16/32")),
)

// allowList holds host:port pairs in the spelling of HostPort.
type allowList map[string]bool

// newAllowList reads the operator's entries. What is not host:port matches no URL.
func newAllowList(entries []string) allowList {
	list := allowList{}
	for _, entry := range entries {
		host, port, err := net.SplitHostPort(entry)
		if err != nil || port == "" {
			continue
		}
		u, err := normalise(&url.URL{Host: net.JoinHostPort(host, port)})
		if err == nil {
			list[HostPort(u)] = true
		}
	}
	return list
}

func (a allowList) has(u *url.URL) bool {
	return a[HostPort(u)]
}

// dialer connects to public addresses, and to the listed host:port pairs wherever they are.
type dialer struct {
	allow  allowList
	public net.Dialer
	listed net.Dialer
}

func newDialer(allow allowList) *dialer {
	return &dialer{
		allow:  allow,
		public: net.Dialer{Timeout: connectTimeout, Control: publicOnly},
		listed: net.Dialer{Timeout: connectTimeout},
	}
}

// DialContext is called by the Transport with the URL's host and port, before any lookup.
func (d *dialer) DialContext(ctx context.Context, network, hostPort string) (net.Conn, error) {
	if d.allow[hostPort] {
		return d.listed.DialContext(ctx, network, hostPort)
	}
	return d.public.DialContext(ctx, network, hostPort)
}

// publicOnly runs between socket() and connect(), on the very address that is about to be
// connected.
func publicOnly(network, address string, c syscall.RawConn) error {
	if err := guard.Safe(network, address, c); err != nil {
		return ErrAddress
	}
	return nil
}

func newTransport(d *dialer) *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:                  nil, // whatever the environment says
		DialContext:            d.DialContext,
		Protocols:              protocols,
		TLSHandshakeTimeout:    tlsTimeout,
		TLSClientConfig:        &tls.Config{ClientSessionCache: tls.NewLRUClientSessionCache(maxTLSSessions)},
		MaxResponseHeaderBytes: maxHeaderBytes,
		DisableCompression:     true,
		MaxIdleConns:           maxIdle,
		MaxIdleConnsPerHost:    maxIdlePerHost,
		IdleConnTimeout:        idleTimeout,
	}
}
