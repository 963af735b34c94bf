package replies_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/goldentest"
)

// TestWhatServersSend plays each story of testdata/activities: a list of activities in the shape of
// one server's. What readers and the journal have afterwards stands beside it in a .golden file. A
// new pair is a new test; -update writes the golden half.
func TestWhatServersSend(t *testing.T) {
	stories, err := filepath.Glob("../testdata/activities/*/*.json")
	if err != nil || len(stories) < 15 {
		t.Fatalf("%d stories, %v", len(stories), err)
	}
	for _, story := range stories {
		t.Run(strings.TrimSuffix(strings.TrimPrefix(story, "../testdata/activities/"), ".json"), func(t *testing.T) {
			goldentest.Same(t, strings.TrimSuffix(story, ".json")+".golden", play(t, newWorld(t, databasetest.Open(t)), story))
		})
	}
}

// play sends a story and tells how it ends. {post}, {page} and {blog} in it are the post's id, its
// address and the blog's actor.
func play(t *testing.T, w *world, story string) string {
	t.Helper()
	text, err := os.ReadFile(story)
	w.must(err)
	var activities []map[string]any
	names := strings.NewReplacer("{post}", w.teaID, "{page}", w.tea.URL, "{blog}", w.blog.ActorID())
	w.must(json.Unmarshal([]byte(names.Replace(string(text))), &activities))
	people := map[string]*fediversetest.Person{}
	for _, a := range activities {
		actor := activitypub.Object(a).Ref("actor")
		w.tell(people, a)
		w.accepted(people[actor].Post(shared, a))
	}
	w.work()
	w.checkCounts()
	return w.told()
}

// tell makes the people whom an activity, or one inside it, names, and serves what they wrote.
func (w *world) tell(people map[string]*fediversetest.Person, a activitypub.Object) {
	w.t.Helper()
	for _, id := range []string{a.Ref("actor"), a.Ref("attributedTo")} {
		if id != "" && people[id] == nil {
			people[id] = w.stranger(id)
		}
	}
	if a.Has("attributedTo") && a.ID() != "" && !strings.Contains(a.ID(), "#") { // with "#" it is a part of another document
		w.fedi.Serve(a.ID(), a)
	}
	if o, ok := a.Object("object"); ok {
		w.tell(people, o)
	}
}

// stranger is the person with an id of any shape; those who live in /c/ or /category/ are groups.
func (w *world) stranger(id string) *fediversetest.Person {
	host, path, _ := strings.Cut(strings.TrimPrefix(id, "https://"), "/")
	name := strings.ReplaceAll(filepath.Base(path), ":", ".")
	kind := "Person"
	if strings.HasPrefix(path, "c/") || strings.HasPrefix(path, "category/") {
		kind = "Group"
	}
	return w.fedi.Person(name, host, fediversetest.ActorID(id), fediversetest.Profile("type", kind))
}

// told is the thread with everything that a reader sees of it, and the journal.
func (w *world) told() string {
	var b strings.Builder
	shown := w.thread()
	fmt.Fprintf(&b, "{Replies:%d Likes:%d Boosts:%d}", shown.Counts.Replies, shown.Counts.Likes, shown.Counts.Boosts)
	if n := shown.Counts.Quotes; n > 0 {
		fmt.Fprintf(&b, " and %d quotes", n)
	}
	b.WriteByte('\n')
	for _, i := range shown.Items {
		fmt.Fprintf(&b, "\n%s %s %s\n", i.Author.Handle, i.PublishedAt.Format("15:04:05"), i.URL)
		if i.Kind == thread.KindQuote {
			b.WriteString("quotes the post\n")
		}
		fmt.Fprintf(&b, "%s\n%s\n", strings.TrimSpace(i.Visibility+" "+i.Language), i.HTML)
		if i.CW != "" {
			fmt.Fprintf(&b, "warning: %s\n", i.CW)
		}
		if !i.EditedAt.IsZero() {
			fmt.Fprintf(&b, "edited: %s\n", i.EditedAt.Format("15:04:05"))
		}
		for _, a := range i.Attachments {
			fmt.Fprintf(&b, "attached: %s %s %q\n", a.URL, a.MediaType, a.Name)
		}
	}
	b.WriteByte('\n')
	for _, verdict := range w.verdicts() {
		b.WriteString(verdict + "\n")
	}
	return b.String()
}
