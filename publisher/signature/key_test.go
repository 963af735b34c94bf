package signature_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/signature"
)

func TestParsePublicPEMReadsWhatServersPublish(t *testing.T) {
	key := &privateKey().PublicKey
	spki, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"ours":                       signature.EncodePublicPEM(key),
		"SPKI":                       encode("PUBLIC KEY", spki),
		"PKCS#1":                     encode("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(key)),
		"PKCS#1 under another label": encode("PUBLIC KEY", x509.MarshalPKCS1PublicKey(key)),
		"Windows line ends":          strings.ReplaceAll(encode("PUBLIC KEY", spki), "\n", "\r\n"),
		"no newline at the end":      strings.TrimSpace(encode("PUBLIC KEY", spki)),
		"spaces before":              "\n" + encode("PUBLIC KEY", spki),
	} {
		if got, err := signature.ParsePublicPEM(text); err != nil || !got.Equal(key) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParsePublicReadsEd25519Too(t *testing.T) {
	public := edwards().Public().(ed25519.PublicKey)
	text := signature.PublicKey{Ed25519: public}.PEM()
	if key, err := signature.ParsePublic(text); err != nil || !key.Ed25519.Equal(public) || key.Key != nil || key.PEM() != text {
		t.Errorf("%+v, %v", key, err)
	}
	if key, err := signature.ParsePublicPEM(text); !errors.Is(err, signature.ErrKey) || key != nil {
		t.Errorf("read as an RSA key: %v, %v", key, err)
	}
	rsaText := signature.EncodePublicPEM(&privateKey().PublicKey)
	if key, err := signature.ParsePublic(rsaText); err != nil || key.Ed25519 != nil || key.PEM() != rsaText {
		t.Errorf("an RSA key: %+v, %v", key, err)
	}
}

func TestParsePublicPEMRefusesWhatIsNoUsableKey(t *testing.T) {
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	notRSA, err := x509.MarshalPKIXPublicKey(&curve.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	private := x509.MarshalPKCS1PrivateKey(privateKey())
	for name, text := range map[string]string{
		"nothing":        "",
		"no PEM":         "ssh-rsa AAAA",
		"no DER":         encode("PUBLIC KEY", []byte("hello")),
		"elliptic":       encode("PUBLIC KEY", notRSA),
		"private":        encode("RSA PRIVATE KEY", private),
		"1024 bits":      encode("PUBLIC KEY", x509.MarshalPKCS1PublicKey(keyOf(1024, 65537))),
		"8200 bits":      encode("PUBLIC KEY", x509.MarshalPKCS1PublicKey(keyOf(8200, 65537))),
		"exponent one":   encode("PUBLIC KEY", x509.MarshalPKCS1PublicKey(keyOf(2048, 1))),
		"a long preface": strings.Repeat("x\n", 10000) + signature.EncodePublicPEM(&privateKey().PublicKey),
	} {
		if key, err := signature.ParsePublicPEM(text); !errors.Is(err, signature.ErrKey) || key != nil {
			t.Errorf("%s: %v, %v", name, key, err)
		}
	}
}

func encode(label string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
}
