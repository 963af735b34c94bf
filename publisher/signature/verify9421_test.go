package signature_test

import (
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/web"
)

// Each way in which an honest server signs by RFC 9421.
func TestVerifyAcceptsRFC9421(t *testing.T) {
	covered := func(list string) func(*newPeer) { return func(p *newPeer) { p.covered = list } }
	for name, change := range map[string]func(*newPeer){
		"Mastodon": func(*newPeer) {},
		"Fedify":   covered(`("@method" "@target-uri" "@authority" "host" "date" "content-digest")`),
		"NodeBB": func(p *newPeer) {
			p.label, p.covered = "activitypub", `("@method" "@authority" "@path" "content-digest")`
			p.params += `;nonce="n-1";tag="activitypub"`
		},
		"everything": covered(`("@method" "@target-uri" "@authority" "@scheme" "@path" "@query" "host" "date" "content-digest" "content-type" ` +
			`"content-length" "digest")`),
		"a signed GET":            func(p *newPeer) { *p = strictGet() },
		"HEAD":                    func(p *newPeer) { *p = strictGet(); p.method = "HEAD" },
		"no alg":                  func(p *newPeer) { p.params = `;created=CREATED;keyid="KEY"` },
		"parameters turned round": func(p *newPeer) { p.params = `;alg="rsa-v1_5-sha256";keyid="KEY";created=CREATED` },
		"a parameter of its own":  func(p *newPeer) { p.params += `;x-flag;number=1.5;token=abc` },
		"a query": func(p *newPeer) {
			p.target += "?page=1&x=%20"
			p.covered = `("@method" "@authority" "@path" "@query" "content-digest")`
		},
		"a query in the target": func(p *newPeer) { p.target += "?" },
		"a percent-encoded path": func(p *newPeer) {
			p.target, p.covered = "/u/%C3%A9%2Fx/inbox", `("@method" "@authority" "@path" "content-digest")`
		},
		"64 minutes late":  func(p *newPeer) { p.created -= 64 * 60 },
		"64 minutes ahead": func(p *newPeer) { p.created += 64 * 60 },
		"expires in an hour": func(p *newPeer) {
			p.created -= 11 * 3600
			p.params += fmt.Sprintf(";expires=%d", now.Add(time.Hour).Unix())
		},
		"another Host on the way":  func(p *newPeer) { p.sent["host"] = "127.0.0.1:8484" },
		"X-Forwarded-Host":         func(p *newPeer) { p.sent["x-forwarded-host"], p.sent["x-forwarded-proto"] = "evil.example", "gopher" },
		"a second digest, unknown": func(p *newPeer) { p.headers["content-digest"] = `md5=:AA==:, ` + contentDigest(p.body) },
		"spaces in the list":       func(p *newPeer) { p.input = strings.Replace("OWN", "=(", "=(  ", 1) },
		"sha-512": func(p *newPeer) {
			sum := sha512.Sum512([]byte(p.body))
			p.headers["content-digest"] = "sha-512=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
		},
		"a signature of a proxy before it": func(p *newPeer) {
			p.input, p.sent["signature"] = `proxy=("@authority" "x-request-id");created=1;keyid="p", OWN`, "proxy=:AA==:, sig1=:SIGNED:"
		},
		"one with too little before it": func(p *newPeer) {
			p.input, p.sent["signature"] = `proxy=("@authority");created=1767600000;keyid="p", OWN`, "proxy=:AA==:, sig1=:SIGNED:"
		},
		"two header lines": func(p *newPeer) {
			p.input, p.sent["signature"] = "proxy=(\"x\");keyid=\"p\"\nOWN", "proxy=:AA==:\nsig1=:SIGNED:"
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := strict()
			change(&p)
			r, body := p.request(t)
			accepted(t, r, body)
			if id, err := signature.KeyID(r); id != keyID || err != nil {
				t.Errorf("KeyID: %q, %v", id, err)
			}
		})
	}
}

// Each fault, with the sentinel that names it. Where the key is not at fault, nobody is asked for it.
func TestVerifyRefusesRFC9421(t *testing.T) {
	covered := func(list string) func(*newPeer) { return func(p *newPeer) { p.covered = list } }
	params := func(text string) func(*newPeer) { return func(p *newPeer) { p.params = text } }
	sent := func(name, value string) func(*newPeer) { return func(p *newPeer) { p.sent[name] = value } }
	input := func(text string) func(*newPeer) { return func(p *newPeer) { p.input = text } }
	const key = `;keyid="KEY"`
	for name, c := range map[string]struct {
		change func(*newPeer)
		want   error
	}{
		"no Signature":                 {sent("signature", ""), signature.ErrMalformed},
		"no bytes for the label":       {sent("signature", "sig2=:SIGNED:"), signature.ErrMalformed},
		"a string for the bytes":       {sent("signature", `sig1="SIGNED"`), signature.ErrMalformed},
		"empty bytes":                  {sent("signature", "sig1=::"), signature.ErrMalformed},
		"too many bytes":               {sent("signature", "sig1=:"+strings.Repeat("AAAA", 400)+":"), signature.ErrMalformed},
		"two signatures for a label":   {sent("signature", "sig1=:AA==:, sig1=:SIGNED:"), signature.ErrMalformed},
		"a cavage Signature beside it": {sent("signature", `keyId="x",headers="date",signature="SIGNED"`), signature.ErrMalformed},
		"an empty Signature-Input":     {input("\t"), signature.ErrMalformed},
		"no structured field":          {input(`sig1=("@method" OWN`), signature.ErrMalformed},
		"a label twice":                {input(`OWN, sig1=("@method");keyid="x"`), signature.ErrMalformed},
		"nine labels":                  {input(`a=1, b=1, c=1, d=1, e=1, f=1, g=1, h=1, OWN`), signature.ErrMalformed},
		"no list":                      {input(`sig1="@method";created=1;keyid="k"`), signature.ErrMalformed},
		"too long":                     {input(`OWN;x="` + strings.Repeat("x", 9000) + `"`), signature.ErrMalformed},
		"a token as component":         {covered(`(method)`), signature.ErrMalformed},
		"a component twice":            {covered(`("@method" "@method" "@target-uri" "content-digest")`), signature.ErrMalformed},
		"33 components":                {covered("(" + strings.Repeat(`"@method" `, 32) + `"@method")`), signature.ErrMalformed},
		"a header that is not there": {func(p *newPeer) {
			covered(`("@method" "@target-uri" "content-digest" "digest")`)(p)
			p.sent["digest"] = ""
		}, signature.ErrDigest},
		"a content-type not there": {func(p *newPeer) {
			covered(`("@method" "@target-uri" "content-digest" "content-type")`)(p)
			p.sent["content-type"] = ""
		}, signature.ErrMalformed},
		"keyid twice":                  {params(`;created=CREATED;keyid="https://evil.example/k"` + key), signature.ErrMalformed},
		"created twice":                {params(`;created=1;created=CREATED` + key), signature.ErrMalformed},
		"no keyid":                     {params(`;created=CREATED`), signature.ErrMalformed},
		"an empty keyid":               {params(`;created=CREATED;keyid=""`), signature.ErrMalformed},
		"keyid as bytes":               {params(`;created=CREATED;keyid=:AAAA:`), signature.ErrMalformed},
		"keyid with a quote":           {params(`;created=CREATED;keyid="a\"b"`), signature.ErrMalformed},
		"a long keyid":                 {params(`;created=CREATED;keyid="` + strings.Repeat("k", 2049) + `"`), signature.ErrMalformed},
		"created as string":            {params(`;created="CREATED"` + key), signature.ErrMalformed},
		"created with a fraction":      {params(`;created=CREATED.5` + key), signature.ErrMalformed},
		"created as a date":            {params(`;created=@CREATED` + key), signature.ErrMalformed},
		"created without value":        {params(`;created` + key), signature.ErrMalformed},
		"created before 1970":          {params(`;created=-1` + key), signature.ErrMalformed},
		"expires as string":            {params(`;created=CREATED;expires="CREATED"` + key), signature.ErrMalformed},
		"alg as token":                 {params(`;created=CREATED;alg=ed25519` + key), signature.ErrMalformed},
		"an empty alg":                 {params(`;created=CREATED;alg=""` + key), signature.ErrMalformed},
		"rsa-pss":                      {params(`;created=CREATED;alg="rsa-pss-sha512"` + key), signature.ErrUnsupported},
		"hmac":                         {params(`;created=CREATED;alg="hmac-sha256"` + key), signature.ErrUnsupported},
		"an alg of draft-cavage":       {params(`;created=CREATED;alg="rsa-sha256"` + key), signature.ErrUnsupported},
		"an unknown header":            {covered(`("@method" "@target-uri" "content-digest" "x-any")`), signature.ErrUnsupported},
		"an unknown derived component": {covered(`("@method" "@target-uri" "content-digest" "@request-target")`), signature.ErrUnsupported},
		"a status":                     {covered(`("@method" "@target-uri" "content-digest" "@status")`), signature.ErrUnsupported},
		"a header in capitals":         {covered(`("@method" "@target-uri" "Content-Digest")`), signature.ErrUnsupported},
		"a component with a parameter": {covered(`("@method" "@target-uri" "content-digest";sf)`), signature.ErrUnsupported},
		"a part of the query":          {covered(`("@method" "@query-param";name="x" "content-digest")`), signature.ErrUnsupported},
		"nothing covered":              {covered(`()`), signature.ErrCoverage},
		"no method":                    {covered(`("@target-uri" "content-digest")`), signature.ErrCoverage},
		"no address":                   {covered(`("@method" "content-digest")`), signature.ErrCoverage},
		"no authority":                 {covered(`("@method" "@path" "content-digest")`), signature.ErrCoverage},
		"no path":                      {covered(`("@method" "@authority" "content-digest")`), signature.ErrCoverage},
		"a query not covered": {func(p *newPeer) {
			covered(`("@method" "@authority" "@path" "content-digest")`)(p)
			p.target += "?x=1"
		}, signature.ErrCoverage},
		"no digest":         {covered(`("@method" "@target-uri")`), signature.ErrCoverage},
		"the old digest":    {covered(`("@method" "@target-uri" "digest")`), signature.ErrCoverage},
		"a GET with a body": {func(p *newPeer) { *p = strictGet(); p.sentBody = "{}" }, signature.ErrCoverage},
		"no created":        {params(key), signature.ErrCoverage},
		"66 minutes late":   {func(p *newPeer) { p.created -= 66 * 60 }, signature.ErrWindow},
		"66 minutes ahead":  {func(p *newPeer) { p.created += 66 * 60 }, signature.ErrWindow},
		"expired": {func(p *newPeer) {
			p.created -= 60
			p.params += fmt.Sprintf(";expires=%d", now.Unix()-1)
		}, signature.ErrWindow},
		"expires after more than 12 h": {func(p *newPeer) {
			p.created -= 13 * 3600
			p.params += fmt.Sprintf(";expires=%d", now.Unix()+60)
		}, signature.ErrWindow},
		"an old date beside a new time": {func(p *newPeer) {
			covered(`("@method" "@target-uri" "date" "content-digest")`)(p)
			p.headers["date"] = now.Add(-2 * time.Hour).Format(http.TimeFormat)
		}, signature.ErrWindow},
		"another body":       {func(p *newPeer) { p.sentBody = `{"type":"Undo"}` }, signature.ErrDigest},
		"md5 alone":          {func(p *newPeer) { p.headers["content-digest"] = "md5=:AA==:" }, signature.ErrDigest},
		"a digest as string": {func(p *newPeer) { p.headers["content-digest"] = `sha-256="AA=="` }, signature.ErrDigest},
		"one right, one wrong": {func(p *newPeer) {
			p.headers["content-digest"] = contentDigest(p.body) + ", sha-512=:AA==:"
		}, signature.ErrDigest},
		"two digests of one kind": {func(p *newPeer) {
			p.headers["content-digest"] = "sha-256=:AA==:, " + contentDigest(p.body)
		}, signature.ErrMalformed},
		"no structured digest": {func(p *newPeer) { p.headers["content-digest"] = "SHA-256=AA==" }, signature.ErrMalformed},
		"a long digest": {func(p *newPeer) {
			p.headers["content-digest"] = `x="` + strings.Repeat("x", 1100) + `"`
		}, signature.ErrMalformed},
		"parameters not signed": {
			input("sig1=" + strict().covered + `;created=1767600000;keyid="` + keyID + `"`), signature.ErrMismatch,
		},
		"http for https":             {func(p *newPeer) { p.scheme = "http" }, signature.ErrMismatch},
		"a request for another host": {func(p *newPeer) { p.host = "other.example" }, signature.ErrMismatch},
		"a foreign key":              {func(p *newPeer) { p.private = otherKey() }, signature.ErrMismatch},
		"alg of another key":         {params(`;created=CREATED;alg="ed25519"` + key), signature.ErrMismatch},
		"a wrong one before the right": {func(p *newPeer) {
			p.input = `wrong=("@method" "@target-uri" "content-digest");created=1767600000;keyid="` + keyID + `", OWN`
			p.sent["signature"] = "wrong=:AAAA:, sig1=:SIGNED:"
		}, signature.ErrMismatch},
	} {
		t.Run(name, func(t *testing.T) {
			p := strict()
			c.change(&p)
			r, body := p.request(t)
			refused(t, r, body, c.want)
		})
	}
}

func TestAnEd25519KeySignsByRFC9421Alone(t *testing.T) {
	for _, params := range []string{`;created=CREATED;keyid="KEY";alg="ed25519"`, `;created=CREATED;keyid="KEY"`} {
		p := strict()
		p.params, p.ed25519 = params, edwards()
		if key, err := knowsEdwards().verify(p.request(t)); err != nil || key.Ed25519 == nil || key.Owner != owner {
			t.Errorf("%s: %v, %v", params, key, err)
		}
	}
	p := strict()
	p.ed25519 = edwards() // and says that it is RSA
	if _, err := knowsEdwards().verify(p.request(t)); !errors.Is(err, signature.ErrMismatch) {
		t.Errorf("under the name of RSA: %v", err)
	}
	if _, err := knowsEdwards().verify(mastodon().request(t)); !errors.Is(err, signature.ErrMismatch) {
		t.Errorf("by draft-cavage: %v", err)
	}
	short := &keyring{edwards: edwards().Public().(ed25519.PublicKey)[:31]}
	if _, err := short.verify(strict().request(t)); !errors.Is(err, signature.ErrKey) {
		t.Errorf("a key of 31 bytes: %v", err)
	}
}

func TestTheBaseURLIsNeverGuessed(t *testing.T) {
	r, body := strict().request(t)
	for _, base := range []string{"", ourHost, "/fedi", "https://"} {
		v := signature.Verifier{Keys: knows(privateKey()).find, Now: func() time.Time { return now }}
		if _, err := v.Verify(r, body, base); err == nil || errors.Is(err, web.ErrUnsigned) {
			t.Errorf("%q: %v; that is our fault, not the sender's", base, err)
		}
	}
}
