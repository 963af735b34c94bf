package signature

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

// Whatever stands in the header: no panic, errors of one kind, and what is understood is understood in the same way when written plainly.
func FuzzParse(f *testing.F) {
	for _, header := range []string{
		`keyId="https://a.example/u#main-key",algorithm="rsa-sha256",headers="(request-target) host date digest",signature="AA=="`,
		`keyId="k",created=1,expires="2",headers="(created) (expires)",signature="AA=="`,
		`keyId = "k" , signature = "AA==" ,`,
		`keyId="a\"b",signature="AA=="`,
		`keyId="a,b",signature=AA==`,
		`keyId="a",KEYID="b",signature="AA=="`,
		`keyId="a\`, `=`, `"`, `,`, `keyId`, `keyId=`, "", "keyId=\"a\nhost: b\"",
		strings.Repeat(`a="b",`, 1000),
	} {
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		p, err := parse(header)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Errorf("an error of another kind: %v", err)
			}
			return
		}
		p.algorithm = "hs2019"
		again, err := parse(p.format())
		if err != nil || !reflect.DeepEqual(again, p) {
			t.Errorf("%q was read as\n%+v and, written as %q, as\n%+v, %v", header, p, p.format(), again, err)
		}
	})
}
