package replies_test

import (
	"errors"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

func (w *world) block(blogID database.ID, kind, value string) moderation.BlockEffect {
	w.t.Helper()
	effect, err := moderation.AddBlock(w.t.Context(), w.db, blogID, kind, value, "spam", "sam", w.clock())
	w.must(err)
	return effect
}

func (w *world) unblock(blogID database.ID, kind, value string) moderation.UnblockEffect {
	w.t.Helper()
	effect, err := moderation.RemoveBlock(w.t.Context(), w.db, blogID, kind, value, "sam", w.clock())
	w.must(err)
	return effect
}

func (w *world) held() []moderation.Listed {
	w.t.Helper()
	held, err := moderation.List(w.t.Context(), w.db, thread.Held, 0, 0, 100)
	w.must(err)
	n, err := moderation.CountHeld(w.t.Context(), w.db)
	w.must(err)
	if n != len(held) {
		w.t.Errorf("%d are held, %d listed", n, len(held))
	}
	return held
}

func (w *world) approve(id database.ID) error {
	return moderation.Approve(w.t.Context(), w.db, id, "sam", "fine", w.clock())
}

func (w *world) hide(id database.ID) error {
	return moderation.Hide(w.t.Context(), w.db, id, "sam", "rude", w.clock())
}

// TestNewestReasonIsKept: who hides or blocks again may say why in other words. Nothing else
// changes.
func TestNewestReasonIsKept(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.accepted(ada.Reply(w.teaID, "x"))
		id := w.thread().Items[0].ID
		w.must(w.hide(id))
		before, err := moderation.ReadDossier(t.Context(), w.db, id)
		w.must(err)
		version := w.thread().Version
		w.pass(time.Hour)
		for _, step := range [][2]string{{"", "hidden by sam: rude"}, {"off-topic", "hidden by kim: off-topic"}} {
			w.must(moderation.Hide(t.Context(), w.db, id, "kim", step[0], w.clock()))
			now, err := moderation.ReadDossier(t.Context(), w.db, id)
			w.must(err)
			if now.Why.Words() != step[1] || !now.Why.At.Equal(before.Why.At) || !now.LetGoAt.Equal(before.LetGoAt) {
				t.Errorf("hidden again because of %q: %q since %v, its text goes %v", step[0], now.Why.Words(), now.Why.At, now.LetGoAt)
			}
		}
		if now := w.thread().Version; now != version {
			t.Errorf("readers get version %d after %d", now, version)
		}
		w.block(0, moderation.BlockDomain, "spam.example")
		for _, why := range []string{"", "spam", "ads"} {
			effect, err := moderation.AddBlock(t.Context(), w.db, 0, moderation.BlockDomain, "spam.example", why, "sam", w.clock())
			if err != nil || !effect.Already || effect.NewReason != (why == "ads") {
				t.Errorf("blocked again because of %q: %+v, %v", why, effect, err)
			}
		}
		blocks, err := moderation.ListBlocks(t.Context(), w.db, 0, 10)
		if err != nil || len(blocks) != 1 || blocks[0].Reason != "ads" {
			t.Errorf("blocks %+v, %v", blocks, err)
		}
		log, err := moderation.Decisions(t.Context(), w.db, 0, 10)
		if err != nil || len(log) != 4 || log[0].Why != "ads" {
			t.Errorf("log %+v, %v", log, err)
		}
	})
}

func TestUnknownPeopleWaitUntilOneReplyIsApproved(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.inbox.UnknownShow = false
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		w.accepted(ada.Reply(w.teaID, "one"))
		w.accepted(ada.Reply(w.teaID, "two"))
		w.accepted(bob.Reply(w.teaID, "three"))
		w.expect()
		if version := w.thread().Version; version != 0 {
			t.Errorf("what waits made version %d", version)
		}
		held := w.held()
		if len(held) != 3 || held[0].Author.Username != "ada" || held[0].PostTitle != "On tea" || held[0].BlogHandle != "@tea@blog.example" ||
			held[0].PostURL != site+"tea" || held[0].HTML.String() != "one" {
			t.Fatalf("held: %+v", held)
		}
		w.must(w.approve(held[0].ID))
		w.expect("ada: one") // the other one of hers still waits for a decision
		w.pass(time.Minute)
		w.accepted(ada.Reply(w.teaID, "four"))
		w.accepted(bob.Reply(w.teaID, "five"))
		w.expect("ada: one", "ada: four")
	})
}

func TestOneStrangerCannotFillTheQueue(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.inbox.UnknownShow = false
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		for range bounds.HeldPerPerson {
			w.accepted(ada.Reply(w.teaID, "spam"))
		}
		w.answered(ada.Reply(w.teaID, "more spam"), 429)
		w.accepted(bob.Reply(w.teaID, "ham"))
		if n := len(w.held()); n != bounds.HeldPerPerson+1 {
			t.Errorf("%d are held", n)
		}
	})
}

func TestApprovalCountsForOneBlog(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.inbox.UnknownShow = false
		ada := w.fedi.Person("ada", "pasture.example")
		w.accepted(ada.Reply(w.teaID, "one"))
		w.must(w.approve(w.held()[0].ID))
		w.must(w.hide(w.thread().Items[0].ID)) // taken back: she is unknown again
		w.accepted(ada.Reply(w.teaID, "two"))
		w.expect()
		if len(w.held()) != 1 {
			t.Error("the second reply is not held")
		}
	})
}

func TestEditOfAnUnknownPersonsReplyWaitsAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		reply := ada.Reply(w.teaID, "one")
		w.inbox.UnknownShow = false
		w.accepted(ada.Edit(reply, "buy pills"))
		w.expect()
		if held := w.held(); len(held) != 1 || held[0].HTML.String() != "buy pills" {
			t.Errorf("held: %+v", held)
		}
	})
}

func TestHiddenReplyLeavesThePlaceOfItsAnswers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		one := ada.Reply(w.teaID, "one")
		bob.Reply(one.ObjectID, "two")
		id := w.thread().Items[0].ID
		for range 2 {
			w.must(w.hide(id))
		}
		w.expect("…", "  bob: two")
		w.expectCounts(thread.Counts{Replies: 1})
		w.accepted(ada.Edit(one, "one, edited")) // an edit does not show it again
		w.expect("…", "  bob: two")
		for range 2 {
			w.must(w.approve(id))
		}
		w.expect("ada: one, edited", "  bob: two")
		log, err := moderation.Decisions(t.Context(), w.db, w.blog.ID, 10)
		w.must(err)
		if len(log) != 2 || log[0].What != "approve" || log[1].What != "hide" || log[1].Who != "sam" || log[1].Why != "rude" ||
			log[1].Target != one.ObjectID {
			t.Errorf("log: %+v", log)
		}
	})
}

func TestWhatItsAuthorDeletedIsNotThereForModerators(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		reply := ada.Reply(w.teaID, "one")
		id := w.thread().Items[0].ID
		w.must(w.hide(id))
		w.accepted(ada.Delete(reply))
		w.forgotten(">one<", "@ada")
		for name, err := range map[string]error{"approve": w.approve(id), "hide": w.hide(id), "unknown": w.approve(id + 1)} {
			if !errors.Is(err, web.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.expect()
	})
}

func TestBlockTakesEffectAtOnce(t *testing.T) {
	for name, value := range map[string][2]string{
		"actor": {moderation.BlockActor, "https://sub.pasture.example/users/ada"}, "handle": {moderation.BlockActor, "@ada@sub.pasture.example"},
		"host": {moderation.BlockDomain, "sub.pasture.example"}, "domain": {moderation.BlockDomain, " *.Pasture.example"},
		"url": {moderation.BlockDomain, "https://pasture.example/about"},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				ada, bob := w.fedi.Person("ada", "sub.pasture.example"), w.fedi.Person("bob", "meadow.example")
				w.accepted(ada.Follow(w.blog.ActorID()))
				w.accepted(bob.Follow(w.blog.ActorID()))
				first := w.accepted(ada.Reply(w.teaID, "one"))
				w.accepted(bob.Reply(first.ObjectID, "two"))
				effect := w.block(0, value[0], value[1])
				if effect.Replies != 1 || effect.Followers != 1 || w.queued("Accept") != 1 {
					t.Errorf("%+v, %d deliveries are left", effect, w.queued("Accept"))
				}
				w.expect("…", "  bob: two")
				w.unchanged(func() {
					w.answered(ada.Reply(w.teaID, "three"), 403)
					if value[0] == moderation.BlockDomain {
						w.answered(ada.Like(w.teaID), 403)
						w.answered(ada.Boost(w.teaID), 403)
					}
					w.answered(ada.Edit(first, "four"), 403)
				})
				if err := w.approve(w.thread().Items[0].ID); !errors.Is(err, web.ErrRefused) {
					t.Errorf("approve: %v", err)
				}
				w.unblock(0, value[0], value[1])
				w.accepted(ada.Reply(w.teaID, "five"))
				w.expect("ada: one", "  bob: two", "ada: five")
			})
		})
	}
}

func TestBlockOfADomainIsOfAnyPort(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example:8443")
		w.accepted(ada.Follow(w.blog.ActorID()))
		w.accepted(ada.Reply(w.teaID, "one"))
		effect := w.block(0, moderation.BlockDomain, "pasture.example")
		if effect.Replies != 1 || effect.Followers != 1 {
			t.Errorf("%+v", effect)
		}
		w.answered(ada.Reply(w.teaID, "two"), 403)
		w.expect()
	})
}

func TestBlockedPersonMayTakeBackWhatSheSaid(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		reply, like := ada.Reply(w.teaID, "regretted"), ada.Like(w.teaID)
		w.block(0, moderation.BlockActor, ada.ID)
		w.accepted(ada.Delete(reply))
		w.accepted(ada.Undo(like))
		w.forgotten("regretted")
		w.expectCounts(thread.Counts{})
	})
}

func TestBlockOfOneBlogHoldsThereOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.block(w.blog.ID+1, moderation.BlockDomain, "pasture.example")
		w.accepted(ada.Reply(w.teaID, "one"))
		w.block(w.blog.ID, moderation.BlockDomain, "pasture.example")
		w.answered(ada.Reply(w.teaID, "two"), 403)
		w.answered(ada.Reply(w.teaID, "three", to(base+"/blogs/tea/inbox")), 403)
		w.expect()
	})
}

// TestBlockedServersAreNotAskedForKeys: a domain is refused before anything is fetched from it.
func TestBlockedServersAreNotAskedForKeys(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.block(0, moderation.BlockDomain, "evil.example")
		ada := w.fedi.Person("ada", "a.b.evil.example")
		good := w.fedi.Person("good", "good.example")
		w.answered(ada.Reply(w.teaID, "one"), 403)
		w.answered(good.Reply(w.teaID, "two", fediversetest.WithKeyID(ada.Key.ID)), 403)
		if n := w.fedi.Count("a.b.evil.example", ""); n != 0 {
			t.Errorf("we asked %d times", n)
		}
		w.accepted(w.fedi.Person("x", "notevil.example").Reply(w.teaID, "three"))
		w.expect("x: three")
	})
}

func TestNonsenseIsNoBlock(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, value := range [][2]string{
			{"word", "spam"}, {"domain", ""}, {"domain", "a b"}, {"domain", "@ada@pasture.example"}, {"domain", "."}, {"actor", "ada"},
			{"actor", "@ada@never.example"},
		} {
			_, err := moderation.AddBlock(t.Context(), w.db, 0, value[0], value[1], "", "sam", w.clock())
			if !errors.Is(err, web.ErrInvalid) {
				t.Errorf("%v: %v", value, err)
			}
		}
		if _, err := moderation.RemoveBlock(t.Context(), w.db, 0, "domain", "x.example", "sam", w.clock()); !errors.Is(err, web.ErrNotFound) {
			t.Errorf("unblock: %v", err)
		}
		w.block(0, "domain", "x.example")
		w.block(0, "domain", "X.example.")
		blocks, err := moderation.ListBlocks(t.Context(), w.db, 0, 10)
		w.must(err)
		if len(blocks) != 1 || blocks[0].Value != "x.example" || blocks[0].Reason != "spam" {
			t.Errorf("blocks: %+v", blocks)
		}
	})
}

func TestListCanBeNarrowed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.accepted(ada.Reply(w.teaID, "one"))
		w.accepted(ada.Reply(w.teaID, "two"))
		w.must(w.hide(w.thread().Items[0].ID))
		list := func(status string, blogID, after database.ID, limit int) int {
			items, err := moderation.List(t.Context(), w.db, status, blogID, after, limit)
			w.must(err)
			return len(items)
		}
		first, err := moderation.List(t.Context(), w.db, "", 0, 0, 1)
		w.must(err)
		for i, got := range []int{
			list("", 0, 0, 10), list(thread.Shown, w.blog.ID, 0, 10), list("", w.blog.ID+1, 0, 10), list("", 0, first[0].ID, 10),
			list(thread.Expired, 0, 0, 10),
		} {
			if want := []int{2, 1, 0, 1, 0}[i]; got != want {
				t.Errorf("list %d has %d, want %d", i, got, want)
			}
		}
	})
}

// TestPlaceholdersThatComeAndGoMakeAThreadNewer: what waits leaves no trace, and what is hidden or
// deleted leaves one where something is shown below it.
func TestPlaceholdersThatComeAndGoMakeAThreadNewer(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		bob := w.fedi.Person("bob", "meadow.example")
		w.accepted(bob.Reply(w.teaID, "hello"))
		w.must(w.approve(w.thread().Items[0].ID))
		w.inbox.UnknownShow = false
		var ada *fediversetest.Person
		var one *fediversetest.Sent
		for what, act := range map[string]func(id database.ID){
			"hidden":  func(id database.ID) { w.must(w.hide(id)) },
			"deleted": func(database.ID) { w.accepted(ada.Delete(one)) },
			"blocked": func(database.ID) { w.block(0, moderation.BlockActor, ada.ID) },
		} {
			ada = w.fedi.Person("ada-"+what, "pasture.example")
			one = w.accepted(ada.Reply(w.teaID, "one"))
			two := w.accepted(bob.Reply(one.ObjectID, "two"))
			w.expect("bob: hello", "bob: two")
			before := w.thread().Version
			act(w.held()[0].ID)
			w.expect("bob: hello", "…", "  bob: two")
			if after := w.thread().Version; after <= before {
				t.Errorf("%s: version %d after %d", what, after, before)
			}
			w.accepted(bob.Delete(two))
		}
		w.accepted(w.fedi.Person("cleo", "pasture.example").Reply(w.teaID, "nothing below"))
		before := w.thread().Version
		w.must(w.hide(w.held()[0].ID))
		if after := w.thread().Version; after != before {
			t.Errorf("version %d after %d, where readers see no difference", after, before)
		}
	})
}
