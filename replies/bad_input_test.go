package replies_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/costtest"
)

// spared says that one body in so many is sent; fewer with the race detector, and all in the long
// form.
var spared = costtest.Pick(map[bool]int{false: 120, true: 200}[costtest.Race], 1)

// target is somewhere in an activity of testdata/activities.
type target struct {
	story    string
	activity int
	path     []string
}

// String is what tells a place from others: the same property of the same kind of activity is one,
// whichever server writes it.
func (p target) String() string { return strings.Join(p.path, ".") }

// places are all properties of all activities in the stories, each once.
func places(t testing.TB) []target {
	files, err := filepath.Glob("../testdata/activities/*/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d stories, %v", len(files), err)
	}
	found := map[string]target{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var activities []map[string]any
		if err := json.Unmarshal(text, &activities); err != nil {
			t.Fatal(err)
		}
		for i, a := range activities {
			walk(a, nil, func(path []string) {
				p := target{file, i, path}
				found[fmt.Sprint(a["type"], " ", p)] = p
			})
		}
	}
	var all []target
	for _, name := range slices.Sorted(maps.Keys(found)) {
		all = append(all, found[name])
	}
	return all
}

// walk visits the keys of an object and of the objects in it; of a list, the first.
func walk(v any, path []string, visit func(path []string)) {
	if list, ok := v.([]any); ok && len(list) > 0 {
		walk(list[0], path, visit)
	}
	o, _ := v.(map[string]any)
	for key, inside := range o {
		at := append(slices.Clone(path), key)
		visit(at)
		walk(inside, at, visit)
	}
}

// bad are the ways to spoil a property, given its right value. What is not an object of the
// language of Go is JSON as it is written.
var bad = map[string]func(right any) any{
	"null":          func(any) any { return nil },
	"true":          func(any) any { return true },
	"zero":          func(any) any { return 0 },
	"huge number":   func(any) any { return json.RawMessage("1e400") },
	"long number":   func(any) any { return json.RawMessage(strings.Repeat("9", 5000)) },
	"empty":         func(any) any { return "" },
	"a word":        func(any) any { return "x" },
	"nothing":       func(any) any { return map[string]any{} },
	"no list":       func(any) any { return []any{} },
	"list":          func(right any) any { return []any{right} },
	"list twice":    func(right any) any { return []any{right, right} },
	"list of lists": func(right any) any { return []any{[]any{right}} },
	"list of odds":  func(right any) any { return []any{nil, 7, map[string]any{}, right} },
	"long list":     func(right any) any { return slices.Repeat([]any{"https://pasture.example/1"}, 10_000) },
	"longer list":   func(right any) any { return slices.Repeat([]any{0}, 30_000) },
	"in an object":  func(right any) any { return map[string]any{"id": right, "href": right, "url": right} },
	"@value":        func(right any) any { return map[string]any{"@value": right, "@language": "en"} },
	"@id":           func(right any) any { return map[string]any{"@id": right} },
	"@list":         func(right any) any { return map[string]any{"@list": []any{right}} },
	"@graph":        func(right any) any { return map[string]any{"@graph": []any{right}} },
	"@reverse":      func(right any) any { return map[string]any{"@reverse": map[string]any{"actor": right}} },
	"@included":     func(right any) any { return map[string]any{"@included": []any{right}} },
	"a context":     func(any) any { return map[string]any{"@context": "https://contexts.example/evil.jsonld"} },
	"an activity": func(any) any {
		return map[string]any{"type": "Create", "actor": "https://pasture.example/users/ada", "object": "x"}
	},
	"deep": func(any) any {
		return json.RawMessage(strings.Repeat(`{"object":`, 25) + "1" + strings.Repeat("}", 25))
	},
	"too deep":      func(any) any { return json.RawMessage(strings.Repeat(`[`, 5000) + strings.Repeat("]", 5000)) },
	"megabyte":      func(any) any { return strings.Repeat("x", 1_000_000) },
	"megabyte wide": func(any) any { return strings.Repeat("𝄞", 240_000) },
	"markup":        func(any) any { return strings.Repeat("<p><a href='x'>", 60_000) },
	"bidi":          func(any) any { return "a\u202eb\u2066c\u200fd\u061c" },
	"controls":      func(any) any { return "a\x00b\x1f\x7f\u0085\u2028\ufeff" },
	"half a pair":   func(any) any { return json.RawMessage(`"\ud800 \udfff"`) },
	"not a date":    func(any) any { return "0000-00-00T25:61:61+99:99" },
	"year 10000":    func(any) any { return "10000-01-01T00:00:00Z" },
	"our host":      func(any) any { return base + "/posts/none" },
	"script":        func(any) any { return "javascript://pasture.example/%0aalert(1)" },
	"user in URL":   func(any) any { return "https://pasture.example@evil.example/" },
	"backslash":     func(any) any { return `https://evil.example\@pasture.example/` },
	"wide dot":      func(any) any { return "https://pasture。example/1" },
	"Cyrillic":      func(any) any { return "https://раsture.example/1" },
	"zero width":    func(any) any { return "https://pas\u200bture.example/1" },
	"escaped host":  func(any) any { return "https://%70asture.example/1" },
	"long URL":      func(any) any { return "https://pasture.example/" + strings.Repeat("x", 3000) },
	"port":          func(any) any { return "https://pasture.example:99999/1" },
	"its id alone":  func(right any) any { o, _ := right.(map[string]any); return o["id"] },
	"elsewhere":     func(any) any { return "https://elsewhere.example/1" },
	"a router":      func(any) any { return "https://192.168.1.1/admin" },
	"loopback":      func(any) any { return "https://[::ffff:127.0.0.1]/x" },
	"left out":      func(any) any { return leftOut },
	"twice":         func(any) any { return twice },
	"other case":    func(any) any { return otherCase },
}

type spoiling int

const (
	leftOut spoiling = iota
	twice
	otherCase
)

// spoil puts bad things at a path of an activity.
func spoil(o map[string]any, path []string, with func(any) any) {
	for v := any(o); ; path = path[1:] {
		if list, ok := v.([]any); ok {
			v = list[0]
		}
		o = v.(map[string]any)
		if len(path) == 1 {
			break
		}
		v = o[path[0]]
	}
	key := path[0]
	switch value := with(o[key]); value {
	case leftOut:
		delete(o, key)
	case twice:
		o["twice!"+key] = nil
	case otherCase:
		o[strings.ToUpper(key)] = o[key]
		delete(o, key)
	default:
		o[key] = value
	}
}

// spoiled is an activity of the stories, as new, with one property spoiled, as bytes.
func (w *world) spoiled(p target, serial int, with func(any) any) (body []byte, actor string) {
	w.t.Helper()
	text, err := os.ReadFile(p.story)
	w.must(err)
	var activities []map[string]any
	names := strings.NewReplacer("{post}", w.teaID, "{page}", w.tea.URL, "{blog}", w.blog.ActorID())
	w.must(json.Unmarshal([]byte(names.Replace(string(text))), &activities))
	a := activities[p.activity]
	actor = activitypub.Object(a).Ref("actor")
	fresh := fmt.Sprint("?", serial)
	a["id"] = a["id"].(string) + fresh
	if o, ok := a["object"].(map[string]any); ok && a["type"] == "Create" {
		o["id"] = o["id"].(string) + fresh
	}
	spoil(a, p.path, with)
	body, err = json.Marshal(a)
	w.must(err)
	return []byte(strings.ReplaceAll(string(body), `"twice!`, `"`)), actor
}

// TestBadInput spoils each property of each activity that we have examples of, in each of many
// ways. The answer is never our fault and never late, nobody is asked before it, and what was taken
// has left a reason in the journal.
func TestBadInput(t *testing.T) {
	const seed = 4711
	all := places(t)
	on := onStrictest
	if costtest.Long() {
		on = each
	}
	on(t, func(t *testing.T, w *world) {
		c := newCritic(w)
		r := rand.New(rand.NewPCG(seed, 0))
		for _, p := range all {
			for _, how := range slices.Sorted(maps.Keys(bad)) {
				if r.IntN(spared) == 0 {
					c.send(p, how)
				}
			}
		}
		answered := c.requests
		w.work()
		c.checkRequests()
		w.thread()
		t.Logf("seed %d: %d bodies, %d taken, %d requests before the answers, %d after", seed, c.serial, c.taken, answered, c.requests)
		if c.serial < 12_000/spared || c.requests == 0 || c.taken == 0 || c.taken == c.serial {
			t.Errorf("%d bodies, %d taken", c.serial, c.taken)
		}
	})
}
