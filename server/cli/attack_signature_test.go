package cli

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/signature"
)

// TestForgedRequestsAreRefusedAtTheFrontDoor sends, by both kinds of signature, what looks signed and is not, through everything that the
// program puts before its inbox. The tables of all faults are in publisher/signature (what a signature covers, when, with which key),
// publisher/remote_keys_test.go (whose key it is) and replies/matrix_test.go (who may do what); here they meet.
func TestForgedRequestsAreRefusedAtTheFrontDoor(t *testing.T) {
	t.Parallel()
	c := newChecked(t)
	foreign, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	victim := c.person(fediversetest.OwnKey)
	c.takes(t, victim.Reply(c.post, "<p>Mine.</p>"))
	header := fediversetest.Header
	now := c.clock()
	forgeries := map[string][]fediversetest.Option{
		"unsigned":               {fediversetest.Unsigned},
		"another body":           {fediversetest.SwapBody(`{"type":"Delete","actor":"x","object":"y"}`)},
		"one byte more":          {fediversetest.SwapBody(" ")},
		"a foreign key":          {fediversetest.WithKey(foreign)},
		"the victim's key id":    {fediversetest.WithKeyID(victim.Key.ID)},
		"our own key id":         {fediversetest.WithKeyID(teaBlog + "#main-key")},
		"our instance's key id":  {fediversetest.WithKeyID(teaBase + "/actor#main-key")},
		"a key of no host":       {fediversetest.WithKeyID("main-key")},
		"a key that is a script": {fediversetest.WithKeyID("javascript:alert(1)")},
		"another host":           {fediversetest.ForHost("other.test")},
		"another port":           {fediversetest.ForHost("fedi.tea.test:8443")},
		"two hours late":         {fediversetest.DatedAt(now.Add(-2 * time.Hour))},
		"two hours ahead":        {fediversetest.DatedAt(now.Add(2 * time.Hour))},
		"of 1970":                {fediversetest.DatedAt(time.Unix(0, 0))},
		"signature of nothing":   {header("Signature", `keyId="x",headers="",signature=""`)},
		"signature emptied":      {header("Signature", " ")},
		"a bearer token instead": {header("Signature", ""), header("Signature-Input", ""), header("Authorization", "Bearer x")},
		"digest of another body": {fediversetest.SwapBody("{}"), header("Digest", "SHA-256=RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=")},
		"no type of content":     {header("Content-Type", "")},
		"an upload's type":       {header("Content-Type", "image/png")},
	}
	for _, scheme := range []signature.Scheme{signature.Cavage, signature.RFC9421} {
		for name, options := range forgeries {
			mallory := c.person() // with a key that the victim and the blog do not have
			sent := mallory.Reply(c.post, "<p>Forged: "+name+"</p>", append([]fediversetest.Option{fediversetest.SignedBy(scheme)}, options...)...)
			if sent.Err != nil || sent.Status < 400 || sent.Status >= 500 {
				t.Errorf("%v, %s: %d %s (%v)", scheme, name, sent.Status, sent.Answer, sent.Err)
			}
		}
		honest := c.person()
		if sent := honest.Reply(c.post, fmt.Sprint("<p>Honest ", scheme, "</p>"), fediversetest.SignedBy(scheme)); sent.Status != http.StatusAccepted {
			t.Errorf("an honest request by %v: %d %s", scheme, sent.Status, sent.Answer)
		}
	}
	c.settled(t)
	for _, text := range c.replies(t) {
		if strings.Contains(text, "Forged") {
			t.Errorf("the thread shows %q", text)
		}
	}
	want(t, "replies", len(c.replies(t)), 3)
}

// TestNobodyActsForAnother: what is signed well, by somebody who may not do this. Each is what was done to another server of the fediverse.
func TestNobodyActsForAnother(t *testing.T) {
	t.Parallel()
	c := newChecked(t)
	victim, mallory := c.person(fediversetest.OwnKey), c.person(fediversetest.OwnKey)
	neighbour := c.f.Person("neighbour", victim.Host, fediversetest.OwnKey)
	theirs := c.takes(t, victim.Reply(c.post, "<p>Mine.</p>"))
	like := c.takes(t, victim.Like(c.post))
	c.takes(t, victim.Follow(teaBlog))
	n := 0
	by := func(p *fediversetest.Person, kind string, object any, more ...string) func() *fediversetest.Sent {
		n++
		a := activitypub.Object{"id": fmt.Sprintf("%s#%d", p.ID, n), "type": kind, "actor": p.ID, "object": object, "to": activitypub.Public}
		for i := 0; i < len(more); i += 2 {
			a[more[i]] = more[i+1]
		}
		return func() *fediversetest.Sent { return p.Post(teaBase+"/inbox", a) }
	}
	note := func(id, author string) activitypub.Object {
		return activitypub.Object{"id": id, "type": "Note", "attributedTo": author, "inReplyTo": c.post, "content": "Forged", "to": activitypub.Public}
	}
	own := mallory.ID + "/notes/1"
	for name, send := range map[string]func() *fediversetest.Sent{
		"Mastodon 2024: another's actor":            by(mallory, "Create", note(own, victim.ID), "actor", victim.ID),
		"Mastodon 2024: widening a known post":      by(mallory, "Create", theirs.ObjectID),
		"Misskey: author is not the signer":         by(mallory, "Create", note(own, victim.ID)),
		"Bridgy Fed: an object of another host":     by(mallory, "Create", note("https://"+victim.Host+"/new", mallory.ID)),
		"Bridgy Fed: an activity of another host":   by(mallory, "Like", c.post, "id", "https://"+victim.Host+"/likes/9"),
		"Lemmy: an object of ours":                  by(mallory, "Update", note(c.post, mallory.ID)),
		"Lemmy: an activity of ours":                by(mallory, "Like", c.post, "id", teaBase+"/activities/1"),
		"Mastodon: the neighbour's post":            by(neighbour, "Update", note(theirs.ObjectID, neighbour.ID)),
		"Mastodon: the neighbour's post, as theirs": by(neighbour, "Update", note(theirs.ObjectID, victim.ID)),
		"Akkoma: deleting another's post":           by(mallory, "Delete", theirs.ObjectID),
		"deleting it as a neighbour":                by(neighbour, "Delete", theirs.ObjectID),
		"deleting another person":                   by(mallory, "Delete", victim.ID),
		"deleting the blog":                         by(mallory, "Delete", teaBlog),
		"renaming another person":                   by(mallory, "Update", activitypub.Object{"id": victim.ID, "type": "Person", "name": "Forged"}),
		"taking back another's like":                by(mallory, "Undo", like.ID),
		"taking back another's follow":              by(mallory, "Undo", activitypub.Object{"type": "Follow", "actor": victim.ID, "object": teaBlog}),
		"moving another's following":                by(mallory, "Move", victim.ID, "target", mallory.ID),
		"accepting in the blog's name":              by(mallory, "Accept", c.post, "actor", teaBlog),
		"PeerTube: two actors":                      by(mallory, "Create", []any{note(own, mallory.ID), note(own+"2", victim.ID)}, "id", "https://"+victim.Host+"/x"),
		"Fedify: a signature within the document":   by(mallory, "Create", note(own, victim.ID), "actor", victim.ID, "signature", "RsaSignature2017"),
		"Mastodon: a subdomain of the attributed":   by(mallory, "Create", note("https://x."+mallory.Host+"/1", mallory.ID)),
		"Mastodon: a domain that ends alike":        by(mallory, "Create", note("https://evil"+mallory.Host+"/1", mallory.ID)),
		"another port":                              by(mallory, "Create", note("https://"+mallory.Host+":8443/1", mallory.ID)),
		"without TLS":                               by(mallory, "Create", note("http://"+mallory.Host+"/1", mallory.ID)),
		"with a name before the host":               by(mallory, "Create", note("https://"+mallory.Host+"@"+victim.Host+"/1", mallory.ID)),
		"with a backslash":                          by(mallory, "Create", note("https://"+mallory.Host+`\@`+victim.Host+"/1", mallory.ID)),
		"in capitals, another host":                 by(mallory, "Create", note("HTTPS://"+strings.ToUpper(victim.Host)+"/1", mallory.ID)),
		"JSON-LD turned inside out":                 by(mallory, "Create", note(own, mallory.ID), "@reverse", "x"),
		"JSON-LD with more beside it":               by(mallory, "Create", note(own, mallory.ID), "@included", "x"),
		"JSON-LD as a graph":                        by(mallory, "Create", note(own, mallory.ID), "@graph", "x"),
	} {
		sent := send()
		if sent.Err != nil || sent.Status >= 500 || sent.Status == http.StatusOK {
			t.Errorf("%s: %d %s (%v)", name, sent.Status, sent.Answer, sent.Err)
		}
		c.settled(t)
		thread := c.thread(t)
		if len(thread.Items) != 1 || thread.Items[0].Text != "Mine." || thread.Items[0].Author.Name == "Forged" || thread.Counts.Likes != 1 {
			t.Fatalf("%s (%d %s) changed the thread: %+v", name, sent.Status, sent.Answer, thread)
		}
	}
	want(t, "the blog is there", c.object(t, teaBlog).ID(), teaBlog)
	if _, said := c.say("follower", "list", "tea"); !strings.Contains(said, victim.Handle()) || strings.Contains(said, "Forged") {
		t.Errorf("followers: %s", said)
	}
}
