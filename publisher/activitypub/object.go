package activitypub

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// maxList bounds every list that is read from one property.
const maxList = 1000

// Object is a parsed document, or an object inside one. Its accessors read a property that is
// missing, null or of an unexpected shape as absent. A nil Object is empty.
type Object map[string]any

// ID is the "id" as written; "" where there is none. Whether it is a usable one says ValidID.
func (o Object) ID() string {
	id, _ := o["id"].(string)
	return id
}

// Has says whether the property is there and not null.
func (o Object) Has(key string) bool { return o[key] != nil }

// String is the first string of the property.
func (o Object) String(key string) string {
	for _, v := range list(o[key]) {
		if s, ok := v.(string); ok {
			return s
		}
	}
	return ""
}

// Text is a property that may be written per language: key ("content") where it is a string, else
// one value of its map ("contentMap"): that of Language, else of the alphabetically first language.
func (o Object) Text(key string) string {
	if s := o.String(key); s != "" {
		return s
	}
	byLanguage, _ := asObject(o[key+"Map"])
	if s, ok := byLanguage[o.Language()].(string); ok {
		return s
	}
	for _, language := range slices.Sorted(maps.Keys(byLanguage)) {
		if s, ok := byLanguage[language].(string); ok {
			return s
		}
	}
	return ""
}

// Language is the language of the content as BCP 47 writes it; "" where the object does not say. It
// is the key of contentMap whose value is the content itself (how GoToSocial marks it), else the
// alphabetically first key.
func (o Object) Language() string {
	byLanguage, _ := asObject(o["contentMap"])
	languages := slices.Sorted(maps.Keys(byLanguage))
	if len(languages) == 0 {
		return ""
	}
	content := o.String("content")
	for _, language := range languages {
		if content != "" && byLanguage[language] == any(content) {
			return language
		}
	}
	return languages[0]
}

// Object is the first object embedded in the property; false where there are only references, or
// nothing.
func (o Object) Object(key string) (Object, bool) {
	for _, v := range list(o[key]) {
		if embedded, ok := asObject(v); ok {
			return embedded, true
		}
	}
	return nil, false
}

// Objects are the objects embedded in the property, 1000 at most.
func (o Object) Objects(key string) []Object {
	var objects []Object
	for _, v := range list(o[key]) {
		if embedded, ok := asObject(v); ok {
			objects = append(objects, embedded)
		}
	}
	return objects
}

// Time is the property as an instant in UTC. xsd:dateTime may come without a zone and is UTC then.
func (o Object) Time(key string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, o.String(key)); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// Bool is true where the property is the JSON value true.
func (o Object) Bool(key string) bool { return o[key] == true }

// Int is the property as a whole number; false where it is none.
func (o Object) Int(key string) (int64, bool) {
	number, ok := o[key].(json.Number)
	if !ok {
		return 0, false
	}
	n, err := number.Int64()
	return n, err == nil
}

// MediaType is what a link or a file says it is, in lower case: "text/html". Funkwhale and PeerTube
// before 3.2 call it mimeType.
func (o Object) MediaType() string {
	return strings.ToLower(cmp.Or(o.String("mediaType"), o.String("mimeType")))
}

// URL is the address of the page for people: of several the first Link to HTML, else the first that
// says of no kind, else the first Link. It is "" where none is a plain http(s) URL.
func (o Object) URL() string {
	var unsaid, other string
	for _, v := range list(o["url"]) {
		link, isObject := asObject(v)
		href := reference(v)
		if isObject && link.String("href") != "" {
			href = link.String("href")
		}
		switch media := link.MediaType(); {
		case !ValidID(href):
		case strings.HasPrefix(media, "text/html"):
			return href
		case media == "":
			unsaid = cmp.Or(unsaid, href)
		default:
			other = cmp.Or(other, href)
		}
	}
	return cmp.Or(unsaid, other)
}

// list makes one value a list of one, and nothing an empty list.
func list(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v[:min(len(v), maxList)]
	}
	return []any{v}
}

func asObject(v any) (Object, bool) {
	switch v := v.(type) {
	case Object:
		return v, true
	case map[string]any:
		return v, true
	}
	return nil, false
}
