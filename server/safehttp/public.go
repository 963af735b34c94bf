package safehttp

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// localNames are the last words of names that mean something else on each network, or nothing (RFC
// 6761, RFC 6762, ICANN's .internal, and what routers and offices have made up). Names in .test are
// not among them: on a test bench they stand for public ones.
var localNames = []string{
	"corp", "home", "internal", "intranet", "invalid", "lan", "local", "localdomain", "localhost", "private",
}

// MayBePublic reports whether u leads everybody to the same host, as far as its spelling tells: DNS
// is not asked. It is for addresses that are shown to people, whose browsers would go there from
// inside their own network; what we ask ourselves is checked at dial.
func MayBePublic(u *url.URL) bool {
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if addr, err := netip.ParseAddr(host); err == nil {
		network := "tcp4"
		if addr.Is6() {
			network = "tcp6"
		}
		return guard.Safe(network, netip.AddrPortFrom(addr, 443).String(), nil) == nil
	}
	dot := strings.LastIndexByte(host, '.')
	last := host[dot+1:]
	isNumber := last == "" || strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") // 127.1 is an IPv4 address to browsers
	return dot > 0 && !isNumber && !slices.Contains(localNames, last) && !strings.HasSuffix(host, ".home.arpa")
}
