package feeds

import (
	"strings"

	"golang.org/x/net/idna"
)

// ASCIIHost is a host, with its port if it has one, as DNS and every id write it: in lower case, and a name in another script as Punycode
// (xn--…). What is no such name comes back in lower case. Servers compare hosts letter for letter and take none with other letters for the
// host of an id, so whatever somebody types is turned into this before it is stored or looked for.
func ASCIIHost(host string) string {
	name, port := strings.ToLower(host), ""
	if colon := strings.LastIndexByte(name, ':'); colon > strings.LastIndexByte(name, ']') {
		name, port = name[:colon], name[colon:]
	}
	if ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(name, ".")); err == nil && ascii != "" {
		name = ascii
	}
	return name + port
}
