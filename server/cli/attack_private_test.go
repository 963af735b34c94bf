package cli

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/exit"
)

// marker stands in every text of what is not for everybody.
const marker = "canaryinacage"

// private are the ways in which somebody addresses a reply that is not for everybody.
func private(p *fediversetest.Person) map[string][]fediversetest.Option {
	with, around := fediversetest.With, fediversetest.OnActivity
	public := activitypub.Public
	return map[string][]fediversetest.Option{
		"direct":                           {fediversetest.Direct},
		"followers only":                   {fediversetest.FollowersOnly},
		"to the blog alone":                {with("to", teaBlog), with("cc", nil)},
		"to nobody":                        {with("to", []any{}), with("cc", []any{})},
		"no addresses":                     {with("to", nil), with("cc", nil)},
		"bto":                              {fediversetest.Direct, with("bto", public)},
		"bcc":                              {fediversetest.Direct, with("bcc", []any{public})},
		"audience":                         {with("to", nil), with("cc", nil), with("audience", public)},
		"public in to of the activity":     {fediversetest.Direct, around("to", public)},
		"public in cc of the activity":     {fediversetest.FollowersOnly, around("cc", []any{public})},
		"public in bto of the activity":    {fediversetest.Direct, around("bto", public)},
		"no addresses, a public activity":  {with("to", nil), with("cc", nil), around("to", public), around("cc", public)},
		"public in another case":           {with("to", "AS:PUBLIC"), with("cc", "https://www.w3.org/ns/activitystreams#public")},
		"public without #":                 {with("to", "https://www.w3.org/ns/activitystreams"), with("cc", "public")},
		"public over http":                 {with("to", "http://www.w3.org/ns/activitystreams#Public"), with("cc", nil)},
		"public in a list in a list":       {with("to", []any{[]any{public}}), with("cc", 7)},
		"public as a type":                 {with("to", activitypub.Object{"type": public}), with("cc", nil)},
		"public as a mention":              {fediversetest.Direct, with("tag", []any{activitypub.Object{"type": "Mention", "href": public, "name": "@public"}})},
		"public in capabilities":           {fediversetest.Direct, with("interactionPolicy", activitypub.Object{"canReply": activitypub.Object{"always": public}})},
		"to somebody's collection":         {with("to", p.ID+"/lists/friends"), with("cc", []any{teaBlog + "/followers"})},
		"direct, of a type that is shown":  {fediversetest.Direct, with("type", "Article")},
		"direct, a question":               {fediversetest.Direct, with("type", "Question")},
		"direct, signed off with Public ":  {with("to", public+" "), with("cc", " "+public)},
		"followers only, in their context": {fediversetest.FollowersOnly, with("context", teaBase+"/posts/1/context")},
	}
}

// TestPrivateWordsReachNobody sends what is not for everybody in each form, and searches all that
// anybody can ask for: every route, in every form; what commands list; the log; what the program
// keeps in memory.
func TestPrivateWordsReachNobody(t *testing.T) {
	t.Parallel()
	log := &lockedBuffer{}
	c := newCheckedSaying(t, slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelInfo}))
	bo := c.f.Person("bo", "brook.test")
	open := c.takes(t, bo.Reply(c.post, "<p>Said openly.</p>"))
	c.f.Handle("https://elsewhere.test/1", http.NotFoundHandler())
	n := 0
	for _, form := range slices.Sorted(maps.Keys(private(bo))) {
		n++
		p := c.f.Person("eve", fmt.Sprintf("meadow-%d.test", n))
		words := append(secret(p), private(p)[form]...)
		parents := []string{c.post, open.ObjectID}
		if !costtest.Long() {
			parents = parents[n%2:][:1]
		}
		for _, parent := range parents {
			reply := p.Reply(parent, "<p>"+marker+"</p>", append(words, fediversetest.At(teaBase+"/inbox"))...)
			if reply.Status/100 != 2 && reply.Status/100 != 4 {
				t.Errorf("%s: %d %s", form, reply.Status, reply.Answer)
			}
			p.Edit(reply, "<p>"+marker+" edited</p>", append(words, fediversetest.At(teaBase+"/inbox"))...)
			bo.Like(reply.ObjectID, fediversetest.At(teaBase+"/inbox"))
			bo.Boost(reply.ObjectID, fediversetest.At(teaBase+"/inbox"))
			bo.Reply(reply.ObjectID, "<p>"+marker+" answered</p>", append(secret(bo), fediversetest.At(teaBlog+"/inbox"), fediversetest.Direct)...)
		}
		// Said by the shared inbox, by the blog's own one, and about nothing of ours.
		p.Reply("https://elsewhere.test/1", marker, append(words, fediversetest.At(teaBlog+"/inbox"))...)
	}
	// What was open and is private now, and reactions that are not for everybody.
	eve := c.person()
	regretted := c.takes(t, eve.Reply(c.post, "<p>"+marker+" too open</p>"))
	c.takes(t, eve.Edit(regretted, "<p>"+marker+" private now</p>", fediversetest.Direct))
	eve.Boost(c.post, fediversetest.With("to", []any{teaBlog}), fediversetest.With("cc", nil), fediversetest.With("content", marker), fediversetest.With("summary", marker))
	eve.Like(c.post, fediversetest.With("to", []any{teaBlog}), fediversetest.With("summary", marker))
	eve.Post(teaBase+"/inbox", activitypub.Object{"id": eve.ID + "#flag", "type": "Flag", "actor": eve.ID, "object": []any{teaBlog, open.ObjectID}, "content": marker})
	c.settled(t)

	for _, item := range c.thread(t).Items {
		if strings.Contains(item.Text, marker) {
			t.Errorf("the thread shows %q by %s", item.Text, item.Author.Handle)
		}
	}
	// A command of each kind has run beside the server, so that what it keeps is asked for too.
	for what, said := range c.lists(t) {
		if strings.Contains(said, marker) && what != "report list" { // which is for the operator alone
			t.Errorf("%s prints private words:\n%s", what, said)
		}
	}
	pages := c.everyRoute(t, c.everyName(t), c.everyQuery(c.page, c.post, open.ObjectID, regretted.ObjectID))
	shown, routes := 0, map[int]int{}
	for _, page := range pages {
		routes[page.status]++
		if strings.Contains(page.body, "Said openly.") {
			shown++
		}
		if strings.Contains(strings.ToLower(page.all()), marker) {
			at := strings.Index(strings.ToLower(page.all()), marker)
			t.Errorf("%s has private words: …%s…", page.from, page.all()[max(0, at-200):min(at+100, len(page.all()))])
		}
	}
	if shown < 5 || routes[200] < 50 {
		t.Errorf("only %d answers show the open reply, and by status there are %v: nothing was searched", shown, routes)
	}
	if strings.Contains(log.String(), marker) {
		t.Errorf("the log has private words:\n%s", log.String())
	}
	for name, kept := range map[string]any{
		"comments": c.Comments, "collections": c.Collections, "actors": c.Actors, "gate": c.Gate, "inbox": c.Inbox, "remotes": c.Remotes, "sites": c.Sites,
		"crawler": c.Crawler, "announcer": c.Announcer, "worker": c.Worker, "poller": c.Poller, "page_checker": c.PageChecker,
	} {
		if path := find(reflect.ValueOf(kept), marker, map[uintptr]bool{}); path != "" {
			t.Errorf("private words are kept in memory: %s%s", name, path)
		}
	}
	if path := find(reflect.ValueOf(c.Comments), "Said openly.", map[uintptr]bool{}); path == "" {
		t.Error("the open reply is not found in memory: nothing was searched")
	}
	t.Logf("%d forms, %d answers, by status %v", n, len(pages), routes)
}

// secret puts the marker where people write, beside the text itself.
func secret(p *fediversetest.Person) []fediversetest.Option {
	with := fediversetest.With
	return []fediversetest.Option{
		with("summary", marker), with("name", marker), with("contentMap", activitypub.Object{"en": marker}), with("source", activitypub.Object{"content": marker}),
		with("attachment", []any{activitypub.Object{"type": "Image", "mediaType": "image/png", "url": "https://" + p.Host + "/" + marker + ".png", "name": marker}}),
		with("url", "https://"+p.Host+"/"+marker), fediversetest.OnActivity("summary", marker), fediversetest.OnActivity("name", marker),
	}
}

func (c *checked) takes(t *testing.T, sent *fediversetest.Sent) *fediversetest.Sent {
	t.Helper()
	if sent.Status != 202 {
		t.Fatalf("%s: %d %s %v", sent.Activity.Type(), sent.Status, sent.Answer, sent.Err)
	}
	return sent
}

// lists runs every command that shows something: those that a new one is called like are found by themselves.
func (c *checked) lists(t *testing.T) map[string]string {
	t.Helper()
	line := newCommandLine()
	parser, err := kong.New(&line, parserOptions(io.Discard, io.Discard, new(int))...)
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for _, leaf := range parser.Model.Leaves(false) {
		if !slices.Contains([]string{"list", "log", "show", "ledger", "export", "history", "held", "plan", "html", "status"}, leaf.Name) {
			continue
		}
		words := strings.Fields(leaf.Path())[1:]
		for i, argument := range leaf.Positional {
			switch {
			case !argument.Required && i == 0 && argument.Name != "name":
			case argument.Name == "name" || argument.Name == "blog":
				words = append(words, "tea")
			case argument.Name == "id" && words[0] == "post" || argument.Name == "post":
				words = append(words, c.page)
			}
		}
		for _, flags := range [][]string{nil, {"--status", "hidden"}, {"--status", "shown"}, {"--state", "pending"}, {"--limit", "500"}} {
			if code, out := c.say(append(words, flags...)...); code == exit.OK || flags == nil {
				said[strings.Join(append(words, flags...), " ")] = out
			}
		}
	}
	if len(said) < 10 {
		t.Fatalf("only %d commands list anything: %v", len(said), said)
	}
	return said
}

// find looks for a text in everything that can be reached from a value, and returns the way to it;
// "" where it is not. What other goroutines change meanwhile is not theirs to change: the program
// has settled. The database and the network are left out.
func find(v reflect.Value, text string, seen map[uintptr]bool) (path string) {
	switch v.Kind() {
	case reflect.String:
		if strings.Contains(v.String(), text) {
			return " = " + v.String()
		}
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return ""
		}
		if v.Kind() == reflect.Pointer {
			if seen[v.Pointer()] || isOutside(v.Elem().Type()) {
				return ""
			}
			seen[v.Pointer()] = true
		}
		return find(v.Elem(), text, seen)
	case reflect.Struct:
		if isOutside(v.Type()) {
			return ""
		}
		for i := range v.NumField() {
			if path := find(v.Field(i), text, seen); path != "" {
				return "." + v.Type().Field(i).Name + path
			}
		}
	case reflect.Map:
		for key, value := range v.Seq2() {
			for _, part := range []reflect.Value{key, value} {
				if path := find(part, text, seen); path != "" {
					return "[…]" + path
				}
			}
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			if v.Kind() == reflect.Slice && bytes.Contains(v.Bytes(), []byte(text)) {
				return " has it in its bytes"
			}
			return ""
		}
		for i := range v.Len() {
			if path := find(v.Index(i), text, seen); path != "" {
				return fmt.Sprintf("[%d]%s", i, path)
			}
		}
	}
	return ""
}

// isOutside is true for what holds the words of the test itself: the network, the log, the database.
func isOutside(t reflect.Type) bool {
	return slices.ContainsFunc([]string{"fediversetest", "database/sql", "log/slog", "server/database", "testing", "net/http", "reflect", "context"}, func(part string) bool {
		return strings.HasSuffix(t.PkgPath(), part)
	})
}

// lockedBuffer is a log that several goroutines write.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
