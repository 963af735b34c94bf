package crawl

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/replies/inbox"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// How far we go for one activity of a stranger.
const (
	maxFetches = 50
	maxClimb   = 20 // parents above each other
)

// errTooFar ends a search that would cost more than a reply is worth.
var errTooFar = fmt.Errorf("%w: too much would have to be fetched", web.ErrRefused)

// errUntrue ends what somebody reported and the origin denies.
var errUntrue = fmt.Errorf("%w: not so on its own server", web.ErrRefused)

// fetchBudget counts what one activity makes us fetch.
type fetchBudget struct {
	in      *Worker
	fetches int
	asks    string // the site that was asked last
	by      string // the site of who causes it, or "crawl " and a site that we look at by ourselves
}

func (j *fetchBudget) count(id string) error {
	j.asks = activitypub.Site(id)
	if j.fetches++; j.fetches > maxFetches {
		return errTooFar
	}
	return nil
}

// fetch gets a document from its own server. Nothing of ours is fetched: what we do not find in our
// tables is not there.
func (j *fetchBudget) fetch(ctx context.Context, id string) (activitypub.Object, error) {
	ours, err := j.in.IsOurs(ctx, j.in.DB, id)
	if err == nil && ours {
		err = thread.ErrNowhere
	}
	if err == nil {
		err = j.count(id)
	}
	if err != nil {
		return nil, err
	}
	return j.in.Remotes.Fetch(ctx, id)
}

func (j *fetchBudget) actor(ctx context.Context, id string) (remote.Actor, error) {
	known, err := j.in.Remotes.Known(ctx, j.in.DB, id)
	if !errors.Is(err, database.ErrNotFound) {
		return known, err
	}
	if err := j.count(id); err != nil {
		return remote.Actor{}, err
	}
	return j.in.Remotes.Actor(ctx, id)
}

// resolve fetches what an activity from the journal needs, one thing after the other, until it has
// had its effect.
func (w *Worker) resolve(ctx context.Context, a *inbox.Inbound) (inbox.Outcome, error) {
	j := &fetchBudget{in: w, asks: a.Row.Asks, by: cmp.Or(a.Row.Cause, activitypub.Site(a.Signer))}
	defer func() { a.Row.Asks = j.asks }()
	do := w.Apply
	if a.Row.Forwarded {
		var err error
		if do, err = j.ask(ctx, a); err != nil {
			return inbox.Outcome{}, err
		}
	}
	for {
		out, err := w.Settle(ctx, a, do)
		var m *inbox.Missing
		if !errors.As(err, &m) {
			return out, err
		}
		if err := j.get(ctx, a, m); err != nil {
			return inbox.Outcome{}, fmt.Errorf("%s %s: %w", m.What, m.ID, err)
		}
	}
}

// get fetches one missing thing.
func (j *fetchBudget) get(ctx context.Context, a *inbox.Inbound, m *inbox.Missing) error {
	switch m.What {
	case inbox.WantActor:
		_, err := j.actor(ctx, m.ID)
		return err
	case inbox.WantWishes:
		j.in.AskPreferences(ctx, a, m.ID)
		return nil
	case inbox.WantObject, inbox.WantInstrument, inbox.WantTarget, inbox.WantBack:
		o, err := j.fetch(ctx, m.ID)
		if err == nil && o.ID() != m.ID {
			err = fmt.Errorf("%w: it is called %s", remote.ErrNotTrusted, thread.Quoted(o.ID()))
		}
		switch m.What {
		case inbox.WantInstrument:
			a.Instrument = o
		case inbox.WantTarget:
			a.Target = o
		case inbox.WantBack:
			a.Back = o
		default:
			a.Embedded = o
		}
		return err
	}
	parent, err := j.climb(ctx, m.ID)
	a.Parent = parent
	if isFinal(err) && !a.Orphan {
		a.Orphan, a.Lost = true, err // its context may still say which post it is about
		return nil
	}
	return err
}

// climb goes up from an unknown object to one that we know, stores what lies between, and returns
// the id of the lowest, which may be another than the address it was asked for by. Nothing is
// stored if it leads nowhere.
func (j *fetchBudget) climb(ctx context.Context, address string) (id string, err error) {
	nowhere := j.in.leadsNowhere()
	if !nowhere.Has(addressKey(address)) {
		return "", errLedNowhere
	}
	chain, err := j.chain(ctx, address)
	if len(chain) > 0 && isFinal(err) {
		nowhere.Take(addressKey(address))
	}
	if err != nil {
		return "", err
	}
	for _, n := range slices.Backward(chain) {
		if err := j.adopt(ctx, n); err != nil {
			return "", err
		}
	}
	return chain[0].ID, nil
}

// chain fetches what lies between an address and something we know, the lowest first. With an error
// it is what was fetched until then.
func (j *fetchBudget) chain(ctx context.Context, address string) (chain []thread.Note, err error) {
	asked := map[string]int{} // by site
	for {
		if err := j.mayClimb(address, len(chain), asked); err != nil {
			return chain, err
		}
		o, err := j.fetch(ctx, address)
		if err != nil {
			return chain, err
		}
		n := thread.ReadNote(o)
		if err := passable(n); err != nil {
			return append(chain, n), err
		}
		if below := len(chain) - 1; below >= 0 {
			chain[below].InReplyTo = []string{n.ID}
		}
		chain = append(chain, n)
		_, err = inbox.ParentOf(ctx, j.in.DB, n, false)
		var m *inbox.Missing
		if !errors.As(err, &m) {
			return chain, err
		}
		if address = m.ID; len(chain) == maxClimb || slices.ContainsFunc(chain, func(n thread.Note) bool { return n.ID == address }) {
			return chain, errTooFar
		}
	}
}

// passable says why an object cannot be part of a public thread. Whether it is private counts for
// what hangs below it as well: readers would be shown the answer to something that was not said to
// them.
func passable(n thread.Note) error {
	switch {
	case n.Visibility == activitypub.VisibilityPrivate:
		return fmt.Errorf("%w: it is not public", remote.ErrNotTrusted)
	case !activitypub.SameOrigin(n.Author, n.ID):
		return fmt.Errorf("%w: its author lives on another server", remote.ErrNotTrusted)
	case n.Flaw() != "":
		return fmt.Errorf("%w: %s", thread.ErrNowhere, n.Flaw())
	}
	return nil
}

// adopt stores an object that was fetched from its own server as if its author had sent it.
func (j *fetchBudget) adopt(ctx context.Context, n thread.Note) error {
	if _, err := j.actor(ctx, n.Author); err != nil {
		return err
	}
	made := j.in.Fetched("Create", n)
	for range thread.RaceTimes {
		err := j.in.DB.InTx(ctx, func(tx *database.Tx) error {
			_, err := thread.ReplyByURI(ctx, tx, n.ID)
			if !errors.Is(err, database.ErrNotFound) {
				return err
			}
			out, err := j.in.AddReply(ctx, tx, made, n)
			if err == nil && out.State == inbox.StateDropped {
				err = fmt.Errorf("%w: %s", thread.ErrNowhere, out.Verdict)
			}
			return err
		})
		var m *inbox.Missing
		switch {
		case errors.As(err, &m) && m.What == inbox.WantWishes:
			j.in.AskPreferences(ctx, made, m.ID)
		case !errors.Is(err, thread.ErrRace):
			return err
		}
	}
	return thread.ErrRace
}

// missingFor is how long after it was told to be deleted something has to be missing from its
// server. It is asked for again all the while (retryAfter).
const missingFor = 48 * time.Hour

var errMissing = errors.New("its server answers 404, which may be an accident: it is asked again for some days")

// ask finds out from the object's own server what is true of an activity that somebody else told us
// about, and returns the effect of that. A 410 or a Tombstone proves that it is gone. Anybody may
// say so while a server answers 404 by accident, but some have no other answer for what was deleted
// (GoToSocial, Misskey): a 404 counts when it is still there after missingFor.
func (j *fetchBudget) ask(ctx context.Context, a *inbox.Inbound) (inbox.Effect, error) {
	if inbox.IsVoting(a.Kind) {
		return j.askVote(ctx, a)
	}
	o, err := j.fetch(ctx, a.Object)
	switch {
	case errors.Is(err, remote.ErrDeleted) && a.Kind == "Delete", err == nil && o.Is("Tombstone"):
		return j.in.DeleteGone, nil
	case errors.Is(err, remote.ErrGone) && a.Kind == "Delete":
		return j.missing(ctx, a)
	case err != nil:
		return nil, err
	case a.Kind == "Delete":
		return nil, fmt.Errorf("%w: it is still there", errUntrue)
	case a.Kind == inbox.Restoring:
		return func(ctx context.Context, tx *database.Tx, a *inbox.Inbound) (inbox.Outcome, error) {
			stored, err := thread.ReplyByURI(ctx, tx, a.Object)
			if err != nil {
				return inbox.Outcome{}, fmt.Errorf("look for the reply: %w", err)
			}
			return j.in.Restore(ctx, tx, stored, a, o)
		}, nil
	}
	n := thread.ReadNote(o)
	if !activitypub.SameOrigin(n.Author, n.ID) {
		return nil, fmt.Errorf("%w: its author lives on another server", remote.ErrNotTrusted)
	}
	return func(ctx context.Context, tx *database.Tx, a *inbox.Inbound) (inbox.Outcome, error) { // may run again, and find another state then
		kind := "Update"
		_, err := thread.ReplyByURI(ctx, tx, n.ID)
		if errors.Is(err, database.ErrNotFound) {
			kind = "Create"
		} else if err != nil {
			return inbox.Outcome{}, err
		}
		report := j.in.Fetched(kind, n)
		report.Embedded, report.Parent, report.Orphan, report.Lost, report.Asked = o, a.Parent, a.Orphan, a.Lost, a.Asked
		return j.in.Apply(ctx, tx, report)
	}, nil
}

// missing takes a 404 for a deletion in time, where it is about something that we have.
func (j *fetchBudget) missing(ctx context.Context, a *inbox.Inbound) (inbox.Effect, error) {
	_, err := thread.ReplyByURI(ctx, j.in.DB, a.Object)
	switch {
	case errors.Is(err, database.ErrNotFound):
		return nil, fmt.Errorf("%w, and was never here", remote.ErrGone)
	case err != nil:
		return nil, fmt.Errorf("look for the reply: %w", err)
	case j.in.Now().Sub(a.At) < missingFor:
		return nil, errMissing
	}
	return j.in.DeleteGone, nil
}
