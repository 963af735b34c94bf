package signature

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The edges of what is read in a Signature header, with a word of the reason where it is refused.
func TestEdgesOfTheHeader(t *testing.T) {
	const rest = `,signature="AA=="`
	filled := func(length int) string {
		head := `keyId="k"` + rest + `,x="`
		return head + strings.Repeat("x", length-len(head)-1) + `"`
	}
	names := func(n int) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprint("x-", i))
		}
		return strings.Join(all, " ")
	}
	for header, reason := range map[string]string{
		filled(8192): "",
		filled(8193): "longer than",
		`keyId="` + strings.Repeat("k", 2048) + `"` + rest: "",
		`keyId="` + strings.Repeat("k", 2049) + `"` + rest: "keyId",
		`keyId="k",signature=""`:                           "base64",
		`keyId="k",signature="AA==x"`:                      "base64",
		`keyId="k",created=1` + rest:                       "",
		`keyId="k",created=1099511627776` + rest:           "",
		`keyId="k",created=1099511627777` + rest:           "Unix time",
		`keyId="k",created=0` + rest:                       "Unix time",
		`keyId="k",created=-1` + rest:                      "Unix time",
		`keyId="k",created=+1` + rest:                      "Unix time",
		`keyId="k",created=01` + rest:                      "Unix time",
		`keyId="k",created=x` + rest:                       "Unix time",
		`keyId="k",expires=1e3` + rest:                     "Unix time",
		`keyId="k",headers="` + names(32) + `"` + rest:     "",
		`keyId="k",headers="` + names(33) + `"` + rest:     "33 names",
		`keyId="k",headers=""` + rest:                      "0 names",
		`keyId="k",headers="a=b"` + rest:                   "no name",
		`keyId="k",headers="a a"` + rest:                   "twice",
		"\tkeyId\t=\t\"k\"\t" + rest + "\t":                "",
		" keyId = \"k\" , signature = AA==  ,":             "",
		`keyId="k"` + rest + `,x`:                          "is not a parameter",
		`keyId="k"` + rest + `,a-b="c"`:                    "is not a parameter",
		`keyId="k"` + rest + `,{="c"`:                      "is not a parameter",
		`keyId="k"` + rest + `,a="b",A="c"`:                "occurs twice",
		`az="",x=,keyId="k"` + rest:                        "",
		`keyId="k"` + rest + `,x=a"b`:                      "a quote inside",
		`keyId="k"` + rest + `,x="a`:                       "not closed",
		`keyId="k"` + rest + `,x="a\`:                      "not closed",
		`keyId="k"x=1` + rest:                              "follows a parameter",
		`keyId="k"` + rest + ",x=\"~ \"":                   "",
		`keyId="k"` + rest + ",x=\"\x7f\"":                 "the byte 0x7f",
		`keyId="k"` + rest + ",x=\"\x1f\"":                 "the byte 0x1f",
		`keyId="k"` + rest + ",x=\"é\"":                    "the byte 0xc3",
	} {
		p, err := parse(header)
		switch {
		case reason == "" && (err != nil || p.keyID == "" || p.signature != "AA=="):
			t.Errorf("%.80q: %v, %+v", header, err, p)
		case reason != "" && (!errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), reason)):
			t.Errorf("%.80q: %v; the reason should have %q", header, err, reason)
		}
	}
	if p, err := parse(`keyId="k"` + rest); err != nil || !slices.Equal(p.covered, []string{"date"}) {
		t.Errorf("without a list, %v is covered (%v), and not the date alone", p.covered, err)
	}
}
