package cli

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/exit"
)

// signerOf is the id of the key that a request names.
func signerOf(d fediversetest.Delivery) string {
	_, rest, _ := strings.Cut(d.Header.Get("Signature"), `keyId="`)
	id, _, _ := strings.Cut(rest, `"`)
	return id
}

// TestServerThatWasAwayHearsOfNewKeysInTime: what tells the new keys, and what is said of the
// profile after that, comes with the old key, for a server that asks for no key it knows would
// throw away anything else.
func TestServerThatWasAwayHearsOfNewKeysInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newChecked(t, seldom)
		mia := c.f.Person("mia", "away.test")
		mia.Follow(teaBlog)
		mia.Await("Accept", 1)
		before, old := len(mia.Deliveries()), c.object(t, teaBlog).Ref("publicKey")
		c.f.Fail("away.test", fediversetest.Fault{Err: errors.New("connection refused")})
		code, said := c.say("key", "rotate", "tea")
		want(t, said, code, exit.OK)
		next, _ := c.ada.Await("Update", 1)[0].Object("object")
		c.pass(time.Minute)
		code, said = c.say("blog", "edit", "tea", "--title", "Tea & more")
		want(t, said, code, exit.OK)
		edited, _ := c.ada.Await("Update", 2)[1].Object("object")
		want(t, "what is told after the new keys", edited.Ref("publicKey"), next.Ref("publicKey"))
		want(t, "the title", edited.String("name"), "Tea & more")
		c.pass(20 * time.Minute)
		c.feed.publish("late", "Later", "<p>After the change.</p>")
		c.ada.Await("Create", 2)
		c.f.Heal("away.test")
		for range 12 {
			c.pass(15 * time.Minute)
		}
		mia.Await("Create", 1)
		keys := map[string][]string{}
		for _, d := range mia.Deliveries()[before:] {
			keys[d.Activity.Type()] = append(keys[d.Activity.Type()], signerOf(d))
		}
		want(t, "keys of the Updates", fmt.Sprint(keys["Update"]), fmt.Sprint([]string{old, old}))
		want(t, "key of the Create", fmt.Sprint(keys["Create"]), fmt.Sprint([]string{next.Ref("publicKey")}))
	})
}

// TestKeysAreChangedAndNobodyIsLost has a follower's server that verifies everything by the actor's document: what was sent before, what
// tells of the change, and what comes after it.
func TestKeysAreChangedAndNobodyIsLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newChecked(t, seldom)
		signer := func(n int) string {
			deliveries := c.ada.Deliveries()
			return signerOf(deliveries[len(deliveries)-n])
		}
		old := c.object(t, teaBlog).Ref("publicKey")
		_, said := c.say("key", "list", "tea")
		want(t, said, strings.Count(said, "signs\n"), 2)
		code, said := c.say("key", "rotate", "tea")
		want(t, said, code, exit.OK)
		told, _ := c.ada.Await("Update", 1)[0].Object("object")
		key, _ := told.Object("publicKey")
		want(t, "the change is signed with the old key", signer(1), old)
		want(t, "and tells the new one", strings.HasPrefix(key.ID(), teaBlog+"#main-key-"), true)
		code, said = c.say("key", "rotate", "tea")
		want(t, said, code, exit.Refused)
		for n := range 3 {
			c.feed.publish(fmt.Sprint("post-", n), fmt.Sprintf("Post %d", n), "<p>Signed by somebody.</p>")
			c.pass(5 * time.Minute)
		}
		c.ada.Await("Create", 4)
		want(t, "the last one is signed with the new key", signer(1), key.ID())
		want(t, "which the actor shows", c.object(t, teaBlog).Ref("publicKey"), key.ID())
		_, said = c.say("key", "list", "tea")
		want(t, said, strings.Contains(said, "published until") && strings.Contains(said, "proofs"), true)
		want(t, "keys for proofs that are published", len(c.object(t, teaBlog).Objects("assertionMethod")), 2)
		code, said = c.say("key", "rotate", "tea", "--stolen")
		want(t, said, code, exit.OK)
		c.pass(15 * time.Minute)
		_, said = c.say("key", "list", "tea")
		want(t, said, strings.Contains(said, "published until"), false)
		want(t, "keys for proofs after a theft", len(c.object(t, teaBlog).Objects("assertionMethod")), 1)

		code, said = c.say("key", "rotate", "tea", "--instance")
		want(t, said, code, exit.OK)
		c.pass(15 * time.Minute)
		eve := c.person()
		c.f.RequireSignatures(eve.Host)
		eve.Follow(teaBlog)
		eve.Await("Accept", 1)
	})
}
