package signature

import (
	"encoding/base64"
	"net/http"
	"testing"

	"github.com/dunglas/httpsfv"
)

// The keys of RFC 9421 Appendix B.1.1 (test-key-rsa) and B.1.4 (test-key-ed25519), public halves.
const (
	rfcKeyRSA = "-----BEGIN RSA PUBLIC KEY-----\n" +
		"MIIBCgKCAQEAhAKYdtoeoy8zcAcR874L8cnZxKzAGwd7v36APp7Pv6Q2jdsPBRrwWEBnez6d0UDKDwGbc6nxfEXAy5mbhgajzrw3MOEt8uA5txSKobBpKDeBLOsdJKFq" +
		"MGmXCQvEG7YemcxDTRPxAleIAgYYRjTSd/QBwVW9OwNFhekro3RtlinV0a75jfZgkne/YiktSvLG34lw2zqXBDTC5NHROUqGTlML4PlNZS5Ri2U4aCNx2rUPRcKIlE0P" +
		"uKxI4T+HIaFpv8+rdV6eUgOrB2xeI1dSFFn/nnv5OoZJEIB+VmuKn3DCUcCZSFlQPSXSfBDiUGhwOw76WuSSsf1D4b/vLoJ10wIDAQAB" +
		"\n-----END RSA PUBLIC KEY-----\n"
	rfcKeyEd25519 = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n-----END PUBLIC KEY-----\n"
	rfcBody       = `{"hello": "world"}`
	rfcSHA512     = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"
	rfcSHA256     = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:" // RFC 9530
)

// The examples of RFC 9421 whose algorithms we know: the text that is signed, letter by letter, and the published signature of it. Both
// cover too little, or something unknown, for a real request here, so they come in below those checks.
func TestTheExamplesOfTheStandard(t *testing.T) {
	for name, c := range map[string]struct {
		key, signature, list, base string
		at                         site
		header                     http.Header
	}{
		"§4.3, rsa-v1_5-sha256": {
			key: rfcKeyRSA,
			signature: "S6ZzPXSdAMOPjN/6KXfXWNO/f7V6cHm7BXYUh3YD/fRad4BCaRZxP+JH+8XY1I6+8Cy+CM5g92iHgxtRPz+MjniOaYmdkDcnL9cCpXJleXsOckpURl49" +
				"GwiyUpZ10KHgOEe11sx3G2gxI8S0jnxQB+Pu68U9vVcasqOWAEObtNKKZd8tSFu7LB5YAv0RAGhB8tmpv7sFnIm9y+7X5kXQfi8NMaZaA8i2ZHwpBdg7a6CM" +
				"fwnnrtflzvZdXAsD3LH2TwevU+/PBPv0B6NMNk93wUs/vfJvye+YuI87HU38lZHowtznbLVdp770I6VHR6WfgS9ddzirrswsE1w5o0LV/g==",
			list: `("@method" "@authority" "@path" "content-digest" "content-type" "content-length" "forwarded");created=1618884480;` +
				`keyid="test-key-rsa";alg="rsa-v1_5-sha256";expires=1618884540`,
			base: `"@method": POST
"@authority": origin.host.internal.example
"@path": /foo
"content-digest": ` + rfcSHA512 + `
"content-type": application/json
"content-length": 18
"forwarded": for=192.0.2.123;host=example.com;proto=https
"@signature-params": ("@method" "@authority" "@path" "content-digest" "content-type" "content-length" "forwarded");created=1618884480;` +
				`keyid="test-key-rsa";alg="rsa-v1_5-sha256";expires=1618884540`,
			at: site{"https", "origin.host.internal.example"},
			header: http.Header{
				"Content-Digest": {rfcSHA512}, "Content-Type": {"application/json"}, "Forwarded": {"for=192.0.2.123;host=example.com;proto=https"},
			},
		},
		"B.2.6, ed25519": {
			key:       rfcKeyEd25519,
			signature: "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==",
			list:      `("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"`,
			base: `"date": Tue, 20 Apr 2021 02:07:55 GMT
"@method": POST
"@path": /foo
"@authority": example.com
"content-type": application/json
"content-length": 18
"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"`,
			at:     site{"https", "example.com"},
			header: http.Header{"Date": {"Tue, 20 Apr 2021 02:07:55 GMT"}, "Content-Type": {"application/json"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			list, covered := readList(t, c.list)
			in := input{covered: covered}
			if err := in.readParams(list.Params); err != nil {
				t.Fatal(err)
			}
			in.params, _ = httpsfv.Marshal(list)
			in.signature, _ = base64.StdEncoding.DecodeString(c.signature)
			m := message{site: c.at, method: "POST", target: "/foo?param=Value&Pet=dog", header: c.header, length: len(rfcBody)}
			text, err := m.base(in.covered, in.params)
			if err != nil || text != c.base {
				t.Fatalf("the base is\n%s\n%v, want\n%s", text, err, c.base)
			}
			key, err := ParsePublic(c.key)
			if err != nil || !(claim9421{in, []byte(text)}).fits(key) {
				t.Errorf("the published signature does not fit: %v", err)
			}
			if (claim9421{in, []byte(text + " ")}).fits(key) {
				t.Error("it fits another text as well")
			}
		})
	}
}

func readList(t *testing.T, text string) (list httpsfv.InnerList, covered []string) {
	t.Helper()
	all, err := httpsfv.UnmarshalList([]string{text})
	if err != nil {
		t.Fatal(err)
	}
	list = all[0].(httpsfv.InnerList)
	for _, item := range list.Items {
		covered = append(covered, item.Value.(string))
	}
	return list, covered
}

func TestTheDigestsOfTheStandard(t *testing.T) {
	for _, digest := range []string{rfcSHA256, rfcSHA512, rfcSHA256 + ", " + rfcSHA512} {
		if err := checkContentDigest(http.Header{"Content-Digest": {digest}}, []byte(rfcBody)); err != nil {
			t.Errorf("%s: %v", digest, err)
		}
	}
}
