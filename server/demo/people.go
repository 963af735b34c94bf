package demo

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"net/url"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/signature"
)

const keyBits = 2048 // what Mastodon makes

// person is somebody with an account on the reader.
type person struct {
	Name    string // the part before the @
	Display string
	About   string
	ID      string // of the actor
	Handle  string // "@ada@127.0.0.1:8487"
	key     signature.Key
	// stranger follows nobody here, and what they say waits for the owner: the roof tells Bloghorn
	// whom that concerns (Reader.Stranger).
	stranger bool
}

// newPeople makes the people and their keys. The first one reads, the others answer.
func newPeople(base string) ([]*person, error) {
	people := []*person{
		{Name: "ada", Display: "Ada Lindqvist", About: "Reads everything with a boat in it."},
		{Name: "bo", Display: "Bo Ferreira", About: "Cook. Will ask about the soup."},
		{Name: "cleo", Display: "Cleo Marsh", About: "Draws lighthouses. Has never lived near one."},
		{Name: "finn", Display: "Finn Okoro", About: "Collects timetables. New here.", stranger: true},
	}
	for _, p := range people {
		private, err := rsa.GenerateKey(rand.Reader, keyBits)
		if err != nil {
			return nil, fmt.Errorf("make the key of %s: %w", p.Name, err)
		}
		p.ID = base + "/people/" + p.Name
		p.Handle = "@" + p.Name + "@" + authority(base)
		p.key = signature.Key{ID: p.ID + "#main-key", Private: private}
	}
	return people, nil
}

func (p *person) followers() string { return p.ID + "/followers" }

// document is a JSON-LD object as it is sent. The reader writes its own and reads with activitypub,
// so that what Bloghorn understands is not just what Bloghorn writes.
type document map[string]any

const activityStreams = "https://www.w3.org/ns/activitystreams"

// actor is the document that other servers fetch: who this is, where the inbox is, and which key
// signs.
func (p *person) actor(base string) document {
	return document{
		"@context":          []string{activityStreams, "https://w3id.org/security/v1"},
		"id":                p.ID,
		"type":              "Person",
		"preferredUsername": p.Name,
		"name":              p.Display,
		"summary":           "<p>" + p.About + "</p>",
		"url":               base + "/?as=" + p.Name,
		"inbox":             p.ID + "/inbox",
		"outbox":            p.ID + "/outbox",
		"followers":         p.followers(),
		"following":         p.ID + "/following",
		"endpoints":         document{"sharedInbox": base + "/inbox"},
		"publicKey": document{
			"id":           p.key.ID,
			"owner":        p.ID,
			"publicKeyPem": signature.EncodePublicPEM(&p.key.Private.PublicKey),
		},
	}
}

// webFinger answers for "acct:ada@127.0.0.1:8487".
func (p *person) webFinger() document {
	return document{
		"subject": "acct:" + p.Handle[1:],
		"aliases": []string{p.ID},
		"links":   []document{{"rel": "self", "type": "application/activity+json", "href": p.ID}},
	}
}

// activity wraps what p did. Addressing is the same on the activity and its object, as every server
// expects.
func (p *person) activity(kind, id string, object any, to, cc []string) document {
	return document{
		"@context": activityStreams,
		"id":       id,
		"type":     kind,
		"actor":    p.ID,
		"to":       to,
		"cc":       cc,
		"object":   object,
	}
}

// publicly is the addressing of what everybody may see and others should be told of.
func (p *person) publicly(others ...string) (to, cc []string) {
	return []string{activitypub.Public}, append([]string{p.followers()}, others...)
}

// personIn picks one by name.
func personIn(people []*person, name string) (*person, bool) {
	for _, p := range people {
		if p.Name == name {
			return p, true
		}
	}
	return nil, false
}

// personByID picks one by actor id.
func personByID(people []*person, id string) (*person, bool) {
	for _, p := range people {
		if p.ID == id {
			return p, true
		}
	}
	return nil, false
}

// remote is what the reader knows of the sample blog's actor.
type remote struct {
	ID, Name, Handle, Inbox, Outbox string
}

func readRemote(doc activitypub.Object) remote {
	handle := "@" + doc.String("preferredUsername") + "@" + authority(doc.ID())
	return remote{
		ID:     doc.ID(),
		Name:   doc.String("name"),
		Handle: handle,
		Inbox:  doc.Ref("inbox"),
		Outbox: doc.Ref("outbox"),
	}
}

func withoutFragment(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	u.Fragment = ""
	return u.String()
}
