package activitypub_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
)

func nested(depth int) string {
	return `{"a":` + strings.Repeat("[", depth-1) + strings.Repeat("]", depth-1) + "}"
}

func wide(values int) string {
	return `{"a":[` + strings.TrimSuffix(strings.Repeat("1,", values-2), ",") + "]}"
}

func TestParseReadsOneObject(t *testing.T) {
	for name, body := range map[string]string{
		"empty":                    `{}`,
		"spaces around":            " \n{\"a\": null}\t\n",
		"32 levels":                nested(32),
		"20,000 values":            wide(20_000),
		"keys that differ in case": `{"type":"Note","Type":"x","TYPE":1}`,
		"long s, which folds to s": `{"inbox":"a","inboxeſ":"b","inboxes":"c"}`,
		"a large number":           `{"n":123456789012345678901234567890}`,
		"an escaped slash":         `{"id":"https:\/\/a.example\/1"}`,
		"keywords as values":       `{"name":"@graph"}`,
	} {
		if _, err := activitypub.Parse([]byte(body)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for name, body := range map[string]string{
		"nothing":                     ``,
		"an array":                    `[{"id":"x"}]`,
		"a string":                    `"https://a.example/1"`,
		"null":                        `null`,
		"two documents":               `{}{}`,
		"something after it":          `{} x`,
		"half a document":             `{"a":[1,2`,
		"half a key":                  `{"a`,
		"no value":                    `{"a":}`,
		"a comma too many":            `{"a":1,}`,
		"a comma too many in list":    `{"a":[1,]}`,
		"no comma":                    `{"a":1 "b":2}`,
		"single quotes":               `{'a':1}`,
		"a comment":                   `{/**/}`,
		"NaN":                         `{"a":NaN}`,
		"a BOM":                       "\ufeff{}",
		"a bad byte":                  "{\"a\":\"\xff\"}",
		"a bad byte in a key":         "{\"\xff\":1}",
		"half a surrogate in UTF-8":   "{\"a\":\"\xed\xa0\x80\"}",
		"a key twice":                 `{"type":"Like","type":"Delete"}`,
		"a key twice, once escaped":   `{"type":"Like","\u0074ype":"Delete"}`,
		"a key twice, deep":           `{"object":[{"id":1,"id":2}]}`,
		"two keys of lone surrogates": `{"\ud800":1,"\ud801":2}`,
		"33 levels":                   nested(33),
		"20,001 values":               wide(20_001),
		"10 MB of brackets":           `{"a":` + strings.Repeat("[", 10<<20),
		"@graph":                      `{"@graph":[{"id":"x"}]}`,
		"@included":                   `{"object":{"@included":[]}}`,
		"@reverse in the context":     `{"@context":{"x":{"@reverse":"as:actor"}}}`,
		"@graph, escaped":             `{"\u0040graph":[]}`,
	} {
		if o, err := activitypub.Parse([]byte(body)); !errors.Is(err, activitypub.ErrSyntax) || o != nil {
			t.Errorf("%s: %v, %v", name, o, err)
		}
	}
}

// What Parse accepts, encoding/json accepts and reads in the same way, and every accessor survives it.
func FuzzParse(f *testing.F) {
	for _, body := range []string{
		`{"id":"https://a.example/1","type":["Note","as:Page"],"to":"as:Public","cc":[{"id":"x"},null,7]}`,
		`{"content":"<p>","contentMap":{"de":"<p>","en":1},"nameMap":[]}`,
		`{"url":[{"href":"https://a.example/"}],"published":"2026-01-05T08:00:00Z"}`,
		`{"object":{"object":{"object":[[[]]]}},"sensitive":true,"totalItems":1e3}`,
		`{"a":1,"a":2}`, `[`, `{"":{}}`, nested(33),
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		o, err := activitypub.Parse(body)
		if err != nil {
			if !errors.Is(err, activitypub.ErrSyntax) || o != nil {
				t.Errorf("%v, %v", o, err)
			}
			return
		}
		var other map[string]any
		decoder := json.NewDecoder(strings.NewReader(string(body)))
		decoder.UseNumber()
		if err := decoder.Decode(&other); err != nil || !json.Valid(body) {
			t.Fatalf("encoding/json refuses what Parse accepts: %v", err)
		}
		if fmt.Sprint(other) != fmt.Sprint(map[string]any(o)) {
			t.Errorf("encoding/json reads\n%v\nParse\n%v", other, o)
		}
		readEverything(o)
		written, err := activitypub.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := activitypub.Parse(written); err != nil || !reflect.DeepEqual(again, o) {
			t.Errorf("not the same when written and read again: %v, %v", again, err)
		}
	})
}

// readEverything calls each accessor on each key of o and of what is inside.
func readEverything(o activitypub.Object) {
	_, _, _, _ = o.ID(), o.Type(), o.Language(), o.URL()
	_ = activitypub.VisibilityOf(o)
	for key := range o {
		_, _, _, _ = o.String(key), o.Text(key), o.Ref(key), o.Refs(key)
		_, _, _, _ = o.Bool(key), o.Has(key), activitypub.Host(o.Ref(key)), activitypub.SameOrigin(o.Ref(key), o.ID())
		o.Text(strings.TrimSuffix(key, "Map"))
		o.Single(key)
		o.Time(key)
		o.Int(key)
		o.Object(key)
		for _, inside := range o.Objects(key) {
			readEverything(inside)
		}
	}
}
