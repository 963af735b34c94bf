package integrity_test

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/mr-tron/base58"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/integrity"
)

// The example of FEP-8b32: key, document and proof.
const (
	secret   = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
	public   = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
	method   = "https://server.example/users/alice#ed25519-key"
	document = `{"@context":["https://www.w3.org/ns/activitystreams","https://w3id.org/security/data-integrity/v2"],
		"id":"https://server.example/activities/1","type":"Create","actor":"https://server.example/users/alice",
		"object":{"id":"https://server.example/objects/1","type":"Note","attributedTo":"https://server.example/users/alice","content":"Hello world",
			"location":{"type":"Place","longitude":-71.184902,"latitude":25.273962}}`
	proof = `,"proof":{"@context":["https://www.w3.org/ns/activitystreams","https://w3id.org/security/data-integrity/v2"],
		"type":"DataIntegrityProof","cryptosuite":"eddsa-jcs-2022","verificationMethod":"` + method + `","proofPurpose":"assertionMethod",
		"proofValue":"z42ffGu6AUKPCFcFPiabmUvnGLPJzC7e4DGWC52NUasSSH37UMa9c58tdgVszUcZfytxa4fQ5TYHaJENCxUDe9SdL","created":"2023-02-24T23:36:38Z"}}`
)

func private(t *testing.T) ed25519.PrivateKey {
	t.Helper()
	raw, err := base58.Decode(secret[1:])
	if err != nil || len(raw) != 34 {
		t.Fatalf("%d bytes, %v", len(raw), err)
	}
	return ed25519.NewKeyFromSeed(raw[2:]) // after the multicodec of a private key
}

func read(t *testing.T, text string) (integrity.Proof, error) {
	t.Helper()
	o, err := activitypub.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return integrity.Read(o)
}

func verifies(t *testing.T, text string, key ed25519.PublicKey) error {
	t.Helper()
	p, err := read(t, text)
	if err == nil {
		err = p.Verify(key)
	}
	return err
}

func TestExampleOfTheFEPVerifies(t *testing.T) {
	key, err := integrity.ParseMultikey(public)
	if err != nil || integrity.Multikey(key) != public || !key.Equal(private(t).Public()) {
		t.Fatalf("%x, %v", key, err)
	}
	if err := verifies(t, document+proof, key); err != nil {
		t.Error(err)
	}
	p, err := read(t, document+proof)
	if err != nil || p.Method != method || !p.Created.Equal(time.Date(2023, 2, 24, 23, 36, 38, 0, time.UTC)) || !p.Expires.IsZero() {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestWhatWasChangedDoesNotVerify spoils one thing at a time.
func TestWhatWasChangedDoesNotVerify(t *testing.T) {
	key, _ := integrity.ParseMultikey(public)
	whole := document + proof
	for name, change := range map[string][2]string{
		"content": {"Hello world", "Hello World"}, "actor": {`"actor":"https://server.example/users/alice"`, `"actor":"https://server.example/users/bob"`},
		"something more": {`"type":"Create"`, `"type":"Create","to":"https://www.w3.org/ns/activitystreams#Public"`},
		"something less": {`"content":"Hello world",`, ""}, "a number": {"25.273962", "25.273963"}, "the date": {"23:36:38Z", "23:36:39Z"},
		"the key's id":  {`"verificationMethod":"https://server.example/users/alice#ed25519-key"`, `"verificationMethod":"https://server.example/users/alice#other"`},
		"an end":        {`"created":`, `"expires":"2999-01-01T00:00:00Z","created":`},
		"the context":   {`"@context":["https://www.w3.org/ns/activitystreams","https://w3id.org/security/data-integrity/v2"],` + "\n\t\t\"id\"", `"@context":["https://evil.example/","https://w3id.org/security/data-integrity/v2"],"id"`},
		"the signature": {"z42ffGu6", "z42ffGu7"}, "another suite": {"eddsa-jcs-2022", "eddsa-rdfc-2022"},
		"another purpose": {"assertionMethod", "authentication"}, "no value": {"proofValue", "proofvalue"}, "a type": {"DataIntegrityProof", "DataIntegrityProofs"},
		"two proofs": {`"proof":{`, `"proof":[{},{`}, "a date that is none": {"2023-02-24T23:36:38Z", "yesterday"},
	} {
		spoilt := strings.Replace(whole, change[0], change[1], 1)
		if name == "two proofs" {
			spoilt = strings.TrimSuffix(spoilt, "}") + "]}"
		}
		if spoilt == whole {
			t.Fatalf("%s: nothing is changed", name)
		}
		if err := verifies(t, spoilt, key); !errors.Is(err, integrity.ErrNone) && !errors.Is(err, integrity.ErrFalse) {
			t.Errorf("%s: %v", name, err)
		}
	}
	other, _, _ := ed25519.GenerateKey(nil)
	for _, wrong := range []ed25519.PublicKey{other, nil, key[:31]} {
		if err := verifies(t, whole, wrong); !errors.Is(err, integrity.ErrFalse) {
			t.Errorf("with another key: %v", err)
		}
	}
}

// TestWhatMeansTheSameVerifies: order and spelling, an LD signature that was added, a list of one, and a context that got longer.
func TestWhatMeansTheSameVerifies(t *testing.T) {
	key, _ := integrity.ParseMultikey(public)
	whole := document + proof
	for name, change := range map[string][2]string{
		"spelling": {"Hello world", `\u0048ello\u0020world`}, "a number": {"-71.184902", "-71.1849020"},
		"an LD signature":  {`"type":"Create"`, `"signature":{"type":"RsaSignature2017"},"type":"Create"`},
		"a longer context": {`data-integrity/v2"],` + "\n\t\t\"id\"", `data-integrity/v2","https://w3id.org/security/v1"],"id"`},
	} {
		changed := strings.Replace(whole, change[0], change[1], 1)
		if changed == whole {
			t.Fatalf("%s: nothing is changed", name)
		}
		if err := verifies(t, changed, key); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	one := strings.TrimSuffix(strings.Replace(whole, `"proof":{`, `"proof":[{`, 1), "}") + "]}"
	if err := verifies(t, one, key); err != nil {
		t.Errorf("a list of one: %v", err)
	}
}

func TestWhatWeSignVerifiesAndIsTheSameEachTime(t *testing.T) {
	key := integrity.Key{ID: method, Private: private(t)}
	at := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	for _, body := range []string{
		`{"@context":"https://www.w3.org/ns/activitystreams","id":"https://server.example/1","type":"Delete","actor":"https://server.example/users/alice","object":"x <&> \u2028"}`,
		`{"@context":["https://www.w3.org/ns/activitystreams",{"Hashtag":"as:Hashtag"}],"type":"Create","object":{"n":1.50,"big":12345678901234567890,"ü":null}}`,
	} {
		signed, err := integrity.Add([]byte(body), key, at)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := integrity.Add([]byte(body), key, at); string(again) != string(signed) {
			t.Error("twice signed, twice different")
		}
		if err := verifies(t, string(signed), key.Private.Public().(ed25519.PublicKey)); err != nil {
			t.Errorf("%s: %v", signed, err)
		}
		var before, after map[string]any
		json.Unmarshal([]byte(body), &before)
		json.Unmarshal(signed, &after)
		proof := after["proof"].(map[string]any)
		if len(proof) != 7 || proof["type"] != "DataIntegrityProof" || proof["cryptosuite"] != "eddsa-jcs-2022" || proof["created"] != "2026-11-26T12:00:00Z" ||
			proof["verificationMethod"] != method || proof["proofPurpose"] != "assertionMethod" || !reflect.DeepEqual(proof["@context"], after["@context"]) {
			t.Errorf("%v", proof)
		}
		contexts := after["@context"].([]any)
		if contexts[0] != "https://www.w3.org/ns/activitystreams" || contexts[1] != integrity.ContextURI || len(after) != len(before)+1 {
			t.Errorf("%s", signed)
		}
	}
	if _, err := integrity.Add([]byte("[]"), key, at); err == nil {
		t.Error("a list was signed")
	}
}

func TestMultikeysOfOthersAreRefused(t *testing.T) {
	for _, text := range []string{
		"", "z", "z0OIl", public[1:], "u" + public[1:], public + "x", strings.Repeat("z", 5000), secret,
		"z4MXj1wBzi9jUstyPMS4jQqB6KdJaiatPkAtVtGc6bQEQEEsKTic4G7Rou3iBf9vPmT5dbkm9qsZsuVNjq8HCuW1w24nhBFGkRE4cd2Uf2tfrB3N7h4mnyPp1BF3ZttHTYv3DLUPi1zMdkULiow3M1GfXkoC6DoxDUm1jmN6GBj22SjVsr6dxezRVQc7aj9TxE7JLbMH1wh5X3kA58H3DFW8rnYMakFGbca5CB2Jf6CnGQZmL7o5uJAdTwXfy2iiiyPxXEGerMhHwhjTA1mKYobyk2CpeEcmvynADfNZ5MBvcCS7m3XkFCMNUYBS9NQ3fze6vMSUPsNa6GVYmKx2x6JrdEjCk3qRMMmyjnjCMfR4pXbRMZa3i", // an RSA key
	} {
		if key, err := integrity.ParseMultikey(text); !errors.Is(err, integrity.ErrKey) {
			t.Errorf("%.20q is %x, %v", text, key, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(document + proof))
	key, _ := integrity.ParseMultikey(public)
	f.Fuzz(func(t *testing.T, body []byte) {
		o, err := activitypub.Parse(body)
		if err != nil {
			return
		}
		p, err := integrity.Read(o)
		if err == nil && p.Verify(key) == nil && o.ID() != "https://server.example/activities/1" {
			t.Errorf("%s verifies", body)
		}
	})
}
