package signature_test

import (
	"crypto/rsa"
	"errors"
	"math/big"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/web"
)

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
		"not reachable":             {keyring{err: signature.ErrKeyUnreachable}, web.ErrElsewhere, 1},
		"our own trouble":           {keyring{err: other}, other, 1},
		"not reachable for a fresh": {keyring{cached: &otherKey().PublicKey, freshErr: signature.ErrKeyUnreachable}, web.ErrElsewhere, 2},
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
