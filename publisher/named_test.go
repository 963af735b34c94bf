package publisher_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// Whom a post names is asked for by WebFinger, once, and tagged; she is written to only where the blog wants it.
func TestKindsOfPeopleNamedInPosts(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.announcer.Remotes = w.remotes
		ada, bob, eve := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example"), w.fedi.Person("eve", "heath.example")
		asked := map[string]int{}
		for person, host := range map[string]string{bob.ID: "meadow.example", "": "nobody.example"} {
			w.fedi.Handle("https://"+host+"/.well-known/webfinger", http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				asked[host]++
				if person == "" {
					http.NotFound(rw, r)
					return
				}
				fmt.Fprintf(rw, `{"links":[{"rel":"self","type":"application/activity+json","href":%q}]}`, person)
			}))
		}
		page := "https://heath.example/@eve"
		w.fedi.Serve(page, activitypub.Object{"@context": "https://www.w3.org/ns/activitystreams", "id": eve.ID, "type": "Person"})
		w.follow(ada)

		mentioned := func(path, text string) (tags, cc, inboxes []string) {
			t.Helper()
			w.write(item{Path: path, Title: path, Content: text})
			w.announceAll()
			creates := w.sent("Create")
			last := creates[len(creates)-1]
			article, _ := last.Object.Object("object")
			for _, tag := range article.Objects("tag") {
				if tag.Type() == "Mention" {
					tags = append(tags, tag.String("name")+" "+tag.Ref("href"))
				}
			}
			served := w.document(article.ID())
			if fmt.Sprint(served["tag"]) != fmt.Sprint(article["tag"]) || fmt.Sprint(served["cc"]) != fmt.Sprint(article["cc"]) {
				t.Errorf("%s: served with other people: %v %v", path, served["tag"], article["tag"])
			}
			return tags, article.Refs("cc"), last.Inboxes
		}

		tags, cc, inboxes := mentioned("one", "<p>With @ada@pasture.example, @bob@meadow.example, @x@nobody.example and "+`<a href="`+page+`">Eve</a>. <code>@code@meadow.example</code></p>`)
		if want := []string{"@ada@pasture.example " + ada.ID, "@bob@meadow.example " + bob.ID, "@eve@heath.example " + eve.ID}; !slices.Equal(tags, want) {
			t.Errorf("tags %v", tags)
		}
		if len(cc) != 1 || !slices.Equal(inboxes, w.inboxesThat(ada.ID)) {
			t.Errorf("addressed to %v, sent to %v", cc, inboxes)
		}

		mentioned("two", "<p>Again @bob@meadow.example and @x@nobody.example.</p>")
		if asked["meadow.example"] != 1 || asked["nobody.example"] != 1 {
			t.Errorf("asked %v", asked)
		}

		w.edit(&w.blog, "mentions", "notify")
		tags, cc, inboxes = mentioned("three", "<p>For @bob@meadow.example and @ada@pasture.example alone.</p>")
		if len(tags) != 2 || !slices.Contains(cc, bob.ID) || !slices.Contains(cc, ada.ID) || !slices.Equal(inboxes, w.inboxesThat(ada.ID, bob.ID)) {
			t.Errorf("notify: %v %v %v", tags, cc, inboxes)
		}

		w.edit(&w.blog, "mentions", "none")
		if tags, cc, _ = mentioned("four", "<p>@bob@meadow.example, @new@fen.example</p>"); len(tags) != 0 || len(cc) != 1 {
			t.Errorf("none: %v %v", tags, cc)
		}
	})
}

// inboxesThat are those that reach these people, in order.
func (w *world) inboxesThat(ids ...string) (inboxes []string) {
	w.t.Helper()
	for _, id := range ids {
		a, err := w.remotes.Known(w.t.Context(), w.db, id)
		w.must(err)
		to := a.SharedInbox
		if to == "" {
			to = a.Inbox
		}
		inboxes = append(inboxes, to)
	}
	slices.SortFunc(inboxes, strings.Compare)
	return inboxes
}
