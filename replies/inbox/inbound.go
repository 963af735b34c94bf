package inbox

import (
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
	"github.com/bloghorn/bloghorn/server/web"
)

// Inbound is an activity on its way through the inbox.
type Inbound struct {
	activity activitypub.Object
	Body     []byte // as it came; nil for what we have fetched ourselves
	Kind     string // its type
	ID       string // "" where it has none
	Actor    string
	Object   string             // id of what it is about; "" where that has none
	Embedded activitypub.Object // what it is about, where it is embedded or was fetched from its origin; else nil
	// what quotes, of a QuoteRequest, as object is what is quoted; instrument is nil where only its
	// id came
	instrumentID string
	Instrument   activitypub.Object
	// the account that a Move leads to; target is nil until it was fetched: what came along says
	// nothing about it
	targetID string
	Target   activitypub.Object

	Signer string      // owner of the key of the request; the actor for what was fetched from their server
	signed string      // when the request was signed, by what its signature covers: the same activity of the same second is a replay, not a repetition
	Inbox  database.ID // of the blog it was addressed to, 0 for the shared inbox
	At     time.Time   // when it came
	Due    time.Time   // when it is to be asked for, where that is not at once
	Parent string      // the id of what it answers, where that was fetched by another address
	Orphan bool        // its parent cannot be had: attach it to the post its context names
	Asked  bool        // its author was asked again what they wish
	Lost   error       // why its parent cannot be had
	Row    JournalRow  // its row in the journal, once it has one
	Cause  string      // the site that caused it; "" for the signer's
	Asks   string      // the site that is asked first
	// what an Undo of a Delete brings back, as its own server has it, nil until it was fetched; and
	// the row that it takes again
	Back    activitypub.Object
	deleted *thread.Stored

	blocks *moderation.Blocks // that concern the actor, as this transaction has read them (blocksOf)

	paid map[string]bool // what it was counted against; copies share it
}

// pay counts an activity against a bound, once: its transaction may run several times before it is
// committed.
func (a *Inbound) pay(what string, take func() error) error {
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

// blocksOf returns the blocks that concern the actor. They are read once for each transaction:
// Apply forgets them.
func (a *Inbound) blocksOf(ctx context.Context, q database.Querier) (moderation.Blocks, error) {
	if a.blocks == nil {
		blocks, err := moderation.BlocksOf(ctx, q, a.Actor)
		if err != nil {
			return nil, err
		}
		a.blocks = &blocks
	}
	return *a.blocks, nil
}

// about is the digest of the id of what it is about: of the quote, where it asks to quote; the zero
// Digest for nothing.
func (a *Inbound) about() database.Digest {
	id := a.Object
	if a.Kind == "QuoteRequest" {
		id = a.instrumentID
	}
	if id == "" {
		return database.Digest{}
	}
	return database.Hash(id)
}

// made is when it was signed, or when it came where that is not kept: a row that has waited.
// Signatures tell the second, so this does.
func (a *Inbound) made() time.Time {
	if signed, err := time.Parse(time.RFC3339, a.signed); err == nil {
		return signed
	}
	return a.At.Truncate(time.Second)
}

const (
	maxKind = 50   // characters
	maxURI  = 2048 // bytes
)

// ReadInbound reads the parts of an activity that decisions depend on, each exactly once: nobody
// later looks for "the actor" or "the object" in the tree again and finds another one. Errors are
// web.ErrInvalid.
func ReadInbound(o activitypub.Object) (*Inbound, error) {
	a := &Inbound{activity: o, Kind: o.Type(), ID: o.ID()}
	if a.Kind == "" || safehtml.Cut(a.Kind, maxKind) != a.Kind {
		return nil, fmt.Errorf("%w: an activity needs a type", web.ErrInvalid)
	}
	if o.Has("id") && !activitypub.ValidID(a.ID) {
		return nil, fmt.Errorf("%w: the id of the activity is not an http(s) URL of at most %d bytes", web.ErrInvalid, maxURI)
	}
	var ok bool
	if a.Actor, ok = o.Single("actor"); !ok || !activitypub.ValidID(a.Actor) {
		return nil, fmt.Errorf("%w: an activity needs exactly one actor", web.ErrInvalid)
	}
	if err := a.readObject(o); err != nil {
		return a, err
	}
	if target, _ := o.Single("target"); a.Kind == "Move" && activitypub.ValidID(target) {
		a.targetID = target
	}
	return a, a.readInstrument(o)
}

// readInstrument takes what quotes. A stub of it, without an author, is no more than its id.
func (a *Inbound) readInstrument(o activitypub.Object) error {
	if a.Kind != "QuoteRequest" {
		return nil
	}
	if a.instrumentID, _ = o.Single("instrument"); !activitypub.ValidID(a.instrumentID) {
		return fmt.Errorf("%w: a QuoteRequest needs exactly one instrument with an id", web.ErrInvalid)
	}
	if embedded, _ := o.Object("instrument"); embedded.Has("attributedTo") {
		a.Instrument = embedded
	}
	return nil
}

// readObject takes the one object. Activities about several things at once keep none: a Flag, which
// reads its own list, and what we do not act upon.
func (a *Inbound) readObject(o activitypub.Object) error {
	if a.Kind == "Flag" {
		return nil
	}
	if list, ok := o["object"].([]any); ok && len(list) != 1 {
		if acts(a.Kind) {
			return fmt.Errorf("%w: %s needs exactly one object", web.ErrInvalid, a.Kind)
		}
		return nil
	}
	a.Embedded, _ = o.Object("object")
	a.Object, _ = o.Single("object")
	if a.Object != "" && !activitypub.ValidID(a.Object) {
		if !acts(a.Kind) {
			a.Object = ""
			return nil
		}
		return fmt.Errorf("%w: the id of the object is not an http(s) URL of at most %d bytes", web.ErrInvalid, maxURI)
	}
	if a.Object == "" && acts(a.Kind) && (a.Kind != "Undo" || a.Embedded == nil) {
		return fmt.Errorf("%w: %s needs an object with an id", web.ErrInvalid, a.Kind)
	}
	return nil
}

// dedupe is the key by which the same activity is known again. The actor is part of it, so that
// nobody on their server can keep their next activity out by using its id first.
//
// What is there or not there (a Follow, a Like, their Undo, the leave to quote) is made unique by
// its own table, and some servers derive its id from the two ends, so that the same id comes again
// after an Undo and means it: only what was signed at the same time is a duplicate. GoToSocial
// gives all edits of a post one Update id, so an Update is also known by what it says; and
// WriteFreely gives a Create and its Delete the id of the post, so the type is part of the key.
func (a *Inbound) dedupe() database.Digest {
	if thread.KindOf(a.Kind) != "" {
		return database.Hash(a.Kind, a.Actor, a.ID, a.signed)
	}
	switch a.Kind {
	case "Follow", "Undo", "Block", "QuoteRequest", "Move":
		return database.Hash(a.Kind, a.Actor, a.ID, a.signed)
	case "Update":
		if a.Object == a.Actor {
			return database.Hash(a.Kind, a.Actor, a.ID, a.signed)
		}
		o := a.Embedded
		return database.Hash(a.Kind, a.Actor, a.ID, o.String("updated"), o.Text("content"), o.Text("summary"), o.Text("name"))
	}
	if a.ID == "" {
		return database.Hash(a.Kind, a.Actor, a.ID, a.signed)
	}
	return database.Hash(a.Kind, a.Actor, a.ID)
}
