package remote

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
)

// Whom a text names is found out before it is sent: of those we have met it is known, the others
// are asked for, by WebFinger as everybody does. What came of it is a row of the table names, so
// that what is sent and what is served say the same.

const (
	askNamedAgain  = 24 * time.Hour      // after a name was nobody's
	askNamedAfter  = 30 * 24 * time.Hour // after a name was somebody's: it may be another's by now
	askNamedIn     = 20 * time.Second    // for all names of a text together: a post does not wait longer for a tag
	askNamed       = 5                   // names of a text that we have not met, at one time
	askNamedFailed = 10 * time.Minute    // after a server did not say whom a name means: each edit of a post would wait for it again
	maxNamedFailed = 1000                // names of which that is remembered
)

// Recognise remembers whom a text names of those we have met, and returns the names that have to be
// asked for.
func Recognise(ctx context.Context, q database.Querier, content string, now time.Time) (unknown []string, err error) {
	for _, name := range NamesIn(content) {
		asked, err := nameAsked(ctx, q, name)
		if err != nil {
			return nil, fmt.Errorf("look for the name %s: %w", name, err)
		}
		if asked.stands(now) {
			continue
		}
		actors, err := FindActors(ctx, q, name)
		if err != nil && !errors.Is(err, ErrNoName) {
			return nil, err
		}
		if len(actors) != 1 || !actors[0].GoneAt.IsZero() || asked.known && now.Sub(actors[0].FetchedAt) >= askNamedAfter {
			unknown = append(unknown, name)
			continue
		}
		if err := rememberName(ctx, q, name, actors[0].URI, now); err != nil {
			return nil, fmt.Errorf("remember the name %s: %w", name, err)
		}
	}
	return unknown, nil
}

// NamesAnybody reports whether a text may name people.
func NamesAnybody(content string) bool { return len(NamesIn(content)) > 0 }

// MeetNamed asks for those whom a text names and whom we have not met, a few at once. A name that
// is nobody's is remembered too; one whose server does not answer may be asked for with a text some
// minutes later. may reports whether anybody may be asked now, and is called only where there is
// somebody to ask for; nil means that they may.
func (m *Directory) MeetNamed(ctx context.Context, content string, may func() bool) error {
	unknown, err := Recognise(ctx, m.DB, content, m.Now())
	if err != nil {
		return err
	}
	unknown = slices.DeleteFunc(unknown, func(name string) bool {
		at, failed := m.failedNames().Get(name)
		return failed && m.Now().Sub(at) < askNamedFailed
	})
	if len(unknown) == 0 || may != nil && !may() {
		return nil
	}
	asking, cancel := context.WithTimeout(ctx, askNamedIn)
	defer cancel()
	for _, name := range unknown[:min(len(unknown), askNamed)] {
		if asking.Err() != nil {
			return ctx.Err() // those that are left may be asked for with the next text
		}
		actor, _, err := m.Lookup(asking, name)
		if isNobody := errors.Is(err, ErrGone) || errors.Is(err, ErrNotTrusted) || errors.Is(err, ErrNoName); err != nil && !isNobody {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			m.failedNames().Add(name, m.Now())
			m.Log.Debug("it was not found out whom a name means", "name", name, "err", err)
			continue // a post does not wait for a tag
		}
		if err := rememberName(ctx, m.DB, name, actor.URI, m.Now()); err != nil {
			return fmt.Errorf("remember the name %s: %w", name, err)
		}
	}
	return nil
}

func (m *Directory) failedNames() *lru.Cache[string, time.Time] {
	m.start()
	return m.unanswered
}

// Unfound are the handles in a text of b of which it is not known whose they are, so that nobody is
// told by them.
func Unfound(ctx context.Context, q database.Querier, b feeds.Blog, content string) (handles []string, err error) {
	names := NamesIn(content)
	if len(names) == 0 {
		return nil, nil
	}
	found, err := actorsNamed(ctx, q, names)
	if err != nil {
		return nil, fmt.Errorf("read whom a text names: %w", err)
	}
	for _, name := range names {
		a, ok := found[database.Hash(name)]
		if ok && a.GoneAt.IsZero() || !strings.HasPrefix(name, "@") || strings.EqualFold(name, b.Handle()) {
			continue
		}
		handles = append(handles, name)
	}
	return handles, nil
}

// Blocked says whether a blog speaks to an actor no more.
type Blocked = func(ctx context.Context, q database.Querier, blogID database.ID, actorURI string) (bool, error)

// NamedIn are those whom a text of b names, as far as that is known: not itself, nobody who is
// gone, and nobody who is blocked (nil blocks none).
func NamedIn(ctx context.Context, q database.Querier, b feeds.Blog, content string, blocked Blocked) ([]Named, error) {
	names := NamesIn(content)
	if len(names) == 0 {
		return nil, nil
	}
	found, err := actorsNamed(ctx, q, names)
	if err != nil {
		return nil, fmt.Errorf("read whom a text names: %w", err)
	}
	var named []Named
	for _, name := range names {
		a, ok := found[database.Hash(name)]
		if !ok || !a.GoneAt.IsZero() || a.URI == b.ActorID() {
			continue
		}
		if blocked != nil {
			out, err := blocked(ctx, q, b.ID, a.URI)
			if err != nil {
				return nil, fmt.Errorf("ask whether %s is blocked: %w", a.URI, err)
			}
			if out {
				continue
			}
		}
		named = append(named, Named{name, a})
	}
	return named, nil
}
