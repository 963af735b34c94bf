package signature

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/dunglas/httpsfv"
)

const (
	maxLabels    = 8    // signatures of one request; those who send any send one
	maxSignature = 1024 // bytes; that of an 8192-bit key
)

// input is one signature by RFC 9421, read.
type input struct {
	keyID     string
	algorithm string   // "" where not said
	covered   []string // names of components, each once
	params    string   // the last line of what is signed, in the canonical spelling
	signature []byte
	created   int64 // seconds since 1970
	expires   int64 // likewise; 0 where not said
}

// readInput finds the signature of a request that is looked at: the first label of Signature-Input
// that we understand and that covers what it has to. One that a proxy added, or made for others
// with components we do not know, so does no harm, and no second one is tried when the first turns
// out wrong: a request is said by one key or by none. Where none is understood, the first one's
// fault is told.
func readInput(r *http.Request) (input, error) {
	inputs, err := readDictionary(r.Header, "Signature-Input", maxHeader)
	if err != nil {
		return input{}, err
	}
	signatures, err := readDictionary(r.Header, "Signature", maxHeader)
	if err != nil {
		return input{}, err
	}
	names := inputs.Names()
	if len(names) == 0 || len(names) > maxLabels {
		return input{}, fmt.Errorf("%w: there are %d signatures; 1 to %d are accepted", ErrMalformed, len(names), maxLabels)
	}
	var fault error
	for _, label := range names {
		in, err := understand(inputs, signatures, label)
		if err == nil {
			err = in.checkCoverage(r.Method, 0)
		}
		if err == nil {
			return in, nil
		}
		if fault == nil {
			fault = fmt.Errorf("%w (signature %.40q)", err, label)
		}
	}
	return input{}, fault
}

// readDictionary reads a header that is a dictionary of structured fields (RFC 9651 §3.2). A name
// that occurs twice is refused: the standard takes the last, and who does not would believe
// another.
func readDictionary(h http.Header, name string, max int) (*httpsfv.Dictionary, error) {
	values := h.Values(name)
	raw := strings.Join(values, ", ")
	if len(raw) > max {
		return nil, fmt.Errorf("%w: %s is longer than %d bytes", ErrMalformed, name, max)
	}
	dictionary, err := httpsfv.UnmarshalDictionary(values)
	if err != nil {
		return nil, fmt.Errorf("%w: %s cannot be read as RFC 9421 and RFC 9651 write it: %v", ErrMalformed, name, err)
	}
	if twice := doubled(raw); twice != "" {
		return nil, fmt.Errorf("%w: %s names %.40q twice", ErrMalformed, name, twice)
	}
	return dictionary, nil
}

// understand reads one label of both headers.
func understand(inputs, signatures *httpsfv.Dictionary, label string) (in input, err error) {
	member, _ := inputs.Get(label)
	list, ok := member.(httpsfv.InnerList)
	if !ok {
		return input{}, fmt.Errorf("%w: it is not a list of components", ErrMalformed)
	}
	if in.covered, err = namesIn(list); err != nil {
		return input{}, err
	}
	if err := in.readParams(list.Params); err != nil {
		return input{}, err
	}
	if in.params, err = httpsfv.Marshal(list); err != nil {
		return input{}, fmt.Errorf("%w: %v", ErrMalformed, err)
	}
	member, _ = signatures.Get(label)
	item, _ := member.(httpsfv.Item)
	in.signature, _ = item.Value.([]byte)
	if len(in.signature) == 0 || len(in.signature) > maxSignature {
		return input{}, fmt.Errorf("%w: Signature has no bytes for it, or more than %d", ErrMalformed, maxSignature)
	}
	return in, in.checkAlgorithm()
}

// namesIn are the components of a list, none twice (RFC 9421 §2.5), and none with parameters: what
// those mean we would have to know.
func namesIn(list httpsfv.InnerList) ([]string, error) {
	if len(list.Items) > maxCovered {
		return nil, fmt.Errorf("%w: it covers %d components; at most %d are accepted", ErrMalformed, len(list.Items), maxCovered)
	}
	var names []string
	for _, item := range list.Items {
		name, ok := item.Value.(string)
		switch {
		case !ok:
			return nil, fmt.Errorf("%w: a component is not a string", ErrMalformed)
		case len(item.Params.Names()) > 0 || !slices.Contains(components, name):
			known := strings.Join(components, " ")
			return nil, fmt.Errorf("%w: the component %.40q, or a parameter of it; known are %s", ErrUnsupported, name, known)
		case slices.Contains(names, name):
			return nil, fmt.Errorf("%w: it covers %q twice", ErrMalformed, name)
		}
		names = append(names, name)
	}
	return names, nil
}

// readParams reads what a signature says of itself. Parameters that do not concern us (tag, nonce)
// are signed and otherwise ignored.
func (in *input) readParams(params *httpsfv.Params) error {
	keyID, _ := params.Get("keyid")
	in.keyID, _ = keyID.(string)
	if !usableKeyID(in.keyID) {
		return fmt.Errorf("%w: keyid is missing, longer than %d bytes or no URL", ErrMalformed, maxKeyID)
	}
	for name, into := range map[string]*int64{"created": &in.created, "expires": &in.expires} {
		value, said := params.Get(name)
		seconds, ok := value.(int64)
		if said && (!ok || seconds <= 0 || seconds > 1<<40) {
			return fmt.Errorf("%w: %s is not a Unix time in whole seconds", ErrMalformed, name)
		}
		*into = seconds
	}
	algorithm, said := params.Get("alg")
	text, ok := algorithm.(string)
	if said && (!ok || text == "") {
		return fmt.Errorf("%w: alg is not a string", ErrMalformed)
	}
	in.algorithm = text
	return nil
}
