package activitypub

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// ErrSyntax is returned by Parse for bytes that are not one strict JSON object.
var ErrSyntax = errors.New("not a JSON document as ActivityPub needs it")

const (
	maxDepth = 32     // nested objects and arrays; real activities stay below 10
	maxNodes = 20_000 // values in one document: memory grows with these, not with bytes
)

// Parse reads one JSON object. It refuses invalid UTF-8, a key that occurs twice in one object,
// more than 32 levels or 20,000 values, anything after the document, and the JSON-LD keywords
// @graph, @reverse and @included at any level. Numbers stay json.Number. The length of body is the
// caller's to bound. Errors are ErrSyntax.
func Parse(body []byte) (Object, error) {
	// The decoder below would replace bad bytes in silence, and two different keys could become
	// one.
	if !utf8.Valid(body) {
		return nil, fmt.Errorf("%w: not valid UTF-8", ErrSyntax)
	}
	p := parser{tokens: json.NewDecoder(bytes.NewReader(body))}
	p.tokens.UseNumber()
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	o, ok := v.(Object)
	if !ok {
		return nil, fmt.Errorf("%w: the document is not an object", ErrSyntax)
	}
	if _, err := p.tokens.Token(); err != io.EOF {
		return nil, fmt.Errorf("%w: something follows the document", ErrSyntax)
	}
	return o, nil
}

type parser struct {
	tokens *json.Decoder
	nodes  int
}

// value reads one value below depth levels of nesting.
func (p *parser) value(depth int) (any, error) {
	token, err := p.next()
	if err != nil {
		return nil, err
	}
	if p.nodes++; p.nodes > maxNodes {
		return nil, fmt.Errorf("%w: more than %d values", ErrSyntax, maxNodes)
	}
	delim, nested := token.(json.Delim)
	switch {
	case !nested:
		return token, nil
	case depth == maxDepth:
		return nil, fmt.Errorf("%w: nested deeper than %d levels", ErrSyntax, maxDepth)
	case delim == '{':
		return p.object(depth + 1)
	default:
		return p.array(depth + 1)
	}
}

func (p *parser) object(depth int) (any, error) {
	o := Object{}
	for p.tokens.More() {
		token, err := p.next()
		if err != nil {
			return nil, err
		}
		key, _ := token.(string)
		if err := checkKey(o, key); err != nil {
			return nil, err
		}
		if o[key], err = p.value(depth); err != nil {
			return nil, err
		}
	}
	_, err := p.next()
	return o, err
}

func (p *parser) array(depth int) (any, error) {
	list := []any{}
	for p.tokens.More() {
		v, err := p.value(depth)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := p.next()
	return list, err
}

// checkKey refuses what two readers could understand in two ways.
func checkKey(o Object, key string) error {
	if _, twice := o[key]; twice {
		return fmt.Errorf("%w: the key %.40q occurs twice", ErrSyntax, key)
	}
	switch key {
	case "@graph", "@reverse", "@included":
		return fmt.Errorf("%w: %s is not understood here", ErrSyntax, key)
	}
	return nil
}

func (p *parser) next() (json.Token, error) {
	token, err := p.tokens.Token()
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrSyntax, err)
	}
	return token, nil
}
