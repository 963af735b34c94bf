package integrity

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"time"

	"github.com/gowebpki/jcs"
	"github.com/mr-tron/base58"
)

// The words of a proof.
const (
	proofType   = "DataIntegrityProof"
	cryptosuite = "eddsa-jcs-2022"
	purpose     = "assertionMethod"

	// ContextURI is what a document's context needs beside its own, so that readers of JSON-LD know
	// the proof.
	ContextURI = "https://w3id.org/security/data-integrity/v1"
)

// Why a proof is not believed.
var (
	ErrNone  = errors.New("there is no proof that is understood")
	ErrFalse = errors.New("the proof does not fit the document")
)

// Add signs a JSON object, in the name of the owner of the key. The same document, key and time
// give the same bytes. Its context gets ContextURI; the rest stays as it is, in the order of the
// keys.
func Add(body []byte, key Key, created time.Time) ([]byte, error) {
	var doc map[string]any
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, fmt.Errorf("sign a document: %w", err)
	}
	if doc == nil {
		return nil, errors.New("sign a document: it is null")
	}
	doc["@context"] = withContext(doc["@context"])
	proof := map[string]any{
		"@context": doc["@context"], "type": proofType, "cryptosuite": cryptosuite, "verificationMethod": key.ID,
		"proofPurpose": purpose, "created": created.UTC().Format(time.RFC3339),
	}
	message, err := digest(doc, proof)
	if err != nil {
		return nil, fmt.Errorf("sign a document: %w", err)
	}
	proof["proofValue"] = "z" + base58.Encode(ed25519.Sign(key.Private, message))
	return splice(body, doc["@context"], proof)
}

// withContext adds to what may be one string or a list.
func withContext(context any) any {
	list, ok := context.([]any)
	if !ok {
		list = []any{context}
	}
	return append(list[:1:1], append([]any{ContextURI}, list[1:]...)...)
}

// splice writes the members of the body as they are, with another context and the proof.
func splice(body []byte, context, proof any) ([]byte, error) {
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal(body, &members); err != nil {
		return nil, err
	}
	for name, value := range map[string]any{"@context": context, "proof": proof} {
		raw, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		members[name] = raw
	}
	return marshal(members)
}

// Proof is what a document says about who signed it.
type Proof struct {
	Method  string    // id of the key
	Created time.Time // zero where it does not say
	Expires time.Time // likewise

	document, options map[string]any
	value             []byte
}

// Read finds the proof of a parsed document. It checks the form of it, and nothing yet that needs
// the key. ErrNone where there is none, or none of this kind alone: of several, each reader would
// take another.
func Read(document map[string]any) (Proof, error) {
	options, ok := asMap(document["proof"])
	if !ok || options["type"] != proofType || options["cryptosuite"] != cryptosuite || options["proofPurpose"] != purpose {
		return Proof{}, ErrNone
	}
	p := Proof{document: maps.Clone(document), options: maps.Clone(options)}
	delete(p.document, "proof")
	// An LD signature around it was made by a server that knew only that (FEP-8b32): it is no part
	// of what was signed.
	delete(p.document, "signature")
	p.Method, _ = options["verificationMethod"].(string)
	text, _ := options["proofValue"].(string)
	delete(p.options, "proofValue")
	encoded, ok := strings.CutPrefix(text, "z")
	if !ok || len(text) > 200 {
		return Proof{}, ErrNone
	}
	var err error
	if p.value, err = base58.Decode(encoded); err != nil || len(p.value) != ed25519.SignatureSize || p.Method == "" {
		return Proof{}, ErrNone
	}
	if p.Created, err = instant(options["created"]); err == nil {
		p.Expires, err = instant(options["expires"])
	}
	if err != nil || !p.fitsContext() {
		return Proof{}, ErrNone
	}
	return p, nil
}

// fitsContext: the document's context begins with that of its proof, and is read as it. A proof may
// have none.
func (p Proof) fitsContext() bool {
	context, ok := p.options["@context"]
	if !ok {
		return true
	}
	whole, begin := list(p.document["@context"]), list(context)
	if len(begin) > len(whole) || !reflect.DeepEqual(whole[:len(begin)], begin) {
		return false
	}
	p.document["@context"] = context
	return true
}

// Verify says whether the proof was made with this key for this document: ErrFalse if not.
func (p Proof) Verify(key ed25519.PublicKey) error {
	message, err := digest(p.document, p.options)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFalse, err)
	}
	if len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, message, p.value) {
		return ErrFalse
	}
	return nil
}

// digest is what is signed: the hash of how it was signed, and that of the document.
func digest(document, options map[string]any) ([]byte, error) {
	var message []byte
	for _, part := range []map[string]any{options, document} {
		raw, err := marshal(part)
		if err != nil {
			return nil, err
		}
		canonical, err := jcs.Transform(raw)
		if err != nil {
			return nil, fmt.Errorf("write in canonical form (RFC 8785): %w", err)
		}
		sum := sha256.Sum256(canonical)
		message = append(message, sum[:]...)
	}
	return message, nil
}

func marshal(v any) ([]byte, error) {
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return []byte(strings.TrimSuffix(out.String(), "\n")), err
}

// asMap reads an object of any of the types that parsers make; a list of one counts as its only
// item.
func asMap(v any) (map[string]any, bool) {
	if one, ok := v.([]any); ok && len(one) == 1 {
		v = one[0]
	}
	value := reflect.ValueOf(v)
	if value.Kind() != reflect.Map || !value.CanConvert(reflect.TypeFor[map[string]any]()) {
		return nil, false
	}
	return value.Convert(reflect.TypeFor[map[string]any]()).Interface().(map[string]any), true
}

func list(v any) []any {
	if items, ok := v.([]any); ok {
		return items
	}
	return []any{v}
}

// instant is a time, or zero where there is none.
func instant(v any) (time.Time, error) {
	if v == nil {
		return time.Time{}, nil
	}
	text, _ := v.(string)
	return time.Parse(time.RFC3339, text)
}
