package replies_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// quoteOf is a public post of p's own that quotes the post about tea, as Mastodon writes it.
func (w *world) quoteOf(p *fediversetest.Person, name string) activitypub.Object {
	return activitypub.Object{
		"id": p.ID + "/statuses/" + name, "type": "Note", "attributedTo": p.ID, "content": "<p>" + name + "</p>",
		"quote": w.teaID, "quoteUri": w.teaID, "_misskey_quote": w.teaID, "to": []any{activitypub.Public}, "published": activitypub.At(w.clock()),
	}
}

// ask sends the QuoteRequest for an instrument, which is an object or its id.
func (w *world) ask(p *fediversetest.Person, id string, instrument any) *fediversetest.Sent {
	w.t.Helper()
	return p.Post(shared, map[string]any{
		"id": p.ID + "/quote_requests/" + id, "type": "QuoteRequest", "actor": p.ID, "object": w.teaID, "instrument": instrument,
	})
}

// sent is what we have sent of a kind, oldest first.
func (w *world) sent(kind string) (all []activitypub.Object) {
	w.t.Helper()
	uris, err := database.Collect(func(row database.Scanner) (uri string, err error) {
		return uri, row.Scan(&uri)
	})(w.db.Query(w.t.Context(), "SELECT uri FROM activities WHERE kind = ? ORDER BY id", kind))
	w.must(err)
	for _, uri := range uris {
		_, body, err := delivery.Stored(w.t.Context(), w.db, uri)
		w.must(err)
		o, err := activitypub.Parse(body)
		w.must(err)
		all = append(all, o)
	}
	return all
}

func (w *world) set(key, value string) {
	w.t.Helper()
	w.must(w.db.InTx(w.t.Context(), func(tx *database.Tx) error {
		_, is, err := feeds.Edit(w.t.Context(), tx, w.blog.ID, func(b *feeds.Blog) error { return b.Settings.Set(key, value) }, w.clock())
		if err != nil {
			return err
		}
		return moderation.ReviewBlog(w.t.Context(), tx, is, w.clock())
	}))
}

func TestQuoteGetsAStampAndStandsUnderThePost(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.accepted(w.ask(ada, "1", w.quoteOf(ada, "q")))
		w.expect("ada: <p>q</p>")
		w.expectCounts(thread.Counts{Quotes: 1})
		accept := w.sent("Accept")[0]
		request, _ := accept.Object("object")
		if accept.Ref("actor") != w.blog.ActorID() || accept.Ref("to") != ada.ID || request.Type() != "QuoteRequest" ||
			request.ID() != ada.ID+"/quote_requests/1" || request.Ref("actor") != ada.ID || request.Ref("object") != w.teaID ||
			request.Ref("instrument") != ada.ID+"/statuses/q" {
			t.Errorf("accepted with %v", accept)
		}
		stamp := w.document(accept.Ref("result"))
		if stamp.Type() != "QuoteAuthorization" || stamp.ID() != accept.Ref("result") || stamp.Ref("attributedTo") != w.blog.ActorID() ||
			stamp.Ref("interactingObject") != ada.ID+"/statuses/q" || stamp.Ref("interactionTarget") != w.teaID ||
			!strings.HasPrefix(stamp.ID(), base+"/quotes/") {
			t.Errorf("the stamp is %v", stamp)
		}
		if items := w.document(w.teaID + "/replies").Refs("items"); len(items) != 0 {
			t.Errorf("a quote is told as a reply: %v", items)
		}
		// Her server has lost the answer, and asks with the same id, and with another.
		w.pass(time.Minute)
		w.accepted(w.ask(ada, "1", w.quoteOf(ada, "q")))
		w.accepted(w.ask(ada, "2", ada.ID+"/statuses/q"))
		w.fedi.Serve(ada.ID+"/statuses/q", w.quoteOf(ada, "q"))
		w.work()
		if all := w.sent("Accept"); len(all) != 3 || all[1].Ref("result") != stamp.ID() || all[2].Ref("result") != stamp.ID() {
			t.Errorf("%d answers: %v", len(all), all)
		}
		w.expectCounts(thread.Counts{Quotes: 1})
	})
}

func TestQuotePolicyDecidesWhoGetsAStamp(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bo, eve := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bo", "meadow.example"), w.fedi.Person("eve", "evil.example")
		w.accepted(bo.Follow(w.blog.ActorID()))
		follows := len(w.sent("Accept"))
		canQuote := func() string {
			policy, _ := w.document(w.teaID).Object("interactionPolicy")
			who, _ := policy.Object("canQuote")
			if len(policy) != 1 || len(who) != 1 {
				t.Errorf("the policy says %v", policy)
			}
			return who.Ref("automaticApproval")
		}
		if got := canQuote(); got != activitypub.Public {
			t.Errorf("everybody is %s", got)
		}
		w.block(0, moderation.BlockActor, eve.ID)
		w.accepted(w.ask(eve, "1", w.quoteOf(eve, "e")))
		w.set("quotes", "followers")
		if got := canQuote(); got != w.blog.ActorID()+"/followers" {
			t.Errorf("followers are %s", got)
		}
		w.accepted(w.ask(ada, "1", w.quoteOf(ada, "a")))
		w.accepted(w.ask(bo, "1", w.quoteOf(bo, "b")))
		w.set("quotes", "nobody")
		if got := canQuote(); got != w.blog.ActorID() {
			t.Errorf("nobody is %s", got)
		}
		w.accepted(w.ask(bo, "2", w.quoteOf(bo, "c")))
		if n, rejected := len(w.sent("Accept"))-follows, w.sent("Reject"); n != 1 || len(rejected) != 3 || rejected[1].Ref("to") != ada.ID || rejected[1].Has("result") {
			t.Errorf("%d accepted, rejected: %v", n, rejected)
		}
		w.expect("bo: <p>b</p>")
	})
}

func TestStampIsTakenBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		var stamps []string
		for _, name := range []string{"revoked", "deleted", "blocked"} {
			w.pass(time.Second)
			w.accepted(w.ask(ada, name, w.quoteOf(ada, name)))
			all := w.sent("Accept")
			stamps = append(stamps, all[len(all)-1].Ref("result"))
		}
		w.expectCounts(thread.Counts{Quotes: 3})
		quotes, err := moderation.Quotes(t.Context(), w.db, 0, 10)
		w.must(err)
		w.must(moderation.RevokeQuote(t.Context(), w.db, quotes[0].ID, "sam", "no", w.clock()))
		if err := moderation.RevokeQuote(t.Context(), w.db, quotes[0].ID, "sam", "no", w.clock()); err == nil {
			t.Error("taken back twice")
		}
		w.expectCounts(thread.Counts{Quotes: 2})
		w.accepted(ada.Post(shared, map[string]any{"id": ada.ID + "#d", "type": "Delete", "actor": ada.ID, "object": ada.ID + "/statuses/deleted"}))
		w.expectCounts(thread.Counts{Quotes: 1})
		w.block(0, moderation.BlockDomain, "pasture.example")
		w.expectCounts(thread.Counts{})
		told := w.sent("Delete")
		for i, stamp := range stamps {
			if code := w.get(stamp).Code; code != 410 {
				t.Errorf("stamp %d answers %d", i, code)
			}
			if len(told) != 3 || told[i].Ref("object") != stamp || told[i].Ref("to") != ada.ID {
				t.Fatalf("told %v", told)
			}
		}
		if code := w.get(base + "/quotes/aaaaaaaaaaaaa").Code; code != 404 {
			t.Errorf("no stamp answers %d", code)
		}
		// What lost its leave does not get it again, by no way.
		w.unblock(0, moderation.BlockDomain, "pasture.example")
		w.accepted(w.ask(ada, "again", w.quoteOf(ada, "blocked")))
		if n := len(w.sent("Reject")); n != 1 {
			t.Errorf("%d rejected", n)
		}
		w.expectCounts(thread.Counts{})
	})
}

func TestQuotesAreModeratedEditedAndDeletedLikeReplies(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.inbox.UnknownShow = false
		ada := w.fedi.Person("ada", "pasture.example")
		legacy := w.quoteOf(ada, "old")
		delete(legacy, "quote")
		create := func(o activitypub.Object, kind, id string) {
			w.accepted(ada.Post(shared, map[string]any{"id": ada.ID + id, "type": kind, "actor": ada.ID, "object": o}))
		}
		create(legacy, "Create", "#1")
		w.expect()
		held, err := moderation.List(t.Context(), w.db, thread.Held, 0, 0, 10)
		w.must(err)
		if len(held) != 1 || held[0].Kind != thread.KindQuote {
			t.Fatalf("held: %+v", held)
		}
		w.must(moderation.Approve(t.Context(), w.db, held[0].ID, "sam", "", w.clock()))
		w.expectCounts(thread.Counts{Quotes: 1})
		legacy["content"] = "<p>new</p>"
		create(legacy, "Update", "#2")
		w.expect("ada: <p>new</p>")
		w.accepted(ada.Reply(legacy.ID(), "and more"))
		w.expect("ada: <p>new</p>", "  ada: and more")
		w.expectCounts(thread.Counts{Replies: 1, Quotes: 1})
		w.must(moderation.Hide(t.Context(), w.db, held[0].ID, "sam", "", w.clock()))
		w.expectCounts(thread.Counts{Replies: 1})
		w.must(moderation.Approve(t.Context(), w.db, held[0].ID, "sam", "", w.clock()))
		delete(legacy, "quoteUri")
		delete(legacy, "_misskey_quote")
		create(legacy, "Update", "#3") // it quotes nothing any more
		w.expectCounts(thread.Counts{Replies: 1})
	})
}

func TestHostileQuoteRequestsGetNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, eve := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("eve", "evil.example")
		w.accepted(ada.Like(w.teaID))
		w.accepted(eve.Like(w.teaID))
		request := func(with map[string]any) map[string]any {
			r := map[string]any{"id": eve.ID + "#r", "type": "QuoteRequest", "actor": eve.ID, "object": w.teaID, "instrument": w.quoteOf(eve, "x")}
			for key, value := range with {
				r[key] = value
			}
			return r
		}
		forged := w.quoteOf(eve, "x")
		forged["attributedTo"] = ada.ID
		two := w.quoteOf(eve, "x")
		two["attributedTo"] = []any{eve.ID, ada.ID}
		for name, c := range map[string]struct {
			with   map[string]any
			status int
		}{
			"another server's":    {map[string]any{"instrument": w.quoteOf(ada, "x")}, 403},
			"another server's id": {map[string]any{"instrument": ada.ID + "/statuses/x"}, 403},
			"another's":           {map[string]any{"instrument": forged}, 403},
			"two authors'":        {map[string]any{"instrument": two}, 403},
			"ours":                {map[string]any{"instrument": w.teaID}, 403},
			"no instrument":       {map[string]any{"instrument": nil}, 400},
			"two instruments":     {map[string]any{"instrument": []any{w.quoteOf(eve, "x"), w.quoteOf(eve, "y")}}, 400},
			"an odd instrument":   {map[string]any{"instrument": map[string]any{"id": 7}}, 400},
			"two posts":           {map[string]any{"object": []any{w.teaID, w.teaID}}, 400},
			"no id":               {map[string]any{"id": nil}, 400},
			"no post of ours":     {map[string]any{"object": base + "/posts/none", "id": eve.ID + "#n"}, 202},
			"the blog":            {map[string]any{"object": w.blog.ActorID(), "id": eve.ID + "#b"}, 202},
			"somebody's post":     {map[string]any{"object": "https://pasture.example/1", "id": eve.ID + "#s"}, 202},
		} {
			w.unchanged(func() {
				if sent := eve.Post(shared, request(c.with)); sent.Status != c.status {
					t.Errorf("%s: answered %d %q, want %d", name, sent.Status, sent.Answer, c.status)
				}
			}, "received", "remote")
		}
		// An id that its server denies, or has under another author, is nothing to give leave to.
		w.accepted(w.ask(eve, "2", eve.ID+"/statuses/none"))
		w.fedi.Serve(eve.ID+"/statuses/forged", note(eve.ID+"/statuses/forged", eve.ID+"2", "x"))
		w.accepted(w.ask(eve, "3", eve.ID+"/statuses/forged"))
		w.work()
		if n := w.count("SELECT COUNT(*) FROM quotes"); n != 0 || len(w.sent("Accept")) != 0 {
			t.Errorf("%d stamps", n)
		}
		w.expect()
	})
}

func TestPrivateQuotesMayQuoteAndAreNeverShown(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		private := w.quoteOf(ada, "secret")
		private["to"] = []any{ada.ID + "/followers"}
		w.accepted(w.ask(ada, "1", private))
		if len(w.sent("Accept")) != 1 {
			t.Error("refused")
		}
		private["to"] = []any{activitypub.Public}
		w.accepted(ada.Post(shared, map[string]any{"id": ada.ID + "#u", "type": "Update", "actor": ada.ID, "object": private}))
		w.expect()
		if n := w.count("SELECT COUNT(*) FROM replies"); n != 0 {
			t.Errorf("%d rows", n)
		}
	})
}
