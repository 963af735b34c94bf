package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/signature"
)

// documents are addresses that answer with ActivityPub to whoever may read. open ones hold keys, or say where they are.
func (c *checked) documents() (guarded, open []string) {
	return []string{
			teaBlog + "/outbox", teaBlog + "/followers", teaBlog + "/following", teaBlog + "/featured",
			c.post, c.post + "/create", c.post + "/replies", c.post + "/likes", c.post + "/shares", c.post + "/context",
		}, []string{
			teaBlog, teaBase + "/actor", teaBase + "/nodeinfo/2.1", teaBase + "/.well-known/webfinger?resource=acct:tea@tea.test",
		}
}

func TestBlockedServersAreShownNothing(t *testing.T) {
	c := newChecked(t)
	mallory, eve := c.f.Person("mallory", "spam.test"), c.person()
	if code, said := c.say("block", "add", "spam.test"); code != 0 {
		t.Fatal(said)
	}
	guarded, open := c.documents()
	for _, scheme := range []signature.Scheme{signature.Cavage, signature.RFC9421} {
		for _, address := range append(guarded, teaBlog) {
			want(t, "blocked: "+address, mallory.Ask(address, fediversetest.SignedBy(scheme)).Status, 403)
			want(t, "others: "+address, eve.Ask(address, fediversetest.SignedBy(scheme)).Status, 200)
			want(t, "nobody in particular: "+address, mallory.Ask(address, fediversetest.Unsigned).Status, 200)
		}
	}
	for _, address := range open[1:] {
		want(t, address, mallory.Ask(address).Status, 200)
	}
	want(t, "asked of a blocked server", c.f.Count("spam.test", ""), 0)
	want(t, "asked of others: no signature had to be checked", c.f.Count(eve.Host, ""), 0)
}

func TestAuthorizedFetchShowsNothingToTheUnsigned(t *testing.T) {
	c := newChecked(t, func(s *settings) { s.Federation.AuthorizedFetch = true })
	eve, liar, mallory := c.person(), c.person(fediversetest.OwnKey), c.person()
	liar.Key.ID = eve.Key.ID
	if code, said := c.say("block", "add", mallory.ID); code != 0 {
		t.Fatal(said)
	}
	guarded, open := c.documents()
	for _, address := range guarded {
		nobody := eve.Ask(address, fediversetest.Unsigned)
		want(t, "nobody: "+address, nobody.Status, 401)
		want(t, "asks for a signature", nobody.Header.Get("Accept-Signature") != "", true)
		want(t, "says why", strings.Contains(nobody.Answer, "Signature header"), true)
		signed := eve.Ask(address)
		want(t, "signed: "+address, signed.Status, 200)
		want(t, "caches know", strings.Contains(strings.Join(signed.Header.Values("Vary"), ","), "Signature"), true)
		want(t, "and ask us", signed.Header.Get("Cache-Control"), "no-cache")
		want(t, "by RFC 9421: "+address, eve.Ask(address, fediversetest.SignedBy(signature.RFC9421)).Status, 200)
		want(t, "in another's name: "+address, liar.Ask(address).Status, 401)
		want(t, "blocked: "+address, mallory.Ask(address).Status, 403)
	}
	for _, address := range open {
		want(t, address, eve.Ask(address, fediversetest.Unsigned).Status, 200)
	}
	want(t, "people", c.ask(t, "GET", c.post, "text/html").StatusCode, 303)
	want(t, "comments", c.ask(t, "GET", teaBase+"/api/v1/comments?url="+c.page, "*/*").StatusCode, 200)
}

// TestWhoCannotBeVerifiedIsHeldBack sends more than a server with a wrong clock would, from one network.
func TestWhoCannotBeVerifiedIsHeldBack(t *testing.T) {
	c := newChecked(t)
	liar := c.person(fediversetest.OwnKey)
	liar.Key.ID = c.ada.Key.ID
	held := 0
	for n := range 400 {
		sent := liar.Reply(c.post, fmt.Sprintf("<p>Forged %d.</p>", n))
		if sent.Status == http.StatusTooManyRequests {
			held++
			want(t, "says when", sent.Header.Get("Retry-After") != "", true)
		} else {
			want(t, "refused", sent.Status, http.StatusUnauthorized)
		}
	}
	want(t, fmt.Sprint("held back: ", held), held >= 50, true)
	want(t, "shown", c.shows(t, "Forged"), false)
}

// TestHearsayOfOneSiteIsBounded has a group announce more than we would ask for.
func TestHearsayOfOneSiteIsBounded(t *testing.T) {
	c := newChecked(t)
	group := c.f.Person("flood", "lemmy.test", fediversetest.Profile("type", "Group"))
	held := 0
	for n := range 700 {
		id := fmt.Sprintf("https://far-%d.test/notes/1", n)
		sent := group.Post(teaBase+"/inbox", map[string]any{
			"id": fmt.Sprintf("%s/announce/%d", group.ID, n), "type": "Announce", "actor": group.ID,
			"object": map[string]any{"id": id + "/create", "type": "Create", "actor": id + "/author", "object": id},
		})
		if sent.Status == http.StatusTooManyRequests {
			held++
		} else {
			want(t, "taken", sent.Status, http.StatusAccepted)
		}
	}
	want(t, fmt.Sprint("held back: ", held), held >= 100, true)
	want(t, "somebody who speaks for herself", group.Like(c.post).Status, http.StatusAccepted)
}

// TestKeysOfOneSiteAreAskedForAtARate has a wildcard domain make up a person for each request, each with a key that fits.
func TestKeysOfOneSiteAreAskedForAtARate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // a slow machine would let the allowance grow meanwhile
		c := newChecked(t)
		held := 0
		for n := range 1100 {
			sent := c.f.Person("x", fmt.Sprintf("n%d.wild.test", n)).Like(c.post)
			if sent.Status == http.StatusTooManyRequests {
				held++
			} else {
				want(t, "liked", sent.Status, http.StatusAccepted)
			}
		}
		want(t, fmt.Sprint("held back: ", held), held >= 50, true)
		want(t, "somebody we know", c.ada.Like(c.post).Status, http.StatusAccepted)
		want(t, "somebody new elsewhere", c.person().Like(c.post).Status, http.StatusAccepted)
	})
}
