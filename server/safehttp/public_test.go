package safehttp_test

import (
	"net/url"
	"testing"

	"github.com/bloghorn/bloghorn/server/safehttp"
)

func TestKindsOfHostsThatCannotBePublic(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"media.pasture.example": true, "8.8.8.8": true, "[2a01:4f8::1]:8443": true, "xn--bcher-kva.example": true, "a.b.internal.example": true,
		"bücher.example": true, "cdn.social:8443": true,

		"localhost": false, "LOCALHOST:3000": false, "app.localhost": false, "printer.local": false, "nas.lan": false, "wiki.corp": false,
		"vault.internal": false, "router.home.arpa": false, "intranet": false, "fritz.box.local.": false, "": false, ".": false,

		"127.0.0.1": false, "127.1": false, "2130706433": false, "0x7f000001": false, "0177.0.0.1": false, "0x7f.1": false, "127.0.0.1.": false,
		"10.0.0.8": false, "172.31.255.1": false, "192.168.178.1": false, "100.64.0.1": false, "169.254.169.254": false, "0.0.0.0": false,
		"224.0.0.1": false, "168.63.129.16": false,
		"[::1]": false, "[fe80::1]": false, "[fd00::1]": false, "[::ffff:192.168.0.1]": false, "[64:ff9b::a00:1]": false, "[2002:a00:1::]": false,
		"[fe80::1%25eth0]": false,
	} {
		u, err := url.Parse("https://" + host + "/x")
		if err != nil {
			t.Errorf("%q: %v", host, err)
			continue
		}
		if got := safehttp.MayBePublic(u); got != want {
			t.Errorf("%q: %v, want %v", host, got, want)
		}
	}
}
