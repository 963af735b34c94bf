package activitypub_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
)

func parse(t testing.TB, body string) activitypub.Object {
	t.Helper()
	o, err := activitypub.Parse([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestRefsAreReadInEveryShape(t *testing.T) {
	for value, want := range map[string]struct {
		ref    string
		refs   string
		single bool
	}{
		`"a"`:                              {"a", "a", true},
		`{"id":"a","type":"Note"}`:         {"a", "a", true},
		`{"type":"Link","href":"a"}`:       {"a", "a", true},
		`["a"]`:                            {"a", "a", true},
		`[{"id":"a"}]`:                     {"a", "a", true},
		`["a","b"]`:                        {"a", "a b", false},
		`["a","a"]`:                        {"a", "a a", false},
		`[null,{"id":"a"},7,{},"b",["c"]]`: {"a", "a b", false},
		`["a",null]`:                       {"a", "a", false},
		`null`:                             {"", "", false},
		`[]`:                               {"", "", false},
		`{}`:                               {"", "", false},
		`{"id":["a"]}`:                     {"", "", false},
		`""`:                               {"", "", false},
		`7`:                                {"", "", false},
		`true`:                             {"", "", false},
		`[["a"]]`:                          {"", "", false},
	} {
		o := parse(t, `{"actor":`+value+`}`)
		single, ok := o.Single("actor")
		if o.Ref("actor") != want.ref || strings.Join(o.Refs("actor"), " ") != want.refs || ok != want.single || (ok && single != want.ref) {
			t.Errorf("%s: Ref %q, Refs %q, Single %q %v", value, o.Ref("actor"), o.Refs("actor"), single, ok)
		}
	}
}

func TestListsHaveAnEnd(t *testing.T) {
	many := strings.TrimSuffix(strings.Repeat(`{"id":"a"},`, 1500), ",")
	o := parse(t, `{"to":[`+many+`,"as:Public"]}`)
	if len(o.Refs("to")) != 1000 || len(o.Objects("to")) != 1000 {
		t.Errorf("%d refs, %d objects", len(o.Refs("to")), len(o.Objects("to")))
	}
	if v := activitypub.VisibilityOf(o); v != activitypub.VisibilityPrivate {
		t.Errorf("public by the 1501st of its readers: %s", v)
	}
}

func TestTypeIsOneForAllReaders(t *testing.T) {
	for value, want := range map[string]string{
		`"Note"`:                    "Note",
		`["Note"]`:                  "Note",
		`["Toot","Note","Article"]`: "Note",
		`["Toot","Boop"]`:           "Toot",
		`"as:Note"`:                 "Note",
		`"https://www.w3.org/ns/activitystreams#Follow"`: "Follow",
		`"note"`:     "note",
		`null`:       "",
		`[null,7]`:   "",
		`{"id":"x"}`: "",
	} {
		o := parse(t, `{"type":`+value+`}`)
		if got := o.Type(); got != want {
			t.Errorf("%s: %q", value, got)
		}
	}
	o := parse(t, `{"type":["Delete","Create"]}`)
	if !o.Is("Create", "Delete") || o.Is("Create", "Update") || o.Is() {
		t.Error("an object of two types is taken for both")
	}
}

func TestTextAndLanguage(t *testing.T) {
	for body, want := range map[string][2]string{
		`{"content":"a"}`:                                           {"a", ""},
		`{"content":"a","contentMap":{"de":"a"}}`:                   {"a", "de"},
		`{"contentMap":{"de":"a"}}`:                                 {"a", "de"},
		`{"content":"b","contentMap":{"de":"a","en":"b"}}`:          {"b", "en"},
		`{"content":"c","contentMap":{"fr":"a","en":"b"}}`:          {"c", "en"},
		`{"content":["a","b"]}`:                                     {"a", ""},
		`{"content":null,"contentMap":{"en":7,"fr":"a"}}`:           {"a", "en"},
		`{"content":{"x":"a"},"contentMap":["a"]}`:                  {"", ""},
		`{"contentMap":"a"}`:                                        {"", ""},
		`{"content":"","contentMap":{}}`:                            {"", ""},
		`{"Content":"a","CONTENTMAP":{"de":"a"}}`:                   {"", ""},
		`{"content":"a","contentMap":{"en":{"deep":1},"de":["a"]}}`: {"a", "de"},
	} {
		o := parse(t, body)
		if o.Text("content") != want[0] || o.Language() != want[1] {
			t.Errorf("%s: %q in %q", body, o.Text("content"), o.Language())
		}
	}
	o := parse(t, `{"content":"x","contentMap":{"de":"x"},"nameMap":{"cs":"Čaj","de":"Tee"}}`)
	if o.Text("name") != "Tee" {
		t.Errorf("the name in another language than the content: %q", o.Text("name"))
	}
}

func TestScalars(t *testing.T) {
	o := parse(t, `{"yes":true,"no":false,"text":"true","n":7,"big":1e40,"half":1.5,"null":null,"list":[7]}`)
	if !o.Bool("yes") || o.Bool("no") || o.Bool("text") || o.Bool("n") || o.Bool("null") || o.Bool("missing") {
		t.Error("Bool is not the JSON value true")
	}
	if !o.Has("no") || o.Has("null") || o.Has("missing") {
		t.Error("Has is not: there and not null")
	}
	for key, want := range map[string]bool{"n": true, "big": false, "half": false, "text": false, "list": false, "missing": false} {
		if n, ok := o.Int(key); ok != want || (ok && n != 7) {
			t.Errorf("Int(%s): %d, %v", key, n, ok)
		}
	}
}

func TestTime(t *testing.T) {
	at := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Time{
		"2026-01-05T08:00:00Z":       at,
		"2026-01-05T09:00:00+01:00":  at,
		"2026-01-05T08:00:00.250Z":   at.Add(250 * time.Millisecond),
		"2026-01-05T08:00:00":        at,
		"Mon, 05 Jan 2026 08:00 GMT": {},
		"2026-02-30T00:00:00Z":       {},
		"yesterday":                  {},
		"":                           {},
	} {
		got, ok := parse(t, fmt.Sprintf(`{"published":%q}`, value)).Time("published")
		if ok == want.IsZero() || got != want {
			t.Errorf("%s: %v, %v", value, got, ok)
		}
	}
}

func TestKindsOfURLsOfThePageForPeople(t *testing.T) {
	const page, video = "https://a.example/page", "https://a.example/video"
	for value, want := range map[string]string{
		`"https://a.example/page"`: page,
		`["https://a.example/page",{"type":"Link","href":"https://a.example/video"}]`: page,
		`{"type":"Link","href":"https://a.example/page"}`:                             page,
		`[{"type":"Link","mediaType":"video/mp4","href":"https://a.example/video"},
		  {"type":"Link","mediaType":"text/html","href":"https://a.example/page"}]`: page,
		`[{"type":"Link","mimeType":"audio/ogg","href":"https://a.example/video"},
		  {"type":"Link","mimeType":"text/html","href":"https://a.example/page"}]`: page, // Funkwhale
		`["https://a.example/video",{"type":"Link","mediaType":"text/html","href":"https://a.example/page"}]`: page,
		`[{"type":"Link","mimeType":"video/mp4","href":"https://a.example/video"},"https://a.example/page"]`:  page,
		`[{"type":"Link","mediaType":"video/mp4","href":"https://a.example/video"}]`:                          video,
		`"javascript:alert(1)"`:                            "",
		`["javascript:alert(1)","https://a.example/page"]`: page,
		`"/page"`:    "",
		`{"href":7}`: "",
		`null`:       "",
	} {
		if got := parse(t, `{"url":`+value+`}`).URL(); got != want {
			t.Errorf("%s: %q", value, got)
		}
	}
}

func TestEmbeddedObjects(t *testing.T) {
	o := parse(t, `{"object":["a",null,{"id":"b"},{"id":"c"}],"plain":{"id":"d"},"ref":"e"}`)
	first, ok := o.Object("object")
	if !ok || first.ID() != "b" || len(o.Objects("object")) != 2 {
		t.Errorf("%v, %v, %v", first, ok, o.Objects("object"))
	}
	if plain, ok := o.Object("plain"); !ok || plain.ID() != "d" {
		t.Errorf("%v, %v", plain, ok)
	}
	if _, ok := o.Object("ref"); ok || o.Objects("missing") != nil {
		t.Error("a reference was taken for an object")
	}
}

func TestVisibility(t *testing.T) {
	const followers = `"https://a.example/u/followers"`
	for body, want := range map[string]activitypub.Visibility{
		`"to":["https://www.w3.org/ns/activitystreams#Public"],"cc":[` + followers + `]`: "public",
		`"to":"as:Public"`:                                    "public",
		`"to":"Public"`:                                       "public",
		`"to":{"id":"as:Public"}`:                             "public",
		`"to":[` + followers + `],"cc":"as:Public"`:           "unlisted",
		`"to":"Public","cc":"Public"`:                         "public",
		`"to":[` + followers + `]`:                            "private",
		`"to":["https://b.example/u"],"cc":[]`:                "private",
		`"x":1`:                                               "private",
		`"to":null,"cc":null`:                                 "private",
		`"bto":"as:Public","audience":"as:Public"`:            "private",
		`"TO":"as:Public","tо":"as:Public"`:                   "private",
		`"to":"public"`:                                       "private",
		`"to":"AS:Public"`:                                    "private",
		`"to":"https://www.w3.org/ns/activitystreams#public"`: "private",
		`"to":"http://www.w3.org/ns/activitystreams#Public"`:  "private",
		`"to":" as:Public"`:                                   "private",
		`"to":[["as:Public"]]`:                                "private",
		`"to":"as:Public,https://b.example/u"`:                "private",
		`"object":{"to":"as:Public"}`:                         "private",
	} {
		if got := activitypub.VisibilityOf(parse(t, "{"+body+"}")); got != want {
			t.Errorf("%s: %s", body, got)
		}
	}
	if got := activitypub.VisibilityOf(nil); got != activitypub.VisibilityPrivate {
		t.Errorf("nothing at all: %s", got)
	}
}

// Trees need not come from Parse: tests and our own code write them as Go values.
func TestAccessorsSurviveTreesOfOtherGoTypes(t *testing.T) {
	values := []any{nil, 7, 7.5, "x", []string{"a"}, map[string]string{"id": "a"}, map[int]int{}, []any{map[string]any{"id": 1}}, struct{}{},
		map[string]any{"id": "a"}, activitypub.Object(nil), []any(nil), func() {}}
	keys := []string{"id", "type", "url", "content", "contentMap", "to", "published"}
	for _, key := range keys {
		for _, v := range values {
			readEverything(activitypub.Object{key: v, "other": []any{v, v}})
		}
	}
	o := activitypub.Object{"object": map[string]any{"id": "a"}}
	if inside, ok := o.Object("object"); !ok || inside.ID() != "a" || !slices.Equal(o.Refs("object"), []string{"a"}) {
		t.Errorf("a plain map is not read: %v, %v", inside, ok)
	}
}
