package replies

import (
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
	"github.com/bloghorn/bloghorn/server/web"
)

// inbound is an activity on its way through the inbox.
type inbound struct {
	activity activitypub.Object
	body     []byte // as it came; nil for what we have fetched ourselves
	kind     string // its type
	id       string // "" where it has none
	actor    string
	object   string             // id of what it is about; "" where that has none
	embedded activitypub.Object // what it is about, where it is embedded or was fetched from its origin; else nil
	// what quotes, of a QuoteRequest, as object is what is quoted; instrument is nil where only its id came
	instrumentID string
	instrument   activitypub.Object
	// the account that a Move leads to; target is nil until it was fetched: what came along says nothing about it
	targetID string
	target   activitypub.Object

	signer string      // owner of the key of the request; the actor herself for what was fetched from her server
	signed string      // when the request was signed, by what its signature covers: the same activity of the same second is a replay, not a repetition
	inbox  database.ID // of the blog it was addressed to, 0 for the shared inbox
	at     time.Time   // when it came
	due    time.Time   // when it is to be asked for, where that is not at once
	parent string      // the id of what it answers, where that was fetched by another address
	orphan bool        // its parent cannot be had: attach it to the post its context names
	asked  bool        // its author was asked again what they wish
	lost   error       // why its parent cannot be had
	row    journalRow  // its row in the journal, once it has one
	cause  string      // the site that caused it; "" for the signer's
	asks   string      // the site that is asked first
	// what an Undo of a Delete brings back, as its own server has it, nil until it was fetched; and the row that it takes again
	back    activitypub.Object
	deleted *thread.Stored

	paid map[string]bool // what it was counted against; copies share it
}

// pay counts an activity against a bound, once: its transaction may run several times before it is committed.
func (a *inbound) pay(what string, take func() error) error {
	if a.paid[what] {
		return nil
	}
	if err := take(); err != nil {
		return err
	}
	if a.paid == nil {
		a.paid = map[string]bool{}
	}
	a.paid[what] = true
	return nil
}

// about is the digest of the id of what it is about: of the quote, where it asks to quote; the zero Digest for nothing.
func (a *inbound) about() database.Digest {
	id := a.object
	if a.kind == "QuoteRequest" {
		id = a.instrumentID
	}
	if id == "" {
		return database.Digest{}
	}
	return database.Hash(id)
}

// made is when it was signed, or when it came where that is not kept: a row that has waited. Signatures tell the second, so this does.
func (a *inbound) made() time.Time {
	if signed, err := time.Parse(time.RFC3339, a.signed); err == nil {
		return signed
	}
	return a.at.Truncate(time.Second)
}

const (
	maxKind = 50   // characters
	maxURI  = 2048 // bytes
)

// readInbound reads the parts of an activity that decisions depend on, each exactly once: nobody later looks for "the actor" or "the
// object" in the tree again and finds another one. Errors are web.ErrInvalid.
func readInbound(o activitypub.Object) (*inbound, error) {
	a := &inbound{activity: o, kind: o.Type(), id: o.ID()}
	if a.kind == "" || safehtml.Cut(a.kind, maxKind) != a.kind {
		return nil, fmt.Errorf("%w: an activity needs a type", web.ErrInvalid)
	}
	if o.Has("id") && !activitypub.ValidID(a.id) {
		return nil, fmt.Errorf("%w: the id of the activity is not an http(s) URL of at most %d bytes", web.ErrInvalid, maxURI)
	}
	var ok bool
	if a.actor, ok = o.Single("actor"); !ok || !activitypub.ValidID(a.actor) {
		return nil, fmt.Errorf("%w: an activity needs exactly one actor", web.ErrInvalid)
	}
	if err := a.readObject(o); err != nil {
		return a, err
	}
	if target, _ := o.Single("target"); a.kind == "Move" && activitypub.ValidID(target) {
		a.targetID = target
	}
	return a, a.readInstrument(o)
}

// readInstrument takes what quotes. A stub of it, without an author, is no more than its id.
func (a *inbound) readInstrument(o activitypub.Object) error {
	if a.kind != "QuoteRequest" {
		return nil
	}
	if a.instrumentID, _ = o.Single("instrument"); !activitypub.ValidID(a.instrumentID) {
		return fmt.Errorf("%w: a QuoteRequest needs exactly one instrument with an id", web.ErrInvalid)
	}
	if embedded, _ := o.Object("instrument"); embedded.Has("attributedTo") {
		a.instrument = embedded
	}
	return nil
}

// readObject takes the one object. Activities about several things at once keep none: a Flag, which reads its own list, and what we do not
// act upon.
func (a *inbound) readObject(o activitypub.Object) error {
	if a.kind == "Flag" {
		return nil
	}
	if list, ok := o["object"].([]any); ok && len(list) != 1 {
		if acts(a.kind) {
			return fmt.Errorf("%w: %s needs exactly one object", web.ErrInvalid, a.kind)
		}
		return nil
	}
	a.embedded, _ = o.Object("object")
	a.object, _ = o.Single("object")
	if a.object != "" && !activitypub.ValidID(a.object) {
		if !acts(a.kind) {
			a.object = ""
			return nil
		}
		return fmt.Errorf("%w: the id of the object is not an http(s) URL of at most %d bytes", web.ErrInvalid, maxURI)
	}
	if a.object == "" && acts(a.kind) && (a.kind != "Undo" || a.embedded == nil) {
		return fmt.Errorf("%w: %s needs an object with an id", web.ErrInvalid, a.kind)
	}
	return nil
}

// dedupe is the key by which the same activity is known again. The actor is part of it, so that nobody on her server can keep her next
// activity out by using its id first.
//
// What is there or not there (a Follow, a Like, their Undo, the leave to quote) is made unique by
// its own table, and some servers derive its id from the two ends, so that the same id comes again
// after an Undo and means it: only what was signed at the same time is a duplicate. GoToSocial
// gives all edits of a post one Update id, so an Update is also known by what it says; and
// WriteFreely gives a Create and its Delete the id of the post, so the type is part of the key.
func (a *inbound) dedupe() database.Digest {
	if thread.KindOf(a.kind) != "" {
		return database.Hash(a.kind, a.actor, a.id, a.signed)
	}
	switch a.kind {
	case "Follow", "Undo", "Block", "QuoteRequest", "Move":
		return database.Hash(a.kind, a.actor, a.id, a.signed)
	case "Update":
		if a.object == a.actor {
			return database.Hash(a.kind, a.actor, a.id, a.signed)
		}
		o := a.embedded
		return database.Hash(a.kind, a.actor, a.id, o.String("updated"), o.Text("content"), o.Text("summary"), o.Text("name"))
	}
	if a.id == "" {
		return database.Hash(a.kind, a.actor, a.id, a.signed)
	}
	return database.Hash(a.kind, a.actor, a.id)
}
