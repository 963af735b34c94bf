package cli

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/integrity"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
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
	t.Parallel()
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
	t.Parallel()
	c := newChecked(t, func(s *config.Settings) { s.Federation.AuthorizedFetch = true })
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

func TestServerThatReadsIsAlive(t *testing.T) {
	t.Parallel()
	c := newChecked(t, func(s *config.Settings) { s.Federation.AuthorizedFetch = true })
	eve := c.reader()
	paused := func() (n int) {
		t.Helper()
		if err := c.DB.QueryRow(t.Context(), "SELECT COUNT(*) FROM hosts WHERE host = ? AND paused_until > 0", eve.Host).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	eventually(t, "their host to be known, for it has taken the Accept", func() bool {
		n, err := c.DB.Exec(t.Context(), "UPDATE hosts SET failures = 5, paused_until = ?, failing_since = 1 WHERE host = ?",
			database.Millis(c.clock().Add(time.Hour)), eve.Host)
		return n == 1 && err == nil
	})
	want(t, "paused", paused(), 1)
	want(t, "a liar", c.person(fediversetest.OwnKey).Ask(c.post, fediversetest.WithKeyID(eve.Key.ID)).Status, 401)
	want(t, "paused after a lie", paused(), 1)
	want(t, "reads", eve.Ask(c.post).Status, 200)
	want(t, "paused after it has read", paused(), 0)
}

// TestWhoCannotBeVerifiedIsHeldBack sends more than a server with a wrong clock would, from one network.
func TestWhoCannotBeVerifiedIsHeldBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // a slow machine would let the allowance grow meanwhile
		c := newChecked(t)
		liar := c.person(fediversetest.OwnKey)
		liar.Key.ID = c.ada.Key.ID
		held := 0
		for n := range shortened(t, c.Inbox.UnknownKeyLimit, bounds.UnverifiedRequests) + 100 {
			sent := liar.Reply(c.post, fmt.Sprintf("<p>Forged %d.</p>", n))
			if sent.Status == http.StatusTooManyRequests {
				held++
				want(t, "says when", sent.Header.Get("Retry-After") != "", true)
			} else {
				want(t, "refused", sent.Status, http.StatusUnauthorized)
			}
		}
		want(t, fmt.Sprint("held back: ", held), held >= 50, true) // those that are let in are asked for, which takes time
		want(t, "shown", c.shows(t, "Forged"), false)
	})
}

// TestForwardLimitOfOneSiteIsBounded has a group announce more than we would ask for.
func TestForwardLimitOfOneSiteIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // a slow machine would let the allowance grow meanwhile
		c := newChecked(t)
		most := shortened(t, c.Inbox.ForwardLimit.Limiter, bounds.ForwardLimit)
		group := c.f.Person("flood", "lemmy.test", fediversetest.Profile("type", "Group"))
		held := 0
		for n := range most + 100 {
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
		want(t, "held back", held, 100)
		want(t, "somebody who speaks for herself", group.Like(c.post).Status, http.StatusAccepted)
	})
}

// TestKeysOfOneSiteAreAskedForAtARate has a wildcard domain make up a person for each request, each with a key that fits.
func TestKeysOfOneSiteAreAskedForAtARate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // a slow machine would let the allowance grow meanwhile
		c := newChecked(t)
		most := shortened(t, c.Remotes.UnknownKeyLimit.Limiter, bounds.KeyQuestions)
		held := 0
		for n := range most + 100 {
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

// TestQuestionsThatOneSiteCausesAreBounded has one site answer what others may have said, and say that others vouch for what it brings.
func TestQuestionsThatOneSiteCausesAreBounded(t *testing.T) {
	t.Parallel()
	for what, ask := range map[string]func(eve *fediversetest.Person, far string) *fediversetest.Sent{
		"answers to what is elsewhere": func(eve *fediversetest.Person, far string) *fediversetest.Sent {
			return eve.Reply(far+"/notes/1", "<p>Yes.</p>", fediversetest.At(teaBase+"/inbox"))
		},
		"proofs of others": func(eve *fediversetest.Person, far string) *fediversetest.Sent {
			id := far + "/users/ada"
			forger := integrity.Key{ID: id + "#ed25519-key", Private: ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))}
			said, _ := integrity.Add(fmt.Appendf(nil, `{"@context":"https://www.w3.org/ns/activitystreams","id":"%s/1","type":"Create","actor":"%s","object":"%s/2"}`,
				id, id, id), forger, time.Now())
			var inner map[string]any
			_ = json.Unmarshal(said, &inner)
			return eve.Post(teaBase+"/inbox", map[string]any{"id": eve.ID + "/announce/" + far, "type": "Announce", "actor": eve.ID, "object": inner})
		},
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // a slow machine would let the allowance grow meanwhile
				c := newChecked(t)
				most := shortened(t, c.Inbox.ForwardLimit.Limiter, bounds.ForwardLimit)
				eve := c.person()
				asked, held := 0, 0
				for n := range most + 100 {
					host := fmt.Sprintf("far-%d.test", n)
					sent := ask(eve, "https://"+host)
					if sent.Status != http.StatusTooManyRequests {
						want(t, "taken", sent.Status, http.StatusAccepted)
						continue
					}
					held++
					if c.f.Count(host, "") > 0 {
						asked++
					}
				}
				want(t, fmt.Sprint("held back: ", held), held >= 50, true)
				want(t, fmt.Sprint("asked for what was held back: ", asked), asked <= 1, true) // the last key may be asked for, and then no more
				want(t, "an answer to what is here", eve.Reply(c.post, "<p>Fine.</p>").Status, http.StatusAccepted)
				want(t, "a neighbour", c.person().Reply("https://far.test/notes/1", "<p>No.</p>", fediversetest.At(teaBase+"/inbox")).Status, http.StatusAccepted)
			})
		})
	}
}

// shortened makes a limiter of the program hold back a tenth as many, but in the long form, and returns how many it lets in at once. The
// limiter has to be the one that the program is built with.
func shortened(t *testing.T, l *web.Limiter, rate bounds.Rate) int {
	t.Helper()
	want(t, "rate", l.Rate, rate)
	l.Burst = costtest.Pick(rate.Burst/10, rate.Burst)
	return l.Burst
}
