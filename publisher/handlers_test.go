package publisher_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func history(n int) []item {
	var items []item
	for i := range n {
		items = append(items, item{
			Path: fmt.Sprint("post-", i), Title: fmt.Sprint("Post ", i), Content: "<p>Text</p>",
			At: start.Add(-time.Duration(i+1) * time.Hour),
		})
	}
	return items
}

func TestActorSaysWhatMastodonNeeds(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		actor := w.document(tea)
		for key, want := range map[string]string{
			"id": tea, "type": "Person", "preferredUsername": "tea", "webfinger": "tea@blog.example", "name": "Tea & time",
			"summary": "<p>Slow things.</p>",
			"url":     tea, "inbox": tea + "/inbox", "outbox": tea + "/outbox", "followers": tea + "/followers",
			"following": tea + "/following",
			"featured":  tea + "/featured", "published": "2026-11-20T12:00:00Z",
		} {
			if got := actor.String(key); got != want {
				t.Errorf("%s: %q, want %q", key, got, want)
			}
		}
		key, _ := actor.Object("publicKey")
		if !strings.HasPrefix(key.ID(), tea+"#main-key-") || key.String("owner") != tea || !strings.HasPrefix(key.String("publicKeyPem"),
			"-----BEGIN PUBLIC KEY-----") {
			t.Errorf("%v", key)
		}
		endpoints, _ := actor.Object("endpoints")
		if endpoints.String("sharedInbox") != base+"/inbox" || actor.Refs("attributionDomains")[0] != "blog.example" {
			t.Errorf("%v", actor)
		}
		generator, _ := actor.Object("generator")
		if can := generator.Objects("implements"); generator.Type() != "Application" || len(can) != 1 ||
			can[0].String("href") != "https://datatracker.ietf.org/doc/html/rfc9421" {
			t.Errorf("generator: %v", generator)
		}
		if keys := actor.Objects("assertionMethod"); len(keys) != 1 || keys[0].Type() != "Multikey" || !strings.HasPrefix(keys[0].ID(), tea+"#ed25519-key-") ||
			keys[0].Ref("controller") != tea || !strings.HasPrefix(keys[0].String("publicKeyMultibase"), "z6Mk") {
			t.Errorf("assertionMethod: %v", keys)
		}
		for _, later := range []string{"interactionPolicy", "movedTo"} {
			if actor.Has(later) {
				t.Errorf("%s is announced", later)
			}
		}
	})
}

func TestActorAnswersEachFormOfAccept(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	for accept, want := range map[string]string{
		"application/activity+json, application/ld+json":                                                                   asJSON,
		`application/ld+json; profile="https://www.w3.org/ns/activitystreams", application/activity+json, text/html;q=0.1`: asJSON,
		`application/ld+json;profile="https://www.w3.org/ns/activitystreams"`:                                              asJSON,
		"application/ld+json": asJSON,
		"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": "text/html",
		"*/*": "text/html",
		"":    "text/html",
	} {
		for _, url := range []string{tea, base + "/actor"} {
			get, head := w.ask("GET", url, accept), w.ask("HEAD", url, accept)
			if get.Code != 200 || !strings.HasPrefix(get.Header().Get("Content-Type"), want) || get.Header().Get("Vary") != "Accept" {
				t.Errorf("%s for %q: %d %v", url, accept, get.Code, get.Header())
			}
			if head.Code != 200 || head.Body.Len() != 0 || head.Header().Get("Content-Length") != fmt.Sprint(get.Body.Len()) ||
				head.Header().Get("Content-Type") != get.Header().Get("Content-Type") {
				t.Errorf("HEAD %s for %q: %d %v", url, accept, head.Code, head.Header())
			}
		}
	}
	if answer := w.ask("GET", base+"/blogs/coffee", asJSON); answer.Code != 404 {
		t.Errorf("unknown blog: %d", answer.Code)
	}
}

func TestProfilePageAllowsItsOwnStyleAndNothingElse(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	if _, err := w.db.Exec(t.Context(), `UPDATE blogs SET title = ?, summary = ?`, `<script>alert(1)</script>`,
		`"><img src=x onerror=alert(2)>`); err != nil {
		t.Fatal(err)
	}
	answer := w.ask("GET", tea, "text/html")
	page, policy := answer.Body.String(), answer.Header().Get("Content-Security-Policy")
	_, style, _ := strings.Cut(page, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	sum := sha256.Sum256([]byte(style))
	if want := "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.HasPrefix(policy, "default-src 'none'") ||
		!strings.Contains(policy, want) {
		t.Errorf("policy %q, want %s", policy, want)
	}
	if strings.Contains(page, "<script") || strings.Contains(page, "<img") {
		t.Errorf("a title becomes markup: %s", page)
	}
	for _, want := range []string{"@tea@blog.example", `<a rel="me" href="https://blog.example/">blog.example</a>`, `<html lang="en">`,
		`<link rel="alternate" type="application/activity+json" href="` + tea + `">`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

func TestInstanceActorIsMadeWhenAsked(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		if _, err := db.Exec(t.Context(), `DELETE FROM actor_keys WHERE owner = ?`, base+"/actor"); err != nil {
			t.Fatal(err)
		}
		actor := w.document(base + "/actor")
		key, _ := actor.Object("publicKey")
		if actor.ID() != base+"/actor" || actor.String("type") != "Application" ||
			actor.String("preferredUsername") != "fedi.blog.example" ||
			!actor.Bool("manuallyApprovesFollowers") || actor.String("inbox") == "" || key.String("owner") != actor.ID() {
			t.Errorf("%v", actor)
		}
	})
}

func TestOutboxPagesThroughEveryPostNewestFirst(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, history(45)...)
		index := w.document(tea + "/outbox")
		if n, _ := index.Int("totalItems"); n != 45 || index.Type() != "OrderedCollection" {
			t.Fatalf("%v", index)
		}
		var names []string
		pages := 0
		for next := index.Ref("first"); next != ""; pages++ {
			page := w.document(next)
			if page.ID() != next || page.Ref("partOf") != tea+"/outbox" || len(page.Objects("orderedItems")) > 20 {
				t.Fatalf("%s: %v", next, page.ID())
			}
			for _, create := range page.Objects("orderedItems") {
				article, _ := create.Object("object")
				names = append(names, article.String("name"))
				if create.ID() != article.ID()+"/create" || !create.Is("Create") || article.String("attributedTo") != tea ||
					create.Has("@context") {
					t.Fatalf("%v", create)
				}
			}
			next = page.Ref("next")
		}
		if pages != 3 || len(names) != 45 || names[0] != "Post 0" || names[44] != "Post 44" ||
			len(slices.Compact(slices.Sorted(slices.Values(names)))) != 45 {
			t.Errorf("%d pages: %v", pages, names)
		}
	})
}

func TestOutboxRefusesCursorsOfOthers(t *testing.T) {
	w := newWorld(t, databasetest.Open(t), history(1)...)
	other := w.addBlog(feeds.NewBlog{BaseURL: base, Username: "notes"})
	foreign, err := feeds.NewestPosts(t.Context(), w.db, other.ID, nil, 1)
	w.must(err)
	for query, want := range map[string]int{"?page=true": 200, "?before=x": 400, "?before=" + strings.Repeat("a", 26): 404,
		"?before=" + w.newest().ID: 200,
		"?before=" + foreign[0].ID: 404} {
		if answer := w.ask("GET", tea+"/outbox"+query, asJSON); answer.Code != want {
			t.Errorf("%s: %d, want %d", query, answer.Code, want)
		}
	}
	held := w.newest().ID
	w.exec(`UPDATE posts SET held_at = 1 WHERE id = ?`, held)
	if answer := w.ask("GET", tea+"/outbox?before="+held, asJSON); answer.Code != 404 {
		t.Errorf("a held post: %d", answer.Code)
	}
}

func TestEmptyCollectionsAreThereAndFollowersAreNotListed(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.follow(w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "pasture.example"))
		for path, want := range map[string]int64{"/followers": 2, "/following": 0, "/featured": 0, "/outbox": 0} {
			doc := w.document(tea + path)
			if n, ok := doc.Int("totalItems"); !ok || n != want || doc.ID() != tea+path || doc.Type() != "OrderedCollection" {
				t.Errorf("%s: %v", path, doc)
			}
			if path == "/followers" && (doc.Has("first") || doc.Has("orderedItems")) {
				t.Errorf("followers are listed: %v", doc)
			}
		}
		if page := w.document(tea + "/outbox?page=true"); page["orderedItems"] == nil {
			t.Errorf("%v", page)
		}
	})
}

func TestPostIsAnArticleForServersAndLeadsPeopleToItsPage(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, history(1)...)
		w.handlers.Engagement = func(context.Context, string) (int, int, []string, error) {
			return 3, 1, []string{"https://pasture.example/1"}, nil
		}
		id := base + "/posts/" + w.newest().ID
		article := w.document(id)
		likes, _ := article.Object("likes")
		if n, _ := likes.Int("totalItems"); article.ID() != id || article.Type() != "Article" || !article.Has("@context") || n != 3 ||
			article.Has("updated") {
			t.Errorf("%v", article)
		}
		answer := w.ask("GET", id, "text/html")
		if answer.Code != http.StatusSeeOther || answer.Header().Get("Location") != site+"post-0" ||
			answer.Header().Get("Vary") != "Accept" {
			t.Errorf("%d %v", answer.Code, answer.Header())
		}
		create := w.document(id + "/create")
		if create.ID() != id+"/create" || create.Ref("object") != id || create.String("published") != article.String("published") {
			t.Errorf("%v", create)
		}
		for path, want := range map[string]int{id + "x": 404, id[:len(id)-1]: 404, strings.ToUpper(id): 404, id + "/updates/1": 404,
			id + "/updates/0": 404, id + "/delete": 404} {
			if answer := w.ask("GET", path, asJSON); answer.Code != want {
				t.Errorf("%s: %d, want %d", path, answer.Code, want)
			}
		}
	})
}

func TestRemovedPostIsATombstone(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, history(1)...)
		id := base + "/posts/" + w.newest().ID
		if _, err := db.Exec(t.Context(), `UPDATE posts SET removed_at = ?`, database.Millis(start)); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{id, id + "/create"} {
			answer := w.ask("GET", path, asJSON)
			tombstone, err := activitypub.Parse(answer.Body.Bytes())
			if err != nil || answer.Code != 410 || tombstone.ID() != id || tombstone.Type() != "Tombstone" ||
				!strings.HasPrefix(answer.Header().Get("Content-Type"), asJSON) {
				t.Errorf("%s: %d %s", path, answer.Code, answer.Body)
			}
		}
		if answer := w.ask("GET", id, "text/html"); answer.Code != 410 || answer.Header().Get("Vary") != "Accept" {
			t.Errorf("for people: %d", answer.Code)
		}
	})
}

func TestNodeInfoNamesTheProgramAndItsActor(t *testing.T) {
	w := newWorld(t, databasetest.Open(t), history(3)...)
	index := decode(t, w.ask("GET", base+"/.well-known/nodeinfo", "*/*").Body.Bytes())
	links := index["links"].([]any)
	if len(links) != 3 || links[2].(map[string]any)["href"] != base+"/actor" {
		t.Errorf("%v", links)
	}
	for _, link := range links[:2] {
		href := link.(map[string]any)["href"].(string)
		version := href[len(href)-3:]
		answer := w.ask("GET", href, "*/*")
		info := decode(t, answer.Body.Bytes())
		software, usage := info["software"].(map[string]any), info["usage"].(map[string]any)
		if info["version"] != version || software["name"] != "bloghorn" || usage["localPosts"] != 3.0 ||
			(software["repository"] != nil) != (version == "2.1") ||
			answer.Header().Get("Content-Type") != `application/json; profile="http://nodeinfo.diaspora.software/ns/schema/`+version+`#"` {
			t.Errorf("%s: %v %v", href, answer.Header(), info)
		}
	}
	if answer := w.ask("GET", base+"/nodeinfo/3.0", "*/*"); answer.Code != 404 {
		t.Errorf("%d", answer.Code)
	}
}
