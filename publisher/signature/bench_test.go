package signature_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"net/http"
	"strings"
	"testing"
)

// What one delivery costs beyond the RSA of BenchmarkRSA is ours.
func BenchmarkSign(b *testing.B) {
	body := bytes.Repeat([]byte("x"), 2048)
	r := newRequest(b, "POST", "https://pasture.example/inbox", nil)
	for b.Loop() {
		sign(b, r, body)
	}
}

func BenchmarkRSA(b *testing.B) {
	key, sum := privateKey(), sha256.Sum256(nil)
	for b.Loop() {
		if _, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	p := mastodon()
	p.body = strings.Repeat("x", 2048)
	r, body := p.request(b)
	verifyEach(b, r, body)
}

func BenchmarkSignRFC9421(b *testing.B) {
	body := bytes.Repeat([]byte("x"), 2048)
	r := newRequest(b, "POST", "https://pasture.example/inbox", nil)
	for b.Loop() {
		sign9421(b, r, body)
	}
}

// What one verification costs beyond the RSA of this one is ours.
func BenchmarkVerifyRSA(b *testing.B) {
	key, sum := privateKey(), sha256.Sum256(nil)
	signed, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], signed); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifyRFC9421(b *testing.B) {
	p := strict()
	p.body = strings.Repeat("x", 2048)
	r, body := p.request(b)
	verifyEach(b, r, body)
}

func verifyEach(b *testing.B, r *http.Request, body []byte) {
	b.Helper()
	keys := knows(privateKey())
	for b.Loop() {
		if _, err := keys.verify(r, body); err != nil {
			b.Fatal(err)
		}
	}
}
