package replies_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/costtest"
)

// board is the world in which one move after the other is played, each by people of its own, so
// that none sees what another left.
type board struct {
	*world
	log    bytes.Buffer
	serial int
	people map[Who]*fediversetest.Person
}

var hosts = map[Who]string{Ada: "pasture.example", Bob: "pasture.example", Mallory: "evil.example"}

// deal makes new people for a move. Who acts has liked another post before, so that we know her.
func (b *board) deal(actor Who) {
	b.serial++
	b.people = map[Who]*fediversetest.Person{
		Ours: {Name: "tea", Host: host, ID: b.blog.ActorID(), Key: signature.Key{ID: b.blog.ActorID() + "#main-key", Private: someKey()}},
	}
	for who, at := range hosts {
		b.people[who] = b.fedi.Person(fmt.Sprintf("p%d-%d", b.serial, who), at)
	}
	if hosts[actor] != "" {
		b.accepted(b.people[actor].Like(base + "/posts/" + b.milk.ID))
	}
}

func (b *board) id(w Who) string {
	if w == Nobody {
		return ""
	}
	return b.people[w].ID
}

// under is an address that lies where somebody's things lie; nil, as if it were left out, for
// nobody.
func (b *board) under(w Who, name string) any {
	if w == Nobody {
		return nil
	}
	return fmt.Sprintf("%s/%s/%d", b.id(w), name, b.serial)
}

// object is the id of what a move is about; for what is liked or followed, ours is a thing that
// exists.
func (b *board) object(m Move) any {
	switch {
	case m.Object == Nobody:
		return nil
	case m.Profile:
		return b.id(m.Object)
	case m.Object == Ours && (m.Kind == "Follow" || m.Kind == "Block"):
		return b.blog.ActorID()
	case m.Object == Ours && reacts(m.Kind):
		return b.teaID
	}
	return b.under(m.Object, "things")
}

func reacts(kind string) bool { return kind == "Like" || kind == "EmojiReact" || kind == "Announce" }

// prepare lets happen what our records say happened before.
func (b *board) prepare(m Move) {
	thing := b.under(m.Object, "things")
	switch {
	case m.Kind == "Block":
		b.accepted(b.people[m.Actor].Post(shared, activity("Follow", b.id(m.Actor)+"#follow", b.id(m.Actor), b.blog.ActorID())))
	case m.Record == Nobody:
	case m.Kind == "Undo":
		b.accepted(b.people[m.Record].Post(shared, activity("Like", thing.(string), b.id(m.Record), b.teaID)))
	default:
		o := note(thing.(string), b.id(m.Record), "before")
		o["inReplyTo"] = b.teaID
		b.accepted(b.people[m.Record].Post(shared, activity("Create", thing.(string)+"/create", b.id(m.Record), o)))
	}
}

// play sends a move.
func (b *board) play(m Move) *fediversetest.Sent {
	a := activitypub.Object{"type": m.Kind, "to": activitypub.Public, "object": b.object(m)}
	a["id"], a["actor"] = b.under(m.ID, "moves"), b.id(m.Actor)
	switch {
	case m.Kind == "Undo":
		a["object"] = activitypub.Object{"id": a["object"], "type": "Like", "actor": b.id(m.Inner), "object": b.teaID}
	case m.Kind == "Update" && m.Profile:
		a["object"] = b.profile(m)
	case m.Kind == "Create", m.Kind == "Update":
		a["object"] = activitypub.Object{"id": a["object"], "type": "Note", "attributedTo": b.id(m.Author), "inReplyTo": b.teaID,
			"content": fmt.Sprint("move ", b.serial), "to": activitypub.Public, "published": activitypub.At(b.clock())}
	}
	signer := b.people[m.Signer]
	if signer == nil {
		return b.people[Mallory].Post(shared, trim(a), fediversetest.Unsigned)
	}
	// By another's hand, so that a person of ours can be played too.
	return b.people[Bob].Post(shared, trim(a), fediversetest.WithKeyID(signer.Key.ID), fediversetest.WithKey(signer.Key.Private))
}

// trim takes out what is empty.
func trim(o activitypub.Object) activitypub.Object {
	for key, value := range o {
		if inner, ok := value.(activitypub.Object); ok {
			trim(inner)
		}
		if value == nil || value == "" {
			delete(o, key)
		}
	}
	return o
}

// profile is an actor document with a new name.
func (b *board) profile(m Move) activitypub.Object {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodGet, b.id(m.Object), nil)
	b.must(err)
	r.Header.Set("Accept", "application/activity+json")
	answer, err := b.fedi.RoundTrip(r)
	b.must(err)
	defer answer.Body.Close()
	var body bytes.Buffer
	_, err = body.ReadFrom(answer.Body)
	b.must(err)
	o, err := activitypub.Parse(body.Bytes())
	b.must(err)
	o["name"], o["attributedTo"] = fmt.Sprint("name ", b.serial), b.id(m.Author)
	return o
}

// seen is everything that a move could have an effect on.
func (b *board) seen() string {
	var text strings.Builder
	text.WriteString(b.dump("received"))
	rows, err := b.db.Query(b.t.Context(), "SELECT uri, name, gone_at FROM remote_actors ORDER BY id")
	b.must(err)
	defer rows.Close()
	for rows.Next() {
		var uri, name string
		var gone int64
		b.must(rows.Scan(&uri, &name, &gone))
		fmt.Fprintln(&text, uri, name, gone)
	}
	b.must(rows.Err())
	return text.String()
}

// answer is the status that the rules give a move, in their order: what cannot be read, who may not
// speak at all, who has not signed, and who may not do this.
func answer(m Move) int {
	needsObject := m.Kind == "Create" || m.Kind == "Update" || m.Kind == "Delete" || reacts(m.Kind) || m.Kind == "Follow" || m.Kind == "Block"
	needsID := needsObject && m.Kind != "Like" && m.Kind != "EmojiReact" && m.Kind != "Follow" || m.Kind == "Undo"
	switch {
	case m.Actor == Nobody, needsObject && m.Object == Nobody:
		return http.StatusBadRequest
	case m.Actor == Ours, m.Signer == Ours:
		return http.StatusForbidden
	case m.Signer == Nobody:
		return http.StatusUnauthorized
	case m.Legal():
		return http.StatusAccepted
	case m.Signer == m.Actor && needsID && m.ID == Nobody:
		return http.StatusBadRequest
	}
	return http.StatusForbidden
}

// effective says whether a legal move concerns anything of ours: the others are taken and dropped.
func effective(m Move) bool {
	switch m.Kind {
	case "Create":
		return m.Record == Nobody
	case "Update":
		return !m.Profile || m.Object == m.Actor
	case "Delete":
		return true // of what we do not know, it is remembered
	case "Undo":
		return m.Object != Nobody
	case "Like", "EmojiReact", "Announce":
		return m.Object == Ours && !m.Profile || m.Record != Nobody
	case "Follow", "Block":
		return m.Object == Ours
	case "Flag": // of us, and of a reply that we show
		return m.Object == Ours && m.Profile || m.Record != Nobody && !m.Profile
	}
	return false
}

// TestAuthorityMatrixThroughTheInbox plays a sample of the matrix against the whole inbox: exactly
// what is legal, and concerns something of ours, changes anything; the answer is what the rules
// say, and the journal or the log says why.
func TestAuthorityMatrixThroughTheInbox(t *testing.T) {
	const seed = 20261125
	onSQLite(t, func(t *testing.T, w *world) {
		b := &board{world: w}
		w.inbox.Log = slog.New(slog.NewTextHandler(&b.log, nil))
		r := rand.New(rand.NewPCG(seed, 0))
		cases, effects := 0, 0
		for _, kind := range append(Kinds[:9:9], "Flag", "Move", "Arrive") {
			for _, m := range hand(r, kind) {
				b.deal(m.Actor)
				b.prepare(m)
				b.log.Reset()
				before, journal := b.seen(), len(b.verdicts())
				sent := b.play(m)
				changed, expected := b.seen() != before, m.Legal() && effective(m)
				cases++
				if expected {
					effects++
				}
				if sent.Err != nil || sent.Status != answer(m) || changed != expected {
					t.Errorf("%+v: %d %q, changed %v; want %d, %v\n%s", m, sent.Status, sent.Answer, changed, answer(m), expected, b.lastVerdict())
				}
				b.checkReason(m, sent, journal)
			}
		}
		t.Logf("seed %d: %d moves, %d with an effect", seed, cases, effects)
		if cases < costtest.Pick(150, 300) || effects < costtest.Pick(20, 50) {
			t.Errorf("%d moves, %d with an effect", cases, effects)
		}
	})
}

// checkReason: what was taken has its row in the journal with a verdict; what was refused says why,
// to the sender and in the log.
func (b *board) checkReason(m Move, sent *fediversetest.Sent, journal int) {
	b.t.Helper()
	verdicts := b.verdicts()
	if sent.Status == http.StatusAccepted {
		if len(verdicts) != journal+1 || strings.HasSuffix(verdicts[journal], ": ") {
			b.t.Errorf("%+v: taken, and the journal says nothing", m)
		}
		return
	}
	if len(verdicts) != journal || !strings.Contains(b.log.String(), "inbox refused") || strings.TrimSpace(sent.Answer) == "" {
		b.t.Errorf("%+v: %d journal rows more, answered %q, log %q", m, len(verdicts)-journal, sent.Answer, b.log.String())
	}
}
