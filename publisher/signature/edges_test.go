package signature_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/signature"
)

// TestNewKeyHasToFitAsWell: that the origin has another key today proves nothing yet.
func TestNewKeyHasToFitAsWell(t *testing.T) {
	keys := &keyring{cached: &otherKey().PublicKey, fresh: keyOf(2048, 65537)}
	if _, err := keys.verify(mastodon().request(t)); !errors.Is(err, signature.ErrMismatch) {
		t.Errorf("got %v", err)
	}
}

func TestEdgesOfVerifying(t *testing.T) {
	covered := func(names string) func(*peer) {
		return func(p *peer) { created(now, time.Time{})(p); p.covered = names }
	}
	for name, c := range map[string]struct {
		change func(*peer)
		want   error
	}{
		"65 minutes ahead":           {func(p *peer) { p.date = now.Add(65 * time.Minute) }, nil},
		"65 minutes late":            {func(p *peer) { p.date = now.Add(-65 * time.Minute) }, nil},
		"a POST of nothing, covered": {func(p *peer) { p.body = "" }, nil},
		"a POST of nothing, its digest not covered": {func(p *peer) {
			p.body, p.covered = "", "(request-target) host date"
		}, signature.ErrCoverage},
		"a GET of one byte": {func(p *peer) { *p = mastodonGet(); p.sentBody = "1" }, signature.ErrCoverage},
		"an expires that is not signed ends it early": {func(p *peer) {
			p.expires = now.Add(-time.Second).Unix()
			p.header += ",expires=EXPIRES"
		}, signature.ErrWindow},
		"created after the host":   {covered("(request-target) host (created) digest"), nil},
		"created after the digest": {covered("(request-target) host digest (created)"), nil},
		"expires as the first": {func(p *peer) {
			created(now, time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC))(p)
			p.covered = "(expires) (request-target) (created) host digest"
		}, nil},
		"digests on two lines": {func(p *peer) {
			sum := strings.TrimPrefix(digestOf(p.body), "Digest: ")
			p.extra = append(p.extra, "Digest: SHA-512=bm8=, "+sum)
			p.sent = map[string]string{"digest": "SHA-512=bm8=\n" + sum}
		}, nil},
	} {
		p := mastodon()
		c.change(&p)
		if _, err := knows(privateKey()).verify(p.request(t)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestEdgesOfKeys(t *testing.T) {
	for name, c := range map[string]struct {
		key  *rsa.PublicKey
		want error
	}{
		"without a number":  {&rsa.PublicKey{E: 65537}, signature.ErrKey},
		"of 2048 bits":      {keyOf(2048, 65537), signature.ErrMismatch},
		"of 2047 bits":      {keyOf(2047, 65537), signature.ErrKey},
		"of 8192 bits":      {keyOf(8192, 65537), signature.ErrMismatch},
		"exponent of 3":     {keyOf(2048, 3), signature.ErrMismatch},
		"exponent of 1":     {keyOf(2048, 1), signature.ErrKey},
		"exponent of 65536": {keyOf(2048, 65536), signature.ErrKey},
	} {
		if _, err := (&keyring{cached: c.key, fresh: c.key}).verify(mastodon().request(t)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestWhatIsNoKeyIsNotRead(t *testing.T) {
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&other.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	block := func(der []byte) string { return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})) }
	right := signature.EncodePublicPEM(&privateKey().PublicKey)
	if !strings.HasPrefix(right, "-----BEGIN PUBLIC KEY-----\n") {
		t.Errorf("we write %.40s", right)
	}
	if key, err := signature.ParsePublicPEM(right); err != nil || !key.Equal(&privateKey().PublicKey) {
		t.Errorf("our own: %v", err)
	}
	for name, text := range map[string]string{
		"nothing": "", "words": "key", "a block of nothing": block(nil), "rubbish": block([]byte("rubbish")), "an elliptic key": block(der),
		"too long": right + strings.Repeat("\n", 1<<20),
	} {
		if key, err := signature.ParsePublicPEM(text); !errors.Is(err, signature.ErrKey) || key != nil {
			t.Errorf("%s: %v, %v", name, key, err)
		}
	}
}
