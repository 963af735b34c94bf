package fediversetest_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/signature"
)

// story runs a test in a bubble: nothing here may need a socket or leave a goroutine.
func story(t *testing.T, tell func(t *testing.T, f *fediversetest.Fediverse, a *app)) {
	synctest.Test(t, func(t *testing.T) {
		f, a := mount(t)
		tell(t, f, a)
	})
}

func TestEverythingPeopleDoArrivesSigned(t *testing.T) {
	story(t, func(t *testing.T, f *fediversetest.Fediverse, a *app) {
		ada, bob := f.Person("ada", "pasture.example"), f.Person("bob", "meadow.example", fediversetest.OwnKey)
		follow := ada.Follow(blog)
		reply := ada.Reply(post, "<p>Nice</p>")
		like := bob.Like(post)
		for _, c := range []struct {
			sent         *fediversetest.Sent
			kind, object string
		}{
			{follow, "Follow", blog},
			{reply, "Create", reply.ObjectID},
			{bob.Reply(reply.ObjectID, "<p>Indeed</p>"), "Create", ""},
			{like, "Like", post},
			{bob.Like(reply.ObjectID), "Like", reply.ObjectID},
			{bob.Undo(like), "Undo", like.ID},
			{bob.React(post, "🍵"), "EmojiReact", post},
			{bob.Boost(post), "Announce", post},
			{ada.Edit(reply, "<p>Nicer</p>"), "Update", reply.ObjectID},
			{ada.Delete(reply), "Delete", reply.ObjectID},
			{ada.Undo(follow), "Undo", follow.ID},
			{ada.Block(blog), "Block", blog},
			{ada.UpdateProfile("name", "Ada L."), "Update", ada.ID},
		} {
			if c.sent.Status != http.StatusAccepted || c.sent.Err != nil || !c.sent.Activity.Is(c.kind) || !activitypub.ValidID(c.sent.ID) {
				t.Errorf("%s: %d %s %v, sent %v", c.kind, c.sent.Status, c.sent.Answer, c.sent.Err, c.sent.Activity)
			}
			if c.object != "" && c.sent.ObjectID != c.object {
				t.Errorf("%s is about %s, not %s", c.kind, c.sent.ObjectID, c.object)
			}
		}
		if len(a.got) != 13 {
			t.Errorf("the app has %d activities", len(a.got))
		}
		// The app knows ada's key only from her document.
		if gone := ada.DeleteActor(); gone.Status != http.StatusUnauthorized || a.get(ada.ID, nil) != nil {
			t.Errorf("after the account was deleted: %d", gone.Status)
		}
	})
}

func TestAReplyLooksLikeMastodons(t *testing.T) {
	story(t, func(t *testing.T, f *fediversetest.Fediverse, a *app) {
		ada := f.Person("ada", "pasture.example")
		reply := ada.Reply(post, "<p>Nice</p>")
		note, _ := a.last().Object("object")
		if note.Ref("inReplyTo") != post || note.Ref("attributedTo") != ada.ID || note.String("content") != "<p>Nice</p>" ||
			note.Language() != "en" || activitypub.VisibilityOf(note) != activitypub.VisibilityPublic || !strings.Contains(note.URL(), "/@ada/") {
			t.Errorf("the note is %v", note)
		}
		if served := a.get(reply.ObjectID, nil); served.String("content") != "<p>Nice</p>" {
			t.Errorf("at its id stands %v", served)
		}
		ada.Edit(reply, "<p>Nicer</p>")
		edited, _ := a.last().Object("object")
		published, _ := edited.Time("published")
		updated, ok := edited.Time("updated")
		if !ok || !updated.After(published) || edited.ID() != reply.ObjectID || a.get(reply.ObjectID, nil).String("content") != "<p>Nicer</p>" {
			t.Errorf("the edited note is %v", edited)
		}
		ada.Delete(reply)
		if a.get(reply.ObjectID, nil) != nil {
			t.Error("a deleted note is served")
		}
	})
}

func TestRepliesToRepliesReachTheBlogOfTheThread(t *testing.T) {
	story(t, func(t *testing.T, f *fediversetest.Fediverse, a *app) {
		ada, bob := f.Person("ada", "pasture.example"), f.Person("bob", "meadow.example")
		first := ada.Reply(post, "<p>1</p>")
		second := bob.Reply(first.ObjectID, "<p>2</p>")
		third := ada.Reply(second.ObjectID, "<p>3</p>")
		if third.Status != http.StatusAccepted || a.last().ID() != third.ID || f.Count("meadow.example", "") != 1 {
			t.Errorf("%d %v; %d requests", third.Status, third.Err, f.Count("meadow.example", ""))
		}
		if lost := f.Person("eve", "far.example").Reply("https://nowhere.example/1", "x"); lost.Err == nil {
			t.Error("a reply to nothing was sent somewhere")
		}
	})
}

func TestAudiences(t *testing.T) {
	for name, c := range map[string]struct {
		options []fediversetest.Option
		want    activitypub.Visibility
	}{
		"unlisted":        {[]fediversetest.Option{fediversetest.Unlisted}, activitypub.VisibilityUnlisted},
		"followers":       {[]fediversetest.Option{fediversetest.FollowersOnly}, activitypub.VisibilityPrivate},
		"direct":          {[]fediversetest.Option{fediversetest.Direct}, activitypub.VisibilityPrivate},
		"not addressed":   {[]fediversetest.Option{fediversetest.With("to", nil), fediversetest.With("cc", nil)}, activitypub.VisibilityPrivate},
		"activity lies":   {[]fediversetest.Option{fediversetest.OnActivity("to", []any{"as:Public"})}, activitypub.VisibilityPublic},
		"written private": {[]fediversetest.Option{fediversetest.With("to", []any{})}, activitypub.VisibilityPrivate},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, f *fediversetest.Fediverse, a *app) {
				reply := f.Person("ada", "pasture.example").Reply(post, "<p>x</p>", c.options...)
				note, _ := a.last().Object("object")
				if got := activitypub.VisibilityOf(note); got != c.want {
					t.Errorf("%s, in %v", got, note)
				}
				if served := a.get(reply.ObjectID, nil) != nil; served == (c.want == activitypub.VisibilityPrivate) {
					t.Errorf("served at its id: %v", served)
				}
			})
		})
	}
}

func TestSpoiledRequestsAreRefusedByAStrictApp(t *testing.T) {
	for name, c := range map[string]struct {
		option fediversetest.Option
		want   error
	}{
		"another body":   {fediversetest.SwapBody(`{"type":"Undo"}`), signature.ErrDigest},
		"1994":           {fediversetest.DatedAt(time.Date(1994, 11, 6, 0, 0, 0, 0, time.UTC)), signature.ErrWindow},
		"foreign key id": {fediversetest.WithKeyID("https://meadow.example/users/bob#main-key"), signature.ErrMismatch},
		"foreign key":    {fediversetest.WithKey(blogKey().Private), signature.ErrMismatch},
		"another host":   {fediversetest.ForHost("other.example"), signature.ErrMismatch},
		"unsigned":       {fediversetest.Unsigned, signature.ErrUnsigned},
		"another date":   {fediversetest.Header("Date", "Sat, 01 Jan 2000 00:00:01 GMT"), signature.ErrMismatch},
		"no digest":      {fediversetest.Header("Digest", ""), signature.ErrDigest},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, f *fediversetest.Fediverse, a *app) {
				f.Person("bob", "meadow.example", fediversetest.OwnKey)
				sent := f.Person("ada", "pasture.example").Post("https://blog.example/inbox", map[string]any{"type": "Like"}, c.option)
				if sent.Status != http.StatusUnauthorized || !errors.Is(a.refusal, c.want) || a.last() != nil {
					t.Errorf("%d, %v", sent.Status, a.refusal)
				}
			})
		})
	}
}

func TestARotatedKeyStandsInTheDocument(t *testing.T) {
	story(t, func(t *testing.T, f *fediversetest.Fediverse, a *app) {
		ada := f.Person("ada", "pasture.example")
		before, _ := a.get(ada.ID, nil).Object("publicKey")
		ada.RotateKey()
		after, _ := a.get(ada.ID, nil).Object("publicKey")
		if before.String("publicKeyPem") == after.String("publicKeyPem") || ada.Like(post).Status != http.StatusAccepted {
			t.Error("the key is the old one")
		}
	})
}
