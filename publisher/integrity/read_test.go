package integrity_test

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/mr-tron/base58"

	"github.com/bloghorn/bloghorn/publisher/integrity"
)

// proofOf is a proof in the form that Read wants, with changes; a nil value takes a member away.
func proofOf(changes map[string]any) map[string]any {
	p := map[string]any{
		"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "proofPurpose": "assertionMethod", "verificationMethod": method,
		"proofValue": "z" + base58.Encode(make([]byte, ed25519.SignatureSize)), "created": "2026-01-05T08:00:00Z",
	}
	for name, value := range changes {
		if p[name] = value; value == nil {
			delete(p, name)
		}
	}
	return p
}

// TestOnlyOneFormIsAProof: what is in another form is refused before any key is asked for.
func TestOnlyOneFormIsAProof(t *testing.T) {
	none := "none"
	for name, changes := range map[string]map[string]any{
		"as it should be": {}, "without a date": {"created": nil}, "with an end": {"expires": "2027-01-05T08:00:00Z"},
		"no type": {"type": nil, none: 1}, "another type": {"type": "Ed25519Signature2020", none: 1}, "no suite": {"cryptosuite": nil, none: 1},
		"another suite": {"cryptosuite": "eddsa-rdfc-2022", none: 1}, "no purpose": {"proofPurpose": nil, none: 1},
		"another purpose": {"proofPurpose": "authentication", none: 1}, "no key": {"verificationMethod": nil, none: 1},
		"a key that is no text": {"verificationMethod": map[string]any{"id": method}, none: 1},
		"no value":              {"proofValue": nil, none: 1}, "a value in base64": {"proofValue": "mAAAA", none: 1}, "no base58": {"proofValue": "z0OIl", none: 1},
		"a short value":      {"proofValue": "z" + base58.Encode(make([]byte, 63)), none: 1},
		"a long value":       {"proofValue": "z" + base58.Encode(make([]byte, 65)), none: 1},
		"an endless value":   {"proofValue": "z" + strings.Repeat("1", 10_000), none: 1},
		"a date that is not": {"created": "yesterday", none: 1}, "a date that is a number": {"created": 1.0, none: 1},
		"an end that is not": {"expires": "tomorrow", none: 1},
	} {
		_, refused := changes[none]
		delete(changes, none)
		doc := map[string]any{"@context": "https://www.w3.org/ns/activitystreams", "proof": proofOf(changes)}
		p, err := integrity.Read(doc)
		if refused != errors.Is(err, integrity.ErrNone) || !refused && (err != nil || p.Method != method) {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
	for name, proof := range map[string]any{"nothing": nil, "a text": "proof", "a list of none": []any{}, "a list of two": []any{proofOf(nil), proofOf(nil)}, "a list of text": []any{"x"}} {
		if _, err := integrity.Read(map[string]any{"proof": proof}); !errors.Is(err, integrity.ErrNone) {
			t.Errorf("%s is a proof: %v", name, err)
		}
	}
	p, err := integrity.Read(map[string]any{"proof": []any{proofOf(map[string]any{"expires": "2027-01-05T08:00:00Z"})}})
	if err != nil || !p.Created.Equal(time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)) || !p.Expires.Equal(time.Date(2027, 1, 5, 8, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestContextOfTheProofBeginsThatOfTheDocument, and the document is then read as if it had only that.
func TestContextOfTheProofBeginsThatOfTheDocument(t *testing.T) {
	as, more := "https://www.w3.org/ns/activitystreams", map[string]any{"Hashtag": "as:Hashtag"}
	for _, c := range []struct {
		name            string
		document, proof any
		want            bool
	}{
		{"the same", as, as, true}, {"the same lists", []any{as, more}, []any{as, more}, true}, {"a text and a list of it", []any{as}, as, true},
		{"the beginning", []any{as, more}, []any{as}, true}, {"the end", []any{as, more}, []any{more}, false}, {"another order", []any{as, more}, []any{more, as}, false},
		{"more than there is", as, []any{as, more}, false}, {"something else", as, "https://evil.example/", false}, {"none in the document", nil, as, false},
	} {
		doc := map[string]any{"@context": c.document, "proof": proofOf(map[string]any{"@context": c.proof})}
		if _, err := integrity.Read(doc); c.want != (err == nil) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestDocumentIsLeftAsItWas: reading a proof changes nothing of what is acted upon afterwards.
func TestDocumentIsLeftAsItWas(t *testing.T) {
	var doc map[string]any
	if err := json.Unmarshal([]byte(document+proof), &doc); err != nil {
		t.Fatal(err)
	}
	doc["signature"] = "ld"
	before := maps.Clone(doc)
	p, err := integrity.Read(doc)
	key, _ := integrity.ParseMultikey(public)
	if err != nil || p.Verify(key) != nil {
		t.Errorf("%v", err)
	}
	if len(doc) != len(before) || doc["proof"].(map[string]any)["proofValue"] == nil {
		t.Errorf("the document has become %v", doc)
	}
}

func TestNothingIsSignedThatCannotBeWritten(t *testing.T) {
	key := integrity.Key{ID: method, Private: private(t)}
	for _, body := range []string{"", "null", "[]", "{", `"x"`} {
		if signed, err := integrity.Add([]byte(body), key, time.Now()); err == nil {
			t.Errorf("%q became %s", body, signed)
		}
	}
}

// TestWhatHasNoCanonicalFormIsNotProven: a number that no double holds cannot be hashed, so nothing is known about it.
func TestWhatHasNoCanonicalFormIsNotProven(t *testing.T) {
	for _, number := range []string{"1e999", "-1e999"} {
		key, _ := integrity.ParseMultikey(public)
		text := strings.Replace(document+proof, "25.273962", number, 1)
		if err := verifies(t, text, key); !errors.Is(err, integrity.ErrFalse) {
			t.Errorf("%s: %v", number, err)
		}
	}
	prefix := "\xed\x01" + strings.Repeat("k", 31)
	for _, raw := range []string{prefix, prefix + "kk", "\xec\x01" + strings.Repeat("k", 32), strings.Repeat("k", 34)} {
		if key, err := integrity.ParseMultikey("z" + base58.Encode([]byte(raw))); !errors.Is(err, integrity.ErrKey) {
			t.Errorf("%q is the key %x, %v", raw, key, err)
		}
	}
}
