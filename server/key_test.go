package main

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestKeysAreChangedAndNobodyIsLost has a follower's server that verifies everything by the actor's document: what was sent before, what
// tells of the change, and what comes after it.
func TestKeysAreChangedAndNobodyIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newChecked(t, func(s *settings) { s.Feed.PollInterval = duration(10 * time.Second) })
		signer := func(n int) string {
			deliveries := c.ada.Deliveries()
			_, rest, _ := strings.Cut(deliveries[len(deliveries)-n].Header.Get("Signature"), `keyId="`)
			id, _, _ := strings.Cut(rest, `"`)
			return id
		}
		_, said := c.say("key", "list", "tea")
		want(t, said, strings.Count(said, "signs\n"), 2)
		code, said := c.say("key", "rotate", "tea")
		want(t, said, code, exitOK)
		told, _ := c.ada.Await("Update", 1)[0].Object("object")
		key, _ := told.Object("publicKey")
		want(t, "the change is signed with the old key", signer(1), teaBlog+"#main-key")
		want(t, "and tells the new one", strings.HasPrefix(key.ID(), teaBlog+"#main-key-"), true)
		code, said = c.say("key", "rotate", "tea")
		want(t, said, code, exitRefused)
		for n := range 3 {
			c.feed.publish(fmt.Sprint("post-", n), fmt.Sprintf("Post %d", n), "<p>Signed by somebody.</p>")
			c.pass(5 * time.Minute)
		}
		c.ada.Await("Create", 4)
		want(t, "the last one is signed with the new key", signer(1), key.ID())
		want(t, "which the actor shows", c.object(t, teaBlog).Ref("publicKey"), key.ID())
		_, said = c.say("key", "list", "tea")
		want(t, said, strings.Contains(said, "retired") && strings.Contains(said, "proofs"), true)

		code, said = c.say("key", "rotate", "tea", "--instance")
		want(t, said, code, exitOK)
		c.pass(15 * time.Minute)
		eve := c.person()
		c.f.RequireSignatures(eve.Host)
		eve.Follow(teaBlog)
		eve.Await("Accept", 1)
	})
}
