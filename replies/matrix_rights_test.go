package replies_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bloghorn/bloghorn/replies/inbox"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/web"
)

// Who is somebody in a Move, or somebody's thing: of the one who is honest, of her neighbour on the
// same server, of somebody on another server, our own, or nobody's.
type Who int

const (
	Nobody Who = iota
	Ada
	Bob
	Mallory
	Ours
)

var everybody = []Who{Nobody, Ada, Bob, Mallory, Ours}

// ID is the actor's id.
func (w Who) ID() string {
	return []string{"", "https://pasture.example/users/ada", "https://pasture.example/users/bob", "https://evil.example/users/mallory",
		"https://fedi.blog.example/blogs/tea"}[w]
}

// Thing is the id of something that lies where this one's things lie.
func (w Who) Thing() string {
	if w == Nobody {
		return ""
	}
	return w.ID() + "/1"
}

// server is on whose server somebody is.
func (w Who) server() Who {
	if w == Bob {
		return Ada
	}
	return w
}

// Move is one combination of who is named where in an activity.
type Move struct {
	Kind    string
	Signer  Who // whose key signed
	Actor   Who
	ID      Who  // where the id of the activity lies
	Object  Who  // where the id of the object lies
	Profile bool // the object is that person herself
	Author  Who  // attributedTo of the object
	Record  Who  // whom our database knows as the object's author, or as the one who did it
	Inner   Who  // the actor of what is undone
}

// words are the questions of the table below.
var words = map[string]func(m Move) bool{
	"named":   func(m Move) bool { return m.ID != Nobody },
	"herself": func(m Move) bool { return m.Profile && m.Object == m.Actor },
	"at home": func(m Move) bool { return m.Object.server() == m.Actor.server() },
	"written": func(m Move) bool { return m.Author == m.Actor },
	"hers":    func(m Move) bool { return m.Record == m.Actor },
	"unknown": func(m Move) bool { return m.Record == Nobody },
	"free":    func(m Move) bool { return m.Record == Nobody || m.Record == m.Actor },
	"inside":  func(m Move) bool { return m.Inner == Nobody || m.Inner == m.Actor },
}

// rights is the table of who may do what: for each activity the cases in which it is legal, each
// with all that must hold. What is not in the table has no effect, and its actor may say what she
// likes.
var rights = map[string][]string{
	"Create":   {"named, at home, written, free"},
	"Update":   {"named, herself", "named, at home, written, free"},
	"Delete":   {"named, herself", "named, hers", "named, unknown, at home"},
	"Undo":     {"named, free, inside"},
	"Announce": {"named"},
	"Block":    {"named"},
	"Move":     {"named, herself"},
	// What would quote is her own, and at home; what is quoted is looked up as ours.
	"QuoteRequest": {"named, at home, written, free"},
}

// readRights is the table with its words looked up.
var readRights = sync.OnceValue(func() map[string][][]func(Move) bool {
	read := map[string][][]func(Move) bool{}
	for kind, lines := range rights {
		for _, line := range lines {
			var all []func(Move) bool
			for word := range strings.SplitSeq(line, ", ") {
				all = append(all, words[word])
			}
			read[kind] = append(read[kind], all)
		}
	}
	return read
})

// Legal says whether a move is allowed, by the table and by what holds for all: one actor, not of
// ours, who signed it herself, and whose server gave it its id.
func (m Move) Legal() bool {
	if m.Actor == Nobody || m.Actor == Ours || m.Signer != m.Actor || m.ID != Nobody && m.ID.server() != m.Actor.server() {
		return false
	}
	cases, listed := readRights()[m.Kind]
	return !listed || slices.ContainsFunc(cases, m.all)
}

func (m Move) all(line []func(Move) bool) bool {
	for _, holds := range line {
		if !holds(m) {
			return false
		}
	}
	return true
}

func (m Move) claim() inbox.Claim {
	c := inbox.Claim{
		Kind: m.Kind, Signer: m.Signer.ID(), Actor: m.Actor.ID(), ID: m.ID.Thing(), Object: m.Object.Thing(), Author: m.Author.ID(),
		Owner: m.Record.ID(), Inner: m.Inner.ID(),
	}
	if m.Profile {
		c.Object = m.Object.ID()
	}
	return c
}

// Kinds are the activities of the fediverse's vocabulary, first those that we act upon, and some
// that nobody knows.
var Kinds = []string{
	"Create", "Update", "Delete", "Undo", "Like", "EmojiReact", "Announce", "Follow", "Block", "Dislike", "Flag", "Move", "Add", "Remove",
	"Accept", "Reject", "QuoteRequest", "Arrive", "create",
}

// moves calls visit with every move of a kind.
func moves(kind string, visit func(Move)) {
	for _, signer := range everybody {
		for _, actor := range everybody {
			for _, id := range everybody {
				for _, object := range everybody {
					for _, author := range everybody {
						for _, record := range everybody {
							for _, inner := range everybody {
								visit(Move{kind, signer, actor, id, object, false, author, record, inner})
								if object != Nobody {
									visit(Move{kind, signer, actor, id, object, true, author, record, inner})
								}
							}
						}
					}
				}
			}
		}
	}
}

// TestAuthorityMatrix goes through every combination of who signs, who acts and whose things are
// named, in every kind of activity, and compares what the inbox decides with the table.
func TestAuthorityMatrix(t *testing.T) {
	t.Parallel()
	cases, legal, deviations := 0, 0, 0
	turn, every := 0, costtest.Pick(11, 1) // no number of whom or what has this factor, so that all come to be
	for _, kind := range Kinds {
		moves(kind, func(m Move) {
			if turn++; turn%every != 0 {
				return
			}
			if deviations == 20 {
				return // enough to see what is wrong
			}
			err := mayAct(m.claim())
			cases++
			if m.Legal() {
				legal++
			}
			if m.Legal() != (err == nil) {
				deviations++
				t.Errorf("%+v: %v", m, err)
			}
			if err != nil && !errors.Is(err, web.ErrRefused) && !errors.Is(err, web.ErrInvalid) {
				t.Errorf("%+v: %v has no kind", m, err)
			}
		})
	}
	t.Logf("%d cases, %d legal, %d deviations", cases, legal, deviations)
	if cases < 2_000_000/every || legal == 0 || deviations > 0 {
		t.Errorf("%d cases, %d legal, %d deviations", cases, legal, deviations)
	}
}

// mayAct is what the inbox asks without looking into the database: are we meant ourselves, and may
// she.
func mayAct(c inbox.Claim) error {
	if moderation.OnHosts([]string{"https://fedi.blog.example"}, c.Actor) {
		return web.ErrRefused
	}
	return inbox.Authorise(c)
}

// TestOriginsAreNotConfused: the same name without TLS or on another port is another server for
// objects; an activity's id is only asked for its host, whatever the scheme, as servers have
// changed theirs.
func TestOriginsAreNotConfused(t *testing.T) {
	ada := Ada.ID()
	for address, c := range map[string]struct{ object, id bool }{
		"https://pasture.example/1":               {true, true},
		"https://PASTURE.example/1":               {true, true},
		"https://pasture.example:443/1":           {true, true},
		"http://pasture.example/1":                {false, true},
		"https://pasture.example:8443/1":          {},
		"https://pasture.example./1":              {},
		"https://pasture.example.evil.example/":   {},
		"https://evil.example/pasture.example":    {},
		"https://pasture.example@evil.example/":   {},
		"https://evil.example#@pasture.example":   {},
		"https://evil.example\\@pasture.example/": {},
		"https://pasture.example\t/1":             {},
		"https://раsture.example/1":               {}, // Cyrillic
		"https://pasture。example/1":               {},
		"https://%70asture.example/1":             {},
		"//pasture.example/1":                     {},
		"pasture.example/1":                       {},
		"acct:ada@pasture.example":                {},
	} {
		base := inbox.Claim{Kind: "Create", Signer: ada, Actor: ada, ID: Ada.Thing(), Object: Ada.Thing(), Author: ada}
		object, id := base, base
		object.Object, id.ID = address, address
		if got := inbox.Authorise(object) == nil; got != c.object {
			t.Errorf("object %q: %v", address, got)
		}
		if got := inbox.Authorise(id) == nil; got != c.id {
			t.Errorf("activity %q: %v", address, got)
		}
	}
}
