package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/database"
)

// Activity is what leaves.
type Activity struct {
	ID        database.ID // its place in the order: one made later has a larger one (database.NewID)
	URI       string      // its id in the world, at most 2048 bytes
	Sender    string      // id of the actor that signs, at most 2048 bytes
	Kind      string      // its type ("Create", "Update", "Delete", "Accept", …), at most 30 bytes
	ObjectURI string      // what it is about; a sender's activities about one object reach a host in order. "" is about nothing but itself.
	Body      []byte      // the exact bytes that are sent at each try

	// Joined makes an Update one that says everything: it is the Create with the same state, for inboxes that never got the first Create.
	Joined []byte
	// Spread is the time over which the first tries of a thousand hosts are spread, since each of them then asks for the blog's page.
	Spread time.Duration
}

// With returns a with what is said, and an id that is made now.
func (a Activity) With(said activitypub.Activity, now time.Time) (_ Activity, err error) {
	a.Body, err = activitypub.Marshal(said)
	a.ID, a.URI, a.Sender, a.Kind = database.NewID(now), said.ID, said.Actor, said.Type
	return a, err
}

// object is what the order goes by. The sender is part of it, because the id of a Follow that we accept was chosen by a stranger.
func (a Activity) object() database.Digest {
	if a.ObjectURI == "" {
		return database.Hash(a.Sender, a.URI)
	}
	return database.Hash(a.Sender, a.ObjectURI)
}

// Enqueue stores the activity and one pending delivery for each distinct inbox, in the caller's transaction; the caller leaves out our own
// inboxes. Where an activity with this URI is stored already, it does nothing and returns database.ErrDuplicate.
//
// What waits of an object is joined with what is newer (join.go): where the Create never arrived,
// an Update takes its place and a Delete is cancelled from the start. Whatever else waits, a Delete
// cancels; a try that seemed to fail may have arrived, so it goes there all the same.
//
// An inbox that is no address gets a delivery that is Refused from the start, so that it shows in the ledger and costs the others nothing.
func Enqueue(ctx context.Context, tx database.Querier, a Activity, blogID database.ID, inboxes []string, now time.Time) error {
	if err := addActivity(ctx, tx, a, now); err != nil {
		return fmt.Errorf("store activity %s: %w", a.URI, err)
	}
	to := newInboxes(inboxes)
	never, err := withdraw(ctx, tx, a, to, now)
	if err != nil {
		return fmt.Errorf("join %s with what waits: %w", a.URI, err)
	}
	if a.Kind == "Delete" {
		if err := cancelObject(ctx, tx, a.object(), now); err != nil {
			return fmt.Errorf("cancel what %s overtakes: %w", a.URI, err)
		}
	}
	if err := insertDeliveries(ctx, tx, newRows(a, blogID, to, never, now)); err != nil {
		return fmt.Errorf("store deliveries of %s: %w", a.URI, err)
	}
	if err := countEnqueued(ctx, tx, a.ID, len(to)); err != nil {
		return fmt.Errorf("count deliveries of %s: %w", a.URI, err)
	}
	return nil
}

// addActivity tells the two duplicates apart. An id that two processes minted in the same millisecond must not look like an activity that
// has been sent; with this error the caller's transaction fails, and its next try has another id.
func addActivity(ctx context.Context, tx database.Querier, a Activity, now time.Time) error {
	err := insertActivity(ctx, tx, a, now)
	if !errors.Is(err, database.ErrDuplicate) {
		return err
	}
	switch there, lookErr := hasActivity(ctx, tx, a.URI); {
	case lookErr != nil:
		return lookErr
	case !there:
		return fmt.Errorf("the id %s is taken by another activity", a.ID)
	}
	return err
}

// Cancel gives up what still waits for these inboxes on behalf of a blog (0: of all blogs) and reports how much it was. It is for followers
// who left. What is on its way at the moment may still arrive, and is then recorded as Delivered.
func Cancel(ctx context.Context, tx database.Querier, blogID database.ID, inboxes []string) (n int64, err error) {
	for host, of := range byHost(newInboxes(inboxes)) {
		cancelled, err := cancelInboxes(ctx, tx, blogID, host, of)
		if err != nil {
			return n, fmt.Errorf("cancel deliveries to %s: %w", host, err)
		}
		n += cancelled
	}
	return n, nil
}

// inbox is an address with what the tables know it by.
type inbox struct {
	url  string
	hash database.Digest
	host string // "" where url is no address
}

func newInboxes(urls []string) []inbox {
	seen := make(map[string]bool, len(urls))
	inboxes := make([]inbox, 0, len(urls))
	for _, url := range urls {
		if !seen[url] {
			seen[url] = true
			inboxes = append(inboxes, inbox{url: url, hash: database.Hash(url), host: activitypub.Host(url)})
		}
	}
	return inboxes
}

func byHost(inboxes []inbox) map[string][]database.Digest {
	hosts := map[string][]database.Digest{}
	for _, i := range inboxes {
		hosts[i.host] = append(hosts[i.host], i.hash)
	}
	return hosts
}
