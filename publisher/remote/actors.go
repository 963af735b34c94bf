package remote

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/keyring"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehttp"
	"github.com/bloghorn/bloghorn/server/web"
)

// Why a document of another server cannot be had. The words around them are fit for the eyes of
// strangers: what went wrong on the way (names, addresses) is only in the log, for it would tell
// them about the network we stand in.
var (
	// ErrGone: the server says so, with 404 or 410.
	ErrGone = errors.New("it is gone")
	// ErrDeleted is the ErrGone of 410: it was taken away on purpose, while a 404 may be an
	// accident of today.
	ErrDeleted = fmt.Errorf("%w: it was deleted", ErrGone)
	// ErrUnreachable is temporary: no answer, or one that says "later".
	ErrUnreachable = errors.New("it cannot be reached at the moment")
	// ErrNotTrusted: it breaks a rule, and asking again will not help.
	ErrNotTrusted = errors.New("it cannot be trusted")
)

// actorTTL is how long a stored actor is believed without asking again, as at Mastodon.
const actorTTL = 24 * time.Hour

// suspectAfter is how long after an actor was gone they are asked for again, if they follow a blog
// here.
const suspectAfter = 24 * time.Hour

// ClocksDiffer is how far ahead of ours the clock of another process may be. What was fetched later
// than that was fetched while a clock was wrong, and is as old as can be.
const ClocksDiffer = time.Hour

// isYoung says that what was learned at that time is believed now. From far in the future it was
// learned by a wrong clock.
func isYoung(at, now time.Time) bool {
	return now.Before(at.Add(actorTTL)) && !at.After(now.Add(ClocksDiffer))
}

// Actor is a person or server elsewhere.
type Actor struct {
	ID           database.ID
	URI          string // the actor's id
	Host         string // authority of URI: the name, and the port where one is written
	Type         string
	Username     string // never with an "@" in it
	Handle       string // "@ada@pasture.example"
	Name         string // plain text, at most 500 characters; the username where the actor has none
	URL          string // the page for people, on the site of URI; URI where there is none
	AvatarURL    string
	Inbox        string
	SharedInbox  string
	FollowersURI string
	FetchedAt    time.Time
	GoneAt       time.Time // zero while it is there
	Preferences  Preferences
}

// Preferences are what an author asks of those who show their words. A server that does not know
// them says nothing, and none is one.
type Preferences struct {
	NoIndex       bool // indexable or discoverable is false, or their profile says #nobot: nothing of theirs for search engines
	HidesUnlisted bool // GoToSocial's hidesCcPublicFromUnauthedWeb, there the default: unlisted words are not for passers-by
	HidesPublic   bool // its hidesToPublicFromUnauthedWeb: nor are public ones
}

// Directory knows the actors and keys of other servers, and asks for what it does not know. The
// fields must not change once it is used.
type Directory struct {
	DB        *database.DB
	Client    *safehttp.Client
	Keys      *keyring.Keys
	Schemes   *delivery.Schemes // how each server wants its questions signed; nil for no memory of it
	PublicURL string            // whose instance actor signs where ctx has no base (WithBase)
	Log       *slog.Logger
	Now       func() time.Time
	// UnknownKeyLimit bounds how many new keys of one site are met, but for those that Client.Allow
	// lists; nil for no bound. A site is a registrable domain: whoever has one has all the names
	// below it. A key counts when a signature was made with it (Verified), so nobody can use up the
	// allowance of another's site. What is known costs nothing, so a server whose people we know is
	// never bound.
	UnknownKeyLimit *web.Share
	// Acquainted says who has a part of UnknownKeyLimit that others of their site cannot use up;
	// nil for nobody.
	Acquainted func(ctx context.Context, q database.Querier, person string) (web.Acquaintance, error)
	// Changed is called in the transaction in which what readers see of a known actor changes, or
	// what they wish; may be nil.
	Changed func(ctx context.Context, tx *database.Tx, actor Actor, now time.Time) error

	questions  questions
	started    sync.Once
	recent     *lru.Cache[string, fetched]   // actors that came along with their keys
	unanswered *lru.Cache[string, time.Time] // names that texts have, and when their servers did not say whose they are
	swept      time.Time                     // when remote_keys was last tidied
	sweep      sync.Mutex
}

// Actor is the actor with this id: as stored, where that is not older than 24 hours, else as its
// server says now. An actor whose server does not answer is the stored one, however old. The errors
// are ErrGone, ErrUnreachable and ErrNotTrusted.
func (m *Directory) Actor(ctx context.Context, id string) (Actor, error) {
	known, err := m.Known(ctx, m.DB, id)
	switch {
	case errors.Is(err, database.ErrNotFound):
		return m.meet(ctx, id)
	case err != nil:
		return Actor{}, fmt.Errorf("read the actor %s: %w", id, err)
	case !known.GoneAt.IsZero() && isYoung(known.GoneAt, m.Now()):
		return Actor{}, fmt.Errorf("%s: %w", id, ErrGone)
	case known.GoneAt.IsZero() && isYoung(known.FetchedAt, m.Now()):
		return known, nil
	}
	fresh, err := m.Refresh(ctx, id)
	if errors.Is(err, ErrUnreachable) && known.GoneAt.IsZero() {
		return known, nil
	}
	return fresh, err
}

// meet stores an actor never stored before. Its document was often fetched a moment ago, for the
// key in it.
func (m *Directory) meet(ctx context.Context, id string) (Actor, error) {
	if f, ok := m.recall(id); ok {
		return m.Store(ctx, m.DB, f.doc, f.at)
	}
	return m.Refresh(ctx, id)
}

// Refresh asks for the actor again and stores what its server says. One that is gone is marked so;
// a follower is asked for again on other days before that has consequences (followers.Pruning).
func (m *Directory) Refresh(ctx context.Context, id string) (Actor, error) {
	asked := m.Now()
	doc, err := m.Fetch(ctx, id)
	if errors.Is(err, ErrGone) {
		marked, unmarked := m.MarkGone(ctx, m.DB, id, asked)
		if unmarked == nil && !marked {
			if stored, unread := ActorByURI(ctx, m.DB, id); unread == nil && stored.GoneAt.IsZero() {
				return stored, nil // they were seen since they were asked for
			}
		}
		return Actor{}, errors.Join(err, unmarked, suspectFollower(ctx, m.DB, id, m.Now().Add(suspectAfter)))
	}
	if err != nil {
		return Actor{}, err
	}
	if doc.ID() != id {
		return Actor{}, fmt.Errorf("actor %s: %w: its document has another id", id, ErrNotTrusted)
	}
	actor, err := m.Store(ctx, m.DB, doc, asked)
	if err == nil && !actor.GoneAt.IsZero() {
		err = fmt.Errorf("%s: %w since it was asked for", id, ErrGone)
	}
	return actor, err
}

// Known is the stored actor; database.ErrNotFound where there is none. Nothing is fetched.
func (m *Directory) Known(ctx context.Context, q database.Querier, id string) (Actor, error) {
	return ActorByURI(ctx, q, id)
}

// Store keeps what an actor's document says, which must have come from the actor: fetched from its
// id, or sent with its signature. at is when it was asked for, or sent: what is newer stays, and is
// what Store returns. A document that is not an actor's is ErrNotTrusted.
func (m *Directory) Store(ctx context.Context, q database.Querier, doc activitypub.Object, at time.Time) (Actor, error) {
	a, err := readActor(doc)
	if err != nil {
		return Actor{}, err
	}
	a.FetchedAt = at
	if err := m.notOurs(ctx, &a); err != nil {
		return Actor{}, err
	}
	// Read before the transaction: on MySQL its first read would fix what it sees, and hide the row
	// of whoever meets the same actor now.
	was, err := ActorByURI(ctx, m.DB, a.URI)
	if err != nil && !errors.Is(err, database.ErrNotFound) {
		return Actor{}, fmt.Errorf("read the actor %s: %w", a.URI, err)
	}
	if tx, ok := q.(*database.Tx); ok {
		err = m.save(ctx, tx, was, &a)
	} else {
		err = m.DB.InTx(ctx, func(tx *database.Tx) error { return m.save(ctx, tx, was, &a) })
	}
	if err != nil {
		return Actor{}, err
	}
	return a, nil
}

// notOurs refuses an actor whose inbox is one of ours: we would talk to ourselves. A shared inbox
// of ours is left out.
func (m *Directory) notOurs(ctx context.Context, a *Actor) error {
	ours, err := OwnHosts(ctx, m.DB, m.PublicURL)
	if err != nil {
		return err
	}
	if ours[activitypub.Host(a.Inbox)] {
		return fmt.Errorf("%w: the inbox of %s is on this server", ErrNotTrusted, a.URI)
	}
	if ours[activitypub.Host(a.SharedInbox)] {
		a.SharedInbox = ""
	}
	return nil
}

// save stores a, gives it the id of its row, and passes on what is new about it.
func (m *Directory) save(ctx context.Context, tx *database.Tx, was Actor, a *Actor) error {
	stored, saved, err := saveActor(ctx, tx, *a)
	if err != nil {
		return fmt.Errorf("store the actor %s: %w", a.URI, err)
	}
	*a = stored
	if !saved || m.Changed == nil || was.ID == 0 || was.shown() == a.shown() {
		return nil
	}
	if err := m.Changed(ctx, tx, *a, a.FetchedAt); err != nil {
		return fmt.Errorf("pass on what is new about the actor %s: %w", a.URI, err)
	}
	return nil
}

// shown is what a thread says of an actor, or keeps back for them.
func (a Actor) shown() any {
	return struct {
		name, handle, url, avatar string
		wishes                    Preferences
	}{a.Name, a.Handle, a.URL, a.AvatarURL, a.Preferences}
}

// MarkGone remembers that the actor has left, or so it seemed when its server was asked; false
// where the actor was seen since.
func (m *Directory) MarkGone(ctx context.Context, q database.Querier, id string, asked time.Time) (bool, error) {
	marked, err := markGone(ctx, q, id, asked)
	if err != nil {
		return false, fmt.Errorf("mark the actor %s as gone: %w", id, err)
	}
	return marked, nil
}

// Forget is MarkGone for somebody who has taken back all they said: what their profile said of them
// goes too. Their id and handle stay, because blocks and decisions name them.
func (m *Directory) Forget(ctx context.Context, q database.Querier, id string) error {
	if err := forgetProfile(ctx, q, id, m.Now()); err != nil {
		return fmt.Errorf("forget the actor %s: %w", id, err)
	}
	return nil
}

// KeepActor holds an actor in a transaction that is about to store something of theirs: DropActor
// does not delete the row then. It is false where the row is gone already.
func KeepActor(ctx context.Context, tx database.Querier, a Actor) (bool, error) {
	kept, err := keepActor(ctx, tx, a.ID)
	if err != nil {
		return false, fmt.Errorf("hold the actor %s: %w", a.URI, err)
	}
	return kept, nil
}

// DropActor forgets an actor of whom nothing is stored, given by ID and FetchedAt as they were when
// that was found out. Somebody who was held or asked for since stays.
func DropActor(ctx context.Context, q database.Querier, a Actor) error {
	return dropActor(ctx, q, a)
}

// ActorsByID reads many actors at once. Ids that nobody has are missing from the result.
func ActorsByID(ctx context.Context, q database.Querier, ids []database.ID) (map[database.ID]Actor, error) {
	actors := make(map[database.ID]Actor, len(ids))
	for len(ids) > 0 {
		n := min(len(ids), InBatch)
		batch, err := ActorRows(ctx, q, ids[:n])
		if err != nil {
			return nil, fmt.Errorf("read %d actors: %w", n, err)
		}
		for _, a := range batch {
			actors[a.ID] = a
		}
		ids = ids[n:]
	}
	return actors, nil
}
