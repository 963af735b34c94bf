package signature_test

import (
	"errors"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/signature"
)

// Some servers write the name of the scheme into the header, as an Authorization header begins. Mastodon reads that too.
func TestKindsOfSignatureHeadersThatNameTheScheme(t *testing.T) {
	const rest = `keyId="KEY",algorithm="rsa-sha256",headers="COVERED",signature="SIGNATURE"`
	for header, want := range map[string]error{
		rest:                  nil,
		"Signature " + rest:   nil,
		"signature   " + rest: nil,
		" SiGnature\t" + rest: nil,
		`Signature signature="SIGNATURE", keyId="KEY", headers="COVERED"`: nil,
		`signature = "SIGNATURE", keyId="KEY", headers="COVERED"`:         nil, // a parameter, and no scheme
		"Signature":                          signature.ErrMalformed,
		"Signature Signature " + rest:        signature.ErrMalformed,
		"Signature," + rest:                  signature.ErrMalformed,
		"Basic " + rest:                      signature.ErrMalformed,
		"Signature " + rest + `,keyid="KEY"`: signature.ErrMalformed,
	} {
		p := mastodon()
		p.header = header
		r, body := p.request(t)
		if _, err := knows(privateKey()).verify(r, body); !errors.Is(err, want) || want == nil && err != nil {
			t.Errorf("%q: %v, want %v", header, err, want)
		}
		if id, err := signature.KeyID(r); want == nil && id != keyID {
			t.Errorf("%q: the key is %q, %v", header, id, err)
		}
	}
}
