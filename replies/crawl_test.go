package replies_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/replies/crawl"
	"github.com/bloghorn/bloghorn/replies/moderation"
)

// crawler is a world whose threads are completed.
type crawler struct {
	*world
	*crawl.Crawler
}

func eachCrawler(t *testing.T, story func(t *testing.T, w crawler)) {
	each(t, func(t *testing.T, w *world) {
		story(t, crawler{w, &crawl.Crawler{DB: w.db, Remotes: w.inbox.Remotes, Log: quiet, Now: w.clock}})
	})
}

// later lets time pass, and the crawler and the inbox do what has come due.
func (w crawler) later(d time.Duration) {
	w.t.Helper()
	w.pass(d)
	for range 30 {
		w.must(w.Round(w.t.Context()))
		w.pass(time.Second)
	}
	w.work()
}

// list serves a collection of answers as Mastodon does: the first page comes with it, the others
// have to be asked for.
func (w crawler) list(id string, pages ...[]string) {
	w.t.Helper()
	page := func(n int) activitypub.Object {
		p := activitypub.Object{"id": fmt.Sprintf("%s?page=%d", id, n), "type": "CollectionPage", "partOf": id, "items": refs(pages[n])}
		if n+1 < len(pages) {
			p["next"] = fmt.Sprintf("%s?page=%d", id, n+1)
		}
		return p
	}
	w.fedi.Serve(id, activitypub.Object{"id": id, "type": "Collection", "first": map[string]any(page(0))})
	for n := range pages {
		w.fedi.Serve(fmt.Sprintf("%s?page=%d", id, n), page(n))
	}
}

func refs(ids []string) []any {
	list := []any{}
	for _, id := range ids {
		list = append(list, id)
	}
	return list
}

func TestAnswersThatNobodySentAreFound(t *testing.T) {
	eachCrawler(t, func(t *testing.T, w crawler) {
		w.fedi.RequireSignatures("pasture.example")
		ada, bob, cleo := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example"), w.fedi.Person("cleo", "hill.example")
		list := "https://pasture.example/notes/1/replies"
		one := w.accepted(ada.Reply(w.teaID, "one", to(shared), with("replies", list)))
		two, three := bob.Reply(one.ObjectID, "two", away), cleo.Reply(one.ObjectID, "three", away)
		w.list(list, []string{two.ObjectID})
		w.later(4 * time.Minute)
		w.expect("ada: one")
		w.later(time.Minute)
		w.expect("ada: one", "  bob: two")
		w.list(list, []string{two.ObjectID}, []string{three.ObjectID})
		w.later(time.Hour)
		w.expect("ada: one", "  bob: two", "  cleo: three")
		asked := w.fedi.Count("meadow.example", "")
		w.later(6 * time.Hour)
		w.later(24 * time.Hour)
		if again := w.fedi.Count("meadow.example", ""); again != asked {
			t.Errorf("what is known was asked for %d times more", again-asked)
		}
		asked = w.fedi.Count("pasture.example", "")
		w.later(72 * time.Hour)
		if again := w.fedi.Count("pasture.example", ""); again != asked {
			t.Errorf("after the last round the list was asked for %d times more", again-asked)
		}
		w.accepted(bob.Delete(two, to(shared)))
		w.later(24 * time.Hour)
		w.expect("ada: one", "  cleo: three")
	})
}

// TestConversationIsReadWhereItsServerKeepsOne prefers the one list that has everything, and does
// without it where it is none.
func TestConversationIsReadWhereItsServerKeepsOne(t *testing.T) {
	eachCrawler(t, func(t *testing.T, w crawler) {
		ada, bob, cleo := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example"), w.fedi.Person("cleo", "hill.example")
		talk, list := "https://pasture.example/contexts/1", "https://pasture.example/notes/1/replies"
		one := w.accepted(ada.Reply(w.teaID, "one", to(shared), with("replies", list), with("context", talk)))
		two := bob.Reply(one.ObjectID, "two", away)
		three := cleo.Reply(two.ObjectID, "three", away)
		w.list(talk, []string{w.teaID, one.ObjectID, two.ObjectID, three.ObjectID})
		w.later(5 * time.Minute)
		w.expect("ada: one", "  bob: two", "    cleo: three")
		if n := w.fedi.Count("pasture.example", "/notes/1/replies"); n != 0 {
			t.Errorf("its direct answers were asked for %d times", n)
		}
		w.fedi.Handle(talk, http.NotFoundHandler())
		four := bob.Reply(one.ObjectID, "four", away)
		w.list(list, []string{four.ObjectID})
		w.later(time.Hour)
		w.expect("ada: one", "  bob: two", "    cleo: three", "  bob: four")
	})
}

// TestListsAreBelievedInNothingButIDs has a server list what is not there, not public, not an
// answer, blocked, or ours.
func TestListsAreBelievedInNothingButIDs(t *testing.T) {
	eachCrawler(t, func(t *testing.T, w crawler) {
		ada, bob, spam := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example"), w.fedi.Person("eve", "spam.example")
		list := "https://pasture.example/notes/1/replies"
		one := w.accepted(ada.Reply(w.teaID, "one", to(shared), with("replies", list)))
		private := bob.Reply(one.ObjectID, "private", away, with("to", []any{ada.ID}), with("cc", nil))
		elsewhere := bob.Reply("https://meadow.example/notes/of-others", "not here", away)
		blocked := spam.Reply(one.ObjectID, "spam", away)
		_, err := moderation.AddBlock(t.Context(), w.db, 0, moderation.BlockDomain, "spam.example", "", "test", w.clock())
		w.must(err)
		w.list(list, []string{
			private.ObjectID, elsewhere.ObjectID, blocked.ObjectID, w.teaID, base + "/posts/nothing", base + "/actor", one.ObjectID, "javascript:alert(1)",
			"https://meadow.example/never", "http://127.0.0.1/x", "https://10.0.0.1/x", list, "", "https://" + string(make([]byte, 3000)),
		})
		w.later(5 * time.Minute)
		w.later(24 * time.Hour)
		w.expect("ada: one")
		if n := w.fedi.Count("spam.example", ""); n != 0 {
			t.Errorf("a blocked server was asked %d times", n)
		}
	})
}

func TestCrawlingHasBounds(t *testing.T) {
	eachCrawler(t, func(t *testing.T, w crawler) {
		ada := w.fedi.Person("ada", "pasture.example")
		list := "https://pasture.example/notes/1/replies"
		asked := 0
		page := func(n int) string { return fmt.Sprintf("%s/%d", list, n) }
		endless := func(n int) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
				asked++
				rw.Header().Set("Content-Type", "application/activity+json")
				fmt.Fprintf(rw, `{"id":%q,"type":"CollectionPage","items":[%q],"next":%q}`, page(n), fmt.Sprintf("https://no%d.example/x", n), page(n+1))
			})
		}
		for n := range 100 {
			w.fedi.Handle(page(n), endless(n))
		}
		w.accepted(ada.Reply(w.teaID, "one", to(shared), with("replies", page(0))))
		w.later(5 * time.Minute)
		if asked != 10 {
			t.Errorf("%d pages of an endless list were read, want 10", asked)
		}
		foreign := w.accepted(ada.Reply(w.teaID, "two", to(shared), with("replies", "https://hill.example/replies")))
		ours := w.accepted(ada.Reply(w.teaID, "three", to(shared), with("replies", base+"/posts/x/replies")))
		if n := w.count("SELECT COUNT(*) FROM crawls WHERE uri IN (?, ?)", foreign.ObjectID, ours.ObjectID); n != 0 {
			t.Errorf("%d lists of other servers are read", n)
		}
	})
}

// TestFindsOfAListAreAskedForOneASecond: a list may name what it likes, on any server.
func TestFindsOfAListAreAskedForOneASecond(t *testing.T) {
	eachCrawler(t, func(t *testing.T, w crawler) {
		ada := w.fedi.Person("ada", "pasture.example")
		list := "https://pasture.example/notes/1/replies"
		var pages [][]string
		for page := range 4 {
			var ids []string
			for n := range 190 {
				ids = append(ids, fmt.Sprintf("https://victim.example/%d/%d", page, n))
			}
			pages = append(pages, ids)
		}
		w.list(list, pages...)
		w.accepted(ada.Reply(w.teaID, "one", to(shared), with("replies", list)))
		w.pass(5 * time.Minute)
		w.must(w.Round(t.Context()))
		w.work()
		if n := w.fedi.Count("victim.example", ""); n != 1 {
			t.Errorf("%d questions at once", n)
		}
		for range 30 {
			w.pass(time.Second)
			w.must(w.Round(t.Context()))
		}
		if n := w.count("SELECT COUNT(*) FROM received WHERE forwarded = ?", true); n != 500 {
			t.Errorf("%d finds of one post, want 500", n)
		}
	})
}

// TestListsOfOneHostAreAskedForOneASecond, and those of others meanwhile.
func TestListsOfOneHostAreAskedForOneASecond(t *testing.T) {
	eachCrawler(t, func(t *testing.T, w crawler) {
		for n := range 4 {
			for _, host := range []string{"pasture.example", "meadow.example"} {
				list := fmt.Sprintf("https://%s/notes/%d/replies", host, n)
				w.list(list, nil)
				w.accepted(w.fedi.Person(fmt.Sprint("p", n), host).Reply(w.teaID, "one", to(shared), with("replies", list)))
			}
		}
		w.pass(5 * time.Minute)
		before := w.fedi.Count("pasture.example", "")
		w.must(w.Round(t.Context()))
		w.must(w.Round(t.Context()))
		if n := w.fedi.Count("pasture.example", "") - before; n != 1 {
			t.Errorf("%d requests in one second, want 1", n)
		}
		if n := w.count("SELECT COUNT(*) FROM crawls WHERE rounds = 1"); n != 2 {
			t.Errorf("%d lists were read in one second, want 2", n)
		}
	})
}

// TestManyListsOfOneHostKeepNoOtherWaiting: those of the other host are due after all of these.
func TestManyListsOfOneHostKeepNoOtherWaiting(t *testing.T) {
	eachCrawler(t, func(t *testing.T, w crawler) {
		const many = 120
		for n := range many + 1 {
			host := map[bool]string{false: "pasture.example", true: "meadow.example"}[n == many]
			list := fmt.Sprintf("https://%s/notes/%d/replies", host, n)
			w.list(list, nil)
			w.accepted(w.fedi.Person(fmt.Sprint("p", n%5), host).Reply(w.teaID, fmt.Sprint(n), to(shared), with("replies", list)))
		}
		w.later(5 * time.Minute) // and half a minute of rounds
		if n := w.count("SELECT COUNT(*) FROM crawls WHERE rounds = 1 AND uri LIKE 'https://meadow.example/%'"); n != 1 {
			t.Error("the other host's list waits")
		}
		w.later(3 * time.Minute)
		for range 4 {
			w.later(0)
		}
		if n := w.count("SELECT COUNT(*) FROM crawls WHERE rounds = 1"); n != many+1 {
			t.Errorf("%d of %d lists were read", n, many+1)
		}
	})
}

func TestAnswersToWhatWaitedForAModeratorAreFound(t *testing.T) {
	eachCrawler(t, func(t *testing.T, w crawler) {
		w.inbox.UnknownShow = false
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		list := "https://pasture.example/notes/1/replies"
		one := w.accepted(ada.Reply(w.teaID, "one", to(shared), with("replies", list)))
		w.list(list, []string{bob.Reply(one.ObjectID, "two", away).ObjectID})
		for range 4 {
			w.later(24 * time.Hour)
		}
		if n := w.fedi.Count("pasture.example", "/notes/1/replies"); n != 0 {
			t.Errorf("the answers to what waits were asked for %d times", n)
		}
		w.must(w.approve(w.held()[0].ID))
		w.later(5 * time.Minute)
		if held := w.held(); len(held) != 1 || held[0].Author.Username != "bob" {
			t.Errorf("held: %+v", held)
		}
	})
}

func TestHiddenRepliesAreNotFollowed(t *testing.T) {
	eachCrawler(t, func(t *testing.T, w crawler) {
		ada := w.fedi.Person("ada", "pasture.example")
		list := "https://pasture.example/notes/1/replies"
		w.list(list, nil)
		w.accepted(ada.Reply(w.teaID, "one", to(shared), with("replies", list)))
		id := w.thread().Items[0].ID
		w.must(moderation.Hide(t.Context(), w.db, id, "test", "", w.clock()))
		w.later(5 * time.Minute)
		if n := w.fedi.Count("pasture.example", "/notes/1/replies"); n != 0 {
			t.Errorf("answers to a hidden reply were asked for %d times", n)
		}
		w.fedi.Fail("pasture.example", fediversetest.Fault{Status: 503, Times: 1})
		w.must(moderation.Approve(t.Context(), w.db, id, "test", "", w.clock()))
		w.later(time.Hour)
		w.later(6 * time.Hour)
		if n := w.fedi.Count("pasture.example", "/notes/1/replies"); n != 3 {
			t.Errorf("the list was asked for %d times, want once in vain and in the two rounds after that", n)
		}
	})
}
