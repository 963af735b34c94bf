package publisher_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestLookupFindsWhomAPersonMeans(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		ada := w.fedi.Person("ada", "pasture.example")
		page := "https://pasture.example/@ada"
		w.fedi.Serve(page, activitypub.Object{"@context": "https://www.w3.org/ns/activitystreams", "id": ada.ID, "type": "Person"})
		for _, name := range []string{"@ada@pasture.example", "ada@pasture.example", "acct:ada@pasture.example", " @ada@PASTURE.example ", ada.ID, page} {
			actor, doc, err := w.remotes.Lookup(t.Context(), name)
			if err != nil || actor.URI != ada.ID || actor.ID == 0 || doc.ID() != ada.ID {
				t.Errorf("%s: %+v, %v", name, actor, err)
			}
		}
	})
}

// TestCommunityIsToldFromThePersonOfItsName: on Lemmy both may be there, and the person comes first.
func TestCommunityIsToldFromThePersonOfItsName(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		person, group := "https://lemmy.example/u/tea", "https://lemmy.example/c/tea"
		w.fedi.Person("tea", "lemmy.example", fediversetest.ActorID(person))
		w.fedi.Person("tea", "lemmy.example", fediversetest.ActorID(group), fediversetest.Profile("type", "Group"))
		w.fedi.Handle("https://lemmy.example/.well-known/webfinger", http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(rw, `{"links":[{"rel":"self","type":"application/activity+json","href":%q,"properties":{"https://www.w3.org/ns/activitystreams#type":"Person"}},`+
				`{"rel":"self","type":"application/activity+json","href":%q,"properties":{"https://www.w3.org/ns/activitystreams#type":"Group"}}]}`, person, group)
		}))
		for name, want := range map[string]string{"!tea@lemmy.example": group, "@tea@lemmy.example": person, "tea@lemmy.example": person} {
			if actor, _, err := w.remotes.Lookup(t.Context(), name); err != nil || actor.URI != want {
				t.Errorf("%s: %s, %v", name, actor.URI, err)
			}
		}
	})
}

func TestLookupSaysWhyThereIsNobody(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.fedi.Person("ada", "pasture.example")
		finger := func(host, body string) {
			w.fedi.Handle("https://"+host+"/.well-known/webfinger", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(body)) }))
		}
		finger("nonsense.example", "<!doctype html>")
		finger("page.example", `{"links":[{"rel":"self","type":"text/html","href":"https://page.example/"}]}`)
		finger("script.example", `{"links":[{"rel":"self","type":"application/activity+json","href":"javascript:alert(1)"}]}`)
		finger("endless.example", strings.Repeat(" ", 1<<20))
		finger("inside.example", `{"links":[{"rel":"self","type":"application/activity+json","href":"http://10.0.0.1/"}]}`)
		finger("ours.example", `{"links":[{"rel":"self","type":"application/activity+json","href":"`+base+`/blogs/tea"}]}`)
		for name, want := range map[string]error{
			"": remote.ErrNoName, "ada": remote.ErrNoName, "@ada@": remote.ErrNoName, "@ada@pasture.example/x": remote.ErrNoName,
			"@ada@a@b": remote.ErrNoName, "@ada@pasture.example?x": remote.ErrNoName, "javascript:alert(1)": remote.ErrNoName,
			"@bob@pasture.example": remote.ErrGone, "@a@nonsense.example": remote.ErrNotTrusted, "@a@page.example": remote.ErrNotTrusted,
			"@a@script.example": remote.ErrNotTrusted, "@a@endless.example": remote.ErrNotTrusted, "@a@inside.example": remote.ErrNotTrusted,
			"@a@ours.example": remote.ErrNotTrusted, "@tea@" + strings.TrimPrefix(base, "https://"): remote.ErrNotTrusted,
			"@a@nowhere.example": remote.ErrUnreachable,
		} {
			if _, _, err := w.remotes.Lookup(t.Context(), name); !errors.Is(err, want) {
				t.Errorf("%q: %v, want %v", name, err, want)
			}
		}
	})
}
