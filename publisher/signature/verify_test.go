package signature_test

import (
	"crypto/rsa"
	"errors"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/web"
)

// Each way in which an honest server writes its signature.
func TestVerifyAccepts(t *testing.T) {
	const plain = `keyId="KEY",algorithm="rsa-sha256",headers="COVERED",signature="SIGNATURE"`
	header := func(h string) func(*peer) { return func(p *peer) { p.header = h } }
	for name, change := range map[string]func(*peer){
		"Mastodon": func(*peer) {},
		"GoToSocial": func(p *peer) {
			p.covered = "(request-target) host date digest"
			p.header = strings.Replace(plain, "rsa-sha256", "hs2019", 1)
		},
		"a signed GET": func(p *peer) { *p = mastodonGet() },
		"a GET with its digest": func(p *peer) {
			p.method, p.body = "GET", ""
			p.extra = []string{emptyDigest}
			p.covered = "(request-target) host date digest"
		},
		"a POST without a body":         func(p *peer) { p.body = "" },
		"HEAD":                          func(p *peer) { *p = mastodonGet(); p.method = "HEAD" },
		"no algorithm":                  header(strings.Replace(plain, `algorithm="rsa-sha256",`, "", 1)),
		"algorithm in capitals":         header(strings.Replace(plain, "rsa-sha256", "RSA-SHA256", 1)),
		"hs2019 that means SHA-512":     func(p *peer) { p.sha512 = true; p.header = strings.Replace(plain, "rsa-sha256", "hs2019", 1) },
		"a space after each comma":      header(strings.ReplaceAll(plain, ",", ", ")),
		"spaces around the equal sign":  header(strings.ReplaceAll(plain, "=", " = ")),
		"a comma at the end":            header(plain + ","),
		"KeyId in capitals":             header(strings.Replace(plain, "keyId", "KeyId", 1)),
		"parameters in another order":   header(`signature="SIGNATURE",headers="COVERED",keyId="KEY"`),
		"unknown parameters":            header(plain + `,opaque="x,y",nonce=7`),
		"an escaped character":          header(strings.Replace(plain, "headers", `opaque="a\"b\\c",headers`, 1)),
		"names in capitals, two spaces": func(p *peer) { p.covered = "(Request-Target)  Host Date  Digest" },
		"algorithm without quotes":      header(strings.Replace(plain, `"rsa-sha256"`, "rsa-sha256", 1)),
		"percent-encoded path":          func(p *peer) { p.target = "/u/%C3%A9%2Fx/inbox" },
		"a query":                       func(p *peer) { p.target += "?page=1&x=%20" },
		"a query that is not signed":    func(p *peer) { p.signedTarget = p.target; p.target += "?page=1" },
		"an empty query":                func(p *peer) { p.target += "?" },
		"a dot segment":                 func(p *peer) { p.target = "/blogs/../blogs/tea//inbox" },
		"a lower-case digest label":     func(p *peer) { p.extra = append(p.extra, strings.Replace(digestOf(p.body), "SHA", "sha", 1)) },
		"a list of digests": func(p *peer) {
			p.extra = append(p.extra, "Digest: SHA-512=bm8=, "+strings.TrimPrefix(digestOf(p.body), "Digest: "))
		},
		"64 minutes late":                        func(p *peer) { p.date = now.Add(-64 * time.Minute) },
		"64 minutes ahead":                       func(p *peer) { p.date = now.Add(64 * time.Minute) },
		"a date of RFC 850":                      func(p *peer) { p.date = time.Time{}; p.extra = append(p.extra, "Date: Monday, 05-Jan-26 08:00:00 GMT") },
		"created":                                created(now, time.Time{}),
		"created as the first":                   func(p *peer) { created(now, time.Time{})(p); p.covered = "(created) (request-target) host digest" },
		"created by a clock ahead":               created(now.Add(30*time.Minute), time.Time{}),
		"expires in 12 hours, made 11 hours ago": created(now.Add(-11*time.Hour), now.Add(time.Hour)),
		"created in quotes": func(p *peer) {
			created(now, time.Time{})(p)
			p.header = strings.Replace(p.header, "CREATED", `"CREATED"`, 1)
		},
		"another Host on the way":  func(p *peer) { p.sent = map[string]string{"host": "127.0.0.1:8484"} },
		"a bearer token beside it": func(p *peer) { p.sent = map[string]string{"authorization": `Bearer headers="x",keyId="y"`} },
	} {
		t.Run(name, func(t *testing.T) {
			p := mastodon()
			change(&p)
			keys := knows(privateKey())
			r, body := p.request(t)
			before := r.Header.Clone()
			key, err := keys.verify(r, body)
			if err != nil {
				t.Fatal(err)
			}
			if key.ID != keyID || key.Owner != owner || keys.askedFor != keyID || len(keys.asked) != 1 {
				t.Errorf("key %+v, asked for %q %v", key, keys.askedFor, keys.asked)
			}
			if !equalHeaders(before, r.Header) {
				t.Errorf("the request was changed: %v", r.Header)
			}
		})
	}
}

// Each fault and each attack, with the sentinel that names it. Where the key is not at fault, nobody is asked for it.
func TestVerifyRefuses(t *testing.T) {
	header := func(old, new string) func(*peer) {
		return func(p *peer) { p.header = strings.Replace(p.header, old, new, 1) }
	}
	covered := func(names string) func(*peer) { return func(p *peer) { p.covered = names } }
	sent := func(name, value string) func(*peer) { return func(p *peer) { p.sent = map[string]string{name: value} } }
	date := func(d time.Time) func(*peer) { return func(p *peer) { p.date = d } }
	for name, c := range map[string]struct {
		change func(*peer)
		want   error
	}{
		"no signature":                 {sent("signature", ""), signature.ErrUnsigned},
		"a token instead":              {func(p *peer) { p.sent = map[string]string{"signature": "", "authorization": "Bearer x"} }, signature.ErrUnsigned},
		"RFC 9421":                     {sent("signature-input", `sig1=("@method");created=1`), signature.ErrUnsupported},
		"RFC 9421 alone":               {func(p *peer) { p.sent = map[string]string{"signature": "sig1=:AA==:", "signature-input": "sig1=()"} }, signature.ErrUnsupported},
		"rsa-sha1":                     {header("rsa-sha256", "rsa-sha1"), signature.ErrUnsupported},
		"hmac":                         {header("rsa-sha256", "hmac-sha256"), signature.ErrUnsupported},
		"ed25519":                      {header("rsa-sha256", "ed25519"), signature.ErrUnsupported},
		"two signatures":               {sent("signature", `keyId="a",signature="AA=="`+"\n"+`keyId="b",signature="AA=="`), signature.ErrMalformed},
		"two keyIds":                   {header("algorithm", `keyId="https://evil.example/#k",algorithm`), signature.ErrMalformed},
		"two keyIds, one in capitals":  {header("algorithm", `KEYID="https://evil.example/#k",algorithm`), signature.ErrMalformed},
		"two lists of headers":         {header("algorithm", `headers="date",algorithm`), signature.ErrMalformed},
		"no keyId":                     {header(`keyId="KEY",`, ""), signature.ErrMalformed},
		"an empty keyId":               {header("KEY", ""), signature.ErrMalformed},
		"a long keyId":                 {header("KEY", "https://x.example/"+strings.Repeat("k", 2048)), signature.ErrMalformed},
		"a header without end":         {header("KEY", strings.Repeat("k", 9000)), signature.ErrMalformed},
		"no signature parameter":       {header(`,signature="SIGNATURE"`, ""), signature.ErrMalformed},
		"a signature not in base64":    {header("SIGNATURE", "%%%"), signature.ErrMalformed},
		"a quote left open":            {header(`SIGNATURE"`, "SIGNATURE"), signature.ErrMalformed},
		"an empty list of headers":     {header("COVERED", " "), signature.ErrMalformed},
		"a header listed twice":        {covered("(request-target) host host date digest"), signature.ErrMalformed},
		"a header that is not there":   {covered("(request-target) host date digest x-missing"), signature.ErrMalformed},
		"its own header covered":       {covered("(request-target) host date digest signature"), signature.ErrMalformed},
		"created without a number":     {covered("(request-target) host (created) digest"), signature.ErrMalformed},
		"created with a fraction":      {header("algorithm", "created=1.5,algorithm"), signature.ErrMalformed},
		"two Dates":                    {sent("date", now.Format(http.TimeFormat)+"\n"+now.Add(time.Minute).Format(http.TimeFormat)), signature.ErrMalformed},
		"a date nobody can read":       {sent("date", "yesterday"), signature.ErrMalformed},
		"no headers parameter":         {header(`headers="COVERED",`, ""), signature.ErrCoverage},
		"only the date":                {covered("date"), signature.ErrCoverage},
		"no target":                    {covered("host date digest"), signature.ErrCoverage},
		"no host":                      {covered("(request-target) date digest"), signature.ErrCoverage},
		"no digest":                    {covered("(request-target) host date"), signature.ErrCoverage},
		"no date":                      {covered("(request-target) host digest"), signature.ErrCoverage},
		"a GET with a body":            {func(p *peer) { *p = mastodonGet(); p.sentBody = "{}" }, signature.ErrCoverage},
		"a GET without the host":       {func(p *peer) { *p = mastodonGet(); p.covered = "(request-target) date" }, signature.ErrCoverage},
		"1994":                         {date(time.Date(1994, 11, 6, 8, 49, 37, 0, time.UTC)), signature.ErrWindow},
		"66 minutes late":              {date(now.Add(-66 * time.Minute)), signature.ErrWindow},
		"66 minutes ahead":             {date(now.Add(66 * time.Minute)), signature.ErrWindow},
		"created long ago":             {created(now.Add(-66*time.Minute), time.Time{}), signature.ErrWindow},
		"created ahead":                {created(now.Add(66*time.Minute), time.Time{}), signature.ErrWindow},
		"expired":                      {created(now.Add(-time.Minute), now.Add(-time.Second)), signature.ErrWindow},
		"expires after more than 12 h": {created(now.Add(-13*time.Hour), now.Add(time.Hour)), signature.ErrWindow},
		"an expires that is not signed makes nothing younger": {func(p *peer) {
			p.date, p.expires = now.Add(-2*time.Hour), now.Add(time.Hour).Unix()
			p.header += ",expires=EXPIRES"
		}, signature.ErrWindow},
		"an old date beside a new created": {func(p *peer) {
			created(now, time.Time{})(p)
			p.covered, p.date = "(request-target) host date (created) digest", now.Add(-2*time.Hour)
		}, signature.ErrWindow},
		"another body": {func(p *peer) { p.sentBody = `{"type":"Undo"}` }, signature.ErrDigest},
		"a digest of another kind": {func(p *peer) {
			p.extra = []string{"Digest: SHA-512=bm8="}
			p.covered = "(request-target) host date digest"
		}, signature.ErrDigest},
		"a digest without a value": {sent("digest", "SHA-256="), signature.ErrDigest},
		"two digests of one kind": {func(p *peer) {
			p.sent = map[string]string{"digest": strings.TrimPrefix(digestOf(p.body), "Digest: ") + ",SHA-256=bm8="}
		}, signature.ErrMalformed},
		"another path":               {func(p *peer) { p.signedTarget = "/blogs/coffee/inbox" }, signature.ErrMismatch},
		"another method":             {func(p *peer) { *p = mastodonGet(); p.signedTarget = "x\nhost: y" }, signature.ErrMismatch},
		"another date":               {sent("date", now.Add(time.Minute).Format(http.TimeFormat)), signature.ErrMismatch},
		"a request for another host": {func(p *peer) { p.host = "other.example" }, signature.ErrMismatch},
		"a foreign key":              {func(p *peer) { p.key = otherKey() }, signature.ErrMismatch},
		"SHA-512 under rsa-sha256":   {func(p *peer) { p.sha512 = true }, signature.ErrMismatch},
		"no bytes of a signature":    {header("SIGNATURE", "AA=="), signature.ErrMismatch},
	} {
		t.Run(name, func(t *testing.T) {
			p := mastodon()
			c.change(&p)
			keys := knows(privateKey())
			_, err := keys.verify(p.request(t))
			if !errors.Is(err, c.want) || !errors.Is(err, web.ErrUnsigned) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if c.want != signature.ErrMismatch && len(keys.asked) > 0 {
				t.Errorf("the key was asked for: %v", keys.asked)
			}
		})
	}
}

// created signs (created) instead of Date, and (expires) where it is not zero.
func created(at, expires time.Time) func(*peer) {
	return func(p *peer) {
		p.created, p.covered = at.Unix(), "(request-target) (created) host digest"
		p.header = `keyId="KEY",algorithm="hs2019",created=CREATED,headers="COVERED",signature="SIGNATURE"`
		if !expires.IsZero() {
			p.expires, p.covered = expires.Unix(), "(request-target) (created) (expires) host digest"
			p.header += ",expires=EXPIRES"
		}
	}
}

func TestVerifyAsksOnceMoreWhenTheKeyMayBeNew(t *testing.T) {
	p := mastodon()
	p.key = otherKey()
	keys := &keyring{cached: &privateKey().PublicKey, fresh: &otherKey().PublicKey}
	key, err := keys.verify(p.request(t))
	if err != nil || !key.Key.Equal(&otherKey().PublicKey) || !slices.Equal(keys.asked, []bool{false, true}) {
		t.Errorf("after a rotation: %v, asked %v", err, keys.asked)
	}
}

func TestVerifyPassesOnWhatKeysSays(t *testing.T) {
	other := errors.New("database is locked")
	for name, c := range map[string]struct {
		keys  keyring
		want  error
		asked int
	}{
		"not trusted":               {keyring{err: signature.ErrKey}, signature.ErrKey, 1},
		"not reachable":             {keyring{err: signature.ErrKeyUnreachable}, web.ErrBusy, 1},
		"our own trouble":           {keyring{err: other}, other, 1},
		"not reachable for a fresh": {keyring{cached: &otherKey().PublicKey, freshErr: signature.ErrKeyUnreachable}, web.ErrBusy, 2},
		"none":                      {keyring{}, signature.ErrKey, 1},
		"too short":                 {keyring{cached: keyOf(1024, 65537)}, signature.ErrKey, 1},
		"too long":                  {keyring{cached: keyOf(8193, 65537)}, signature.ErrKey, 1},
		"an even exponent":          {keyring{cached: keyOf(2048, 2)}, signature.ErrKey, 1},
		"a short one when fresh":    {keyring{cached: &otherKey().PublicKey, fresh: keyOf(1024, 65537)}, signature.ErrKey, 2},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.keys.verify(mastodon().request(t))
			if !errors.Is(err, c.want) || len(c.keys.asked) != c.asked {
				t.Errorf("got %v after %d questions, want %v after %d", err, len(c.keys.asked), c.want, c.asked)
			}
		})
	}
}

func TestKeyIDIsReadWithoutVerifying(t *testing.T) {
	p := mastodon()
	p.date = time.Date(1994, 1, 1, 0, 0, 0, 0, time.UTC)
	r, _ := p.request(t)
	if id, err := signature.KeyID(r); err != nil || id != keyID {
		t.Errorf("got %q, %v", id, err)
	}
	if _, err := signature.KeyID(&http.Request{}); !errors.Is(err, signature.ErrUnsigned) {
		t.Errorf("got %v", err)
	}
}

// keyOf is something of the size of a key; nobody knows its factors, nor needs them.
func keyOf(bits uint, exponent int) *rsa.PublicKey {
	n := new(big.Int).Lsh(big.NewInt(1), bits-1)
	return &rsa.PublicKey{N: n.Add(n, big.NewInt(1)), E: exponent}
}

func equalHeaders(a, b http.Header) bool {
	if len(a) != len(b) {
		return false
	}
	for name := range a {
		if !slices.Equal(a[name], b[name]) {
			return false
		}
	}
	return true
}
