package signature_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/signature"
)

// Each fault and each attack, with the sentinel that names it. Where the key is not at fault, nobody is asked for it.
func TestVerifyRefuses(t *testing.T) {
	header := func(old, new string) func(*peer) {
		return func(p *peer) { p.header = strings.Replace(p.header, old, new, 1) }
	}
	covered := func(names string) func(*peer) { return func(p *peer) { p.covered = names } }
	sent := func(headers ...string) func(*peer) {
		return func(p *peer) {
			p.sent = map[string]string{}
			for pair := range slices.Chunk(headers, 2) {
				p.sent[pair[0]] = pair[1]
			}
		}
	}
	date := func(d time.Time) func(*peer) { return func(p *peer) { p.date = d } }
	for name, c := range map[string]struct {
		change func(*peer)
		want   error
	}{
		"no signature":                 {sent("signature", ""), signature.ErrUnsigned},
		"a token instead":              {sent("signature", "", "authorization", "Bearer x"), signature.ErrUnsigned},
		"rsa-sha1":                     {header("rsa-sha256", "rsa-sha1"), signature.ErrUnsupported},
		"hmac":                         {header("rsa-sha256", "hmac-sha256"), signature.ErrUnsupported},
		"ed25519":                      {header("rsa-sha256", "ed25519"), signature.ErrUnsupported},
		"two signatures":               {sent("signature", "keyId=a,signature=AA==\nkeyId=b,signature=AA=="), signature.ErrMalformed},
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
		"two Dates":                    {sent("date", now.Format(http.TimeFormat)+"\n"+now.Format(http.TimeFormat)), signature.ErrMalformed},
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
			r, body := p.request(t)
			refused(t, r, body, c.want)
		})
	}
}
