package replies_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// field is a line of a profile as Mastodon has it.
func field(value string) fediversetest.Trait {
	return fediversetest.Profile("attachment", []any{map[string]any{"type": "PropertyValue", "name": "Blog", "value": value}})
}

// owner is the blogger by her own account.
func (w crawler) owner(traits ...fediversetest.Trait) *fediversetest.Person {
	return w.fedi.Person("ada", "pasture.example", append([]fediversetest.Trait{field(`<a href="` + site + `" rel="me">blog</a>`)}, traits...)...)
}

// adopts has the owner name the account.
func (w crawler) adopts(p *fediversetest.Person) error {
	w.t.Helper()
	actor, doc, err := w.inbox.Remotes.Lookup(w.t.Context(), p.Handle())
	w.must(err)
	return moderation.AddAccount(w.t.Context(), w.db, w.blog, actor, doc, "test", w.clock())
}

// toot is what p writes to her followers; her server lists it.
func (w crawler) toot(p *fediversetest.Person, html string, options ...fediversetest.Option) *fediversetest.Sent {
	w.t.Helper()
	return p.Reply("", html, append([]fediversetest.Option{fediversetest.At("https://" + p.Host + "/inbox")}, options...)...)
}

// outbox lists toots as Mastodon does, the newest on a page of its own.
func (w crawler) outbox(p *fediversetest.Person, toots ...*fediversetest.Sent) {
	w.t.Helper()
	var items []any
	for _, toot := range toots {
		items = append(items, map[string]any(toot.Activity))
	}
	id := p.ID + "/outbox"
	w.fedi.Serve(id, activitypub.Object{"id": id, "type": "OrderedCollection", "first": id + "?page=true"})
	w.fedi.Serve(id+"?page=true", activitypub.Object{"id": id + "?page=true", "type": "OrderedCollectionPage", "partOf": id, "orderedItems": items})
}

func TestAnswersToTheOwnersTootJoinTheThread(t *testing.T) {
	eachCrawler(t, func(t *testing.T, w crawler) {
		ada, bob, cleo := w.owner(), w.fedi.Person("bob", "meadow.example"), w.fedi.Person("cleo", "hill.example")
		w.must(w.adopts(ada))
		w.must(w.adopts(ada)) // again: nothing new
		lunch := w.toot(ada, "<p>Lunch.</p>")
		toot := w.toot(ada, `<p>New on my blog: <a href="`+site+`tea?utm_source=mastodon">On tea</a></p>`)
		w.outbox(ada, toot, lunch)
		w.later(15 * time.Minute)
		if n := w.count("SELECT COUNT(*) FROM adopted"); n != 1 {
			t.Fatalf("%d toots are adopted, want 1", n)
		}
		w.expect() // the toot itself is no comment
		// Bob's answer is forwarded by ada's server, Cleo's only listed there, and her second comes
		// straight, as she names the blog.
		one := bob.Reply(toot.ObjectID, "one", away)
		two := cleo.Reply(toot.ObjectID, "two", away)
		w.accepted(ada.Post(shared, map[string]any(one.Activity)))
		w.work()
		w.expect("bob: one")
		w.list(toot.ObjectID+"/replies", []string{one.ObjectID, two.ObjectID})
		w.later(5 * time.Minute)
		w.expect("bob: one", "cleo: two")
		w.pass(time.Minute)
		w.accepted(cleo.Reply(one.ObjectID, "three", to(shared)))
		w.accepted(ada.Reply(two.ObjectID, "thanks", to(shared)))
		w.later(time.Hour)
		w.expect("bob: one", "cleo: two", "  cleo: three", "  ada: thanks") // in the order of time; the last two answer one and two
		if n := w.fedi.Count("pasture.example", "/users/ada/statuses/"+lunch.ObjectID[len(lunch.ObjectID)-1:]); n != 0 {
			t.Errorf("a toot about something else was asked for %d times", n)
		}
	})
}

// TestTootMayBeFasterThanTheFeed: it links to a page that we do not know yet.
func TestTootMayBeFasterThanTheFeed(t *testing.T) {
	eachCrawler(t, func(t *testing.T, w crawler) {
		ada := w.owner()
		w.must(w.adopts(ada))
		coffee, typo := w.toot(ada, `<p><a href="`+site+`coffee">On coffee</a></p>`), w.toot(ada, `<p><a href="`+site+`cofee">On coffee</a></p>`)
		w.outbox(ada, coffee, typo)
		w.later(15 * time.Minute)
		waiting := func() int { return w.count("SELECT COUNT(*) FROM received WHERE state = 'queued'") }
		if n := waiting(); n != 2 {
			t.Fatalf("%d toots wait for their posts, want 2", n)
		}
		page := database.Hash(pageurl.Normalise(site + "coffee"))
		w.must(w.exec("INSERT INTO post_aliases (page_key, post_id, blog_id, created_at) VALUES (?, ?, ?, 0)", page, w.tea.ID, w.blog.ID))
		w.later(5 * time.Minute)
		if n := w.count("SELECT COUNT(*) FROM adopted WHERE uri_hash = ?", database.Hash(coffee.ObjectID)); n != 1 || waiting() != 1 {
			t.Errorf("when the feed has the page, %d toots are adopted and %d wait", n, waiting())
		}
		w.later(24 * time.Hour)
		w.later(24 * time.Hour)
		if n := waiting(); n != 0 {
			t.Errorf("%d toots wait for ever", n)
		}
	})
}

func TestAccountMustSayThatItBelongsToTheBlog(t *testing.T) {
	eachCrawler(t, func(t *testing.T, w crawler) {
		code := func(id string) string { return moderation.AccountCode(w.blog, id) }
		for name, c := range map[string]struct {
			trait fediversetest.Trait
			want  error
		}{
			"nothing":       {field("tea"), web.ErrRefused},
			"link":          {field(`<a href="` + site + `" rel="me nofollow noopener">blog</a>`), nil},
			"other-way":     {field(`<a href="http://www.blog.example">blog</a>`), nil},
			"plain":         {field(site), nil},
			"another-page":  {field(`<a href="` + site + `tea">blog</a>`), web.ErrRefused},
			"another-site":  {field(`<a href="https://blog.example.evil.example/">https://blog.example/</a>`), web.ErrRefused},
			"script":        {field(`<script>document.write('<a href="` + site + `">x</a>')</script>`), web.ErrRefused},
			"code":          {fediversetest.Profile("summary", "<p>Tea. "+code("https://pasture.example/users/code")+"</p>"), nil},
			"anothers-code": {fediversetest.Profile("summary", "<p>"+code("https://pasture.example/users/else")+"</p>"), web.ErrRefused},
		} {
			err := w.adopts(w.fedi.Person(name, "pasture.example", c.trait))
			if !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		elsewhere := w.owner(fediversetest.Profile("outbox", "https://hill.example/outbox"))
		if err := w.adopts(elsewhere); !errors.Is(err, web.ErrInvalid) {
			t.Errorf("an outbox on another server: %v", err)
		}
	})
}

// TestOnlyTheOwnersPublicTootsAreAdopted has others, and the owner herself, try what must not work.
func TestOnlyTheOwnersPublicTootsAreAdopted(t *testing.T) {
	eachCrawler(t, func(t *testing.T, w crawler) {
		ada, eve := w.owner(), w.fedi.Person("eve", "spam.example")
		w.must(w.adopts(ada))
		link := `<p><a href="` + site + `tea">tea</a></p>`
		private := w.toot(ada, link, fediversetest.FollowersOnly)
		anothers := w.toot(eve, link)
		w.outbox(ada, private, anothers)
		w.accepted(eve.Post(shared, map[string]any(anothers.Activity)))
		w.accepted(ada.Post(shared, map[string]any(private.Activity)))
		w.later(15 * time.Minute)
		w.later(24 * time.Hour)
		if n := w.count("SELECT COUNT(*) FROM adopted"); n != 0 {
			t.Errorf("%d toots are adopted", n)
		}
		forged := w.toot(eve, link, fediversetest.With("attributedTo", ada.ID))
		for name, toot := range map[string]*fediversetest.Sent{"private": private, "another's": anothers, "another's in her name": forged} {
			doc, _ := toot.Activity.Object("object")
			_, err := moderation.AdoptToot(t.Context(), w.db, w.blog, w.tea, doc, w.clock())
			if n := w.count("SELECT COUNT(*) FROM adopted"); n != 0 || !errors.Is(err, web.ErrRefused) {
				t.Errorf("%s, by hand: %v, %d adopted", name, err, n)
			}
		}
		older := w.toot(ada, "<p>I have a blog now, and this is its first post.</p>")
		doc, _ := older.Activity.Object("object")
		_, err := moderation.AdoptToot(t.Context(), w.db, w.blog, w.tea, doc, w.clock())
		w.must(err)
		w.accepted(eve.Reply(older.ObjectID, "welcome", to(shared)))
		w.expect("eve: welcome")
		w.must(moderation.RemoveAccount(t.Context(), w.db, w.blog, ada.Handle(), "test", w.clock()))
		w.accepted(eve.Reply(older.ObjectID, "too late", to(shared)))
		w.work()
		w.expect("eve: welcome")
		asked := w.fedi.Count("pasture.example", "")
		w.later(time.Hour)
		if n := w.fedi.Count("pasture.example", "") - asked; n != 0 {
			t.Errorf("after it was let go of, the account's server was asked %d times", n)
		}
		if err := moderation.RemoveAccount(t.Context(), w.db, w.blog, ada.ID, "test", w.clock()); !errors.Is(err, web.ErrNotFound) {
			t.Errorf("again: %v", err)
		}
	})
}

// TestAccountsListIsReadAsFarAsAnyOther: that the account is hers proves nothing of its server.
func TestAccountsListIsReadAsFarAsAnyOther(t *testing.T) {
	eachCrawler(t, func(t *testing.T, w crawler) {
		ada := w.owner()
		w.must(w.adopts(ada))
		var items []any
		for n := range 300 {
			items = append(items, map[string]any{
				"id": fmt.Sprint(ada.ID, "/", n), "type": "Create", "actor": ada.ID, "object": fmt.Sprintf("https://%s/toots/%d", ada.Host, n),
			})
		}
		id := ada.ID + "/outbox"
		w.fedi.Serve(id, activitypub.Object{"id": id, "type": "OrderedCollection", "orderedItems": items})
		w.later(15 * time.Minute)
		if n := w.count("SELECT COUNT(*) FROM received"); n != 200 {
			t.Errorf("%d of 300 were noted, want 200", n)
		}
	})
}

// TestTheOwnerIsNoStranger: what she answers by her own account needs no moderator.
func TestTheOwnerIsNoStranger(t *testing.T) {
	eachCrawler(t, func(t *testing.T, w crawler) {
		w.inbox.UnknownShow = false
		ada := w.owner()
		w.must(w.adopts(ada))
		w.accepted(ada.Reply(w.teaID, "it is me", to(shared)))
		w.accepted(w.fedi.Person("bob", "meadow.example").Reply(w.teaID, "it is not", to(shared)))
		w.expect("ada: it is me")
	})
}

func (w *world) exec(query string, args ...any) error {
	if _, err := w.db.Exec(w.t.Context(), query, args...); err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	return nil
}

// TestKindsOfWhenAnAdoptedTootIsLookedAt: who adopts one is told when its answers are looked for,
// or that nobody looks.
func TestKindsOfWhenAnAdoptedTootIsLookedAt(t *testing.T) {
	onSQLite(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example", fediversetest.Profile("attachment", []any{
			map[string]any{"type": "PropertyValue", "name": "Blog", "value": `<a href="` + site + `" rel="me">tea</a>`},
		}))
		_, err := w.db.Exec(t.Context(), "INSERT INTO adopted_accounts (blog_id, actor_hash, actor_uri, handle, created_at) VALUES (?, ?, ?, ?, 1)",
			w.blog.ID, database.Hash(ada.ID), ada.ID, ada.Handle())
		w.must(err)
		for _, c := range []struct {
			options []fediversetest.Option
			want    time.Duration
		}{
			{[]fediversetest.Option{with("replies", "https://pasture.example/r/1")}, 5 * time.Minute},
			{[]fediversetest.Option{with("replies", map[string]any{"id": "https://pasture.example/r/2", "type": "Collection"})}, 5 * time.Minute},
			{[]fediversetest.Option{with("replies", nil), with("context", nil), with("conversation", nil)}, 0},
		} {
			toot := ada.Reply("", "<p>New.</p>", append(c.options, to("https://pasture.example/inbox"))...)
			doc, _ := toot.Activity.Object("object")
			look, err := moderation.AdoptToot(t.Context(), w.db, w.blog, w.tea, doc, w.clock())
			if want := w.clock().Add(c.want); err != nil || look.IsZero() != (c.want == 0) || c.want > 0 && !look.Equal(want) {
				t.Errorf("looks at %v, want %v: %v", look, want, err)
			}
		}
		w.pass(time.Minute)
		again := ada.Reply("", "<p>Twice.</p>", with("replies", "https://pasture.example/r/3"), to("https://pasture.example/inbox"))
		doc, _ := again.Activity.Object("object")
		first, err := moderation.AdoptToot(t.Context(), w.db, w.blog, w.tea, doc, w.clock())
		w.must(err)
		w.pass(2 * time.Minute)
		if look, err := moderation.AdoptToot(t.Context(), w.db, w.blog, w.tea, doc, w.clock()); err != nil || !look.Equal(first) {
			t.Errorf("adopted again it looks at %v, want %v: %v", look, first, err)
		}
	})
}
