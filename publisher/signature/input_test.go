package signature

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/dunglas/httpsfv"

	"github.com/bloghorn/bloghorn/server/web"
)

func TestDoubledNamesAreSeen(t *testing.T) {
	for field, want := range map[string]string{
		``: "", `a`: "", `a, b`: "", `a=1, b=2;a=3, c=4;a=5`: "", `a=("x";k=1 "y";k=2);k=3`: "", `a="b, a=c;d;d", b=:AAAA:`: "",
		`a=1, a=2`: "a",
		`a, b, a`:  "a", `a;x;x`: "x", `a=1;x=1; x=2`: "x", `a=("y";k=1;k=2)`: "k", `a=("x" "y");k;k`: "k",
		`a=("x"), b=(), a=()`: "a", `a="\"", a=1`: "a", `sig-1=1,sig-1=2`: "sig-1", `*a=1,	*a=2`: "*a",
		`a=:AAAA:, a=:BBBB:`: "a", `a=b;c=d,a=e`: "a",
	} {
		if _, err := httpsfv.UnmarshalDictionary([]string{field}); err != nil {
			t.Errorf("%s is no dictionary: %v", field, err)
		}
		if got := doubled(field); got != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
}

// Whatever stands in the headers: no panic, errors of our kinds, one answer to the question whose key it is, and nothing doubled in what
// is understood.
func FuzzReadInput(f *testing.F) {
	const good = `sig1=("@method" "@target-uri" "content-digest");created=1767600000;keyid="https://a.example/u#main-key";` +
		`alg="rsa-v1_5-sha256"`
	for _, seed := range [][3]string{
		{good, "sig1=:AA==:", "sha-256=:AA==:"},
		{`x=("@status"), ` + good, "x=:AA==:, sig1=:AA==:", "sha-512=:AA==:"},
		{`sig1=();created=@1;keyid=?1`, `keyId="x"`, `sha-256="x"`},
		{strings.Repeat(`a=(), `, 100) + "b", "b", "a;a;a"},
		{`a="\`, `a=:`, `(((`}, {"", "", ""},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, inputs, signatures, digests string) {
		r := &http.Request{Method: "POST", RequestURI: "/inbox", Header: http.Header{
			"Signature-Input": {inputs}, "Signature": {signatures}, "Content-Digest": {digests}, "Accept-Signature": {inputs},
		}}
		Style{}.Next(r.Header, Key{ID: "https://a.example/u#main-key"})
		in, err := readInput(r)
		if id, keyErr := KeyID(r); id != in.keyID || (keyErr == nil) != (err == nil) {
			t.Errorf("KeyID says %q, %v", id, keyErr)
		}
		if err == nil {
			again, againErr := httpsfv.UnmarshalList([]string{in.params})
			if againErr != nil || len(again) != 1 || len(in.covered) == 0 || doubled("a="+in.params) != "" {
				t.Errorf("%q was understood as %+v", inputs, in)
			}
			err = checkContentDigest(r.Header, []byte("{}"))
		}
		if err != nil && !errors.Is(err, web.ErrUnsigned) {
			t.Errorf("an error of another kind: %v", err)
		}
	})
}
