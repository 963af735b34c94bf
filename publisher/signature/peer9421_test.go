package signature_test

import (
	"cmp"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/signature"
)

// newPeer writes requests signed by RFC 9421 as another implementation would: nothing here uses the package under test or httpsfv. It has
// texts for everything, so that each can be wrong.
type newPeer struct {
	method, target string
	scheme, host   string
	body, sentBody string
	headers        map[string]string // by lower-case name; added or changed before signing, "" removes one
	covered        string            // the list as it stands in Signature-Input
	params         string            // what follows the list; CREATED and KEY are filled in
	created        int64
	label          string
	input          string            // in place of Signature-Input; OWN is filled in
	sent           map[string]string // changed after signing
	private        *rsa.PrivateKey
	ed25519        ed25519.PrivateKey // signs where it is set
}

// strict is what Mastodon sends.
func strict() newPeer {
	return newPeer{
		method: "POST", target: "/blogs/tea/inbox", scheme: "https", host: ourHost, body: `{"type":"Like"}`, headers: map[string]string{},
		covered: `("@method" "@target-uri" "content-digest")`, params: `;created=CREATED;keyid="KEY";alg="rsa-v1_5-sha256"`, created: now.Unix(),
		label: "sig1", sent: map[string]string{}, private: privateKey(),
	}
}

func strictGet() newPeer {
	p := strict()
	p.method, p.body, p.covered = "GET", "", `("@method" "@target-uri")`
	return p
}

func contentDigest(body string) string {
	sum := sha256.Sum256([]byte(body))
	return "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

// request is what net/http makes of the peer's bytes, and the body it sent.
func (p newPeer) request(t testing.TB) (*http.Request, []byte) {
	t.Helper()
	headers := map[string]string{
		"host": p.host, "date": now.Format(http.TimeFormat), "content-type": "application/activity+json", "content-digest": contentDigest(p.body),
		"digest": strings.TrimPrefix(digestOf(p.body), "Digest: "),
	}
	if p.method == "POST" {
		headers["content-length"] = fmt.Sprint(len(p.body))
	}
	for name, value := range p.headers {
		headers[name] = value
	}
	params := p.covered + strings.NewReplacer("CREATED", fmt.Sprint(p.created), "KEY", keyID).Replace(p.params)
	own := p.label + "=" + params
	headers["signature-input"] = own
	if p.input != "" {
		headers["signature-input"] = strings.Replace(p.input, "OWN", own, 1)
	}
	signed := base64.StdEncoding.EncodeToString(p.sign(t, p.base(headers, params)))
	headers["signature"] = p.label + "=:" + signed + ":"
	for name, value := range p.sent {
		headers[name] = strings.ReplaceAll(value, "SIGNED", signed)
	}
	return received(t, p.method, p.target, headers), []byte(cmp.Or(p.sentBody, p.body))
}

// base is the text to sign, by the letter of RFC 9421 §2.5.
func (p newPeer) base(headers map[string]string, params string) string {
	path, query, _ := strings.Cut(p.target, "?")
	var text strings.Builder
	for _, quoted := range strings.Fields(strings.Trim(p.covered, "()")) {
		name := strings.Trim(quoted, `"`)
		value, isDerived := map[string]string{
			"@method": p.method, "@target-uri": p.scheme + "://" + p.host + p.target, "@authority": p.host, "@scheme": p.scheme,
			"@path": path, "@query": "?" + query, "@request-target": p.target,
		}[name]
		if !isDerived {
			value = strings.ReplaceAll(headers[name], "\n", ", ")
		}
		text.WriteString(quoted + ": " + value + "\n")
	}
	return text.String() + `"@signature-params": ` + params
}

func (p newPeer) sign(t testing.TB, text string) []byte {
	t.Helper()
	if p.ed25519 != nil {
		return ed25519.Sign(p.ed25519, []byte(text))
	}
	sum := sha256.Sum256([]byte(text))
	signed, err := rsa.SignPKCS1v15(rand.Reader, p.private, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

var edwards = sync.OnceValue(func() ed25519.PrivateKey {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	return private
})

// knowsEdwards is a keyring with the Ed25519 key.
func knowsEdwards() *keyring {
	return &keyring{edwards: edwards().Public().(ed25519.PublicKey)}
}

func ourKey() signature.Key { return signature.Key{ID: keyID, Private: privateKey()} }
