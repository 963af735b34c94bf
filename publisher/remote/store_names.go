package remote

import (
	"context"
	"errors"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// askedName is what is known of a name; the zero value for nothing.
type askedName struct {
	at        time.Time
	known     bool // whom it means, who is one of the actors that are stored
	isNobodys bool
}

// stands says whether that need not be asked for again. One whose actor was forgotten has to be.
func (a askedName) stands(now time.Time) bool {
	age := now.Sub(a.at)
	return age >= 0 && (a.known && age < askNamedAfter || a.isNobodys && age < askNamedAgain)
}

func nameAsked(ctx context.Context, q database.Querier, name string) (a askedName, err error) {
	var actor database.Digest
	var asked int64
	err = q.QueryRow(ctx, `
		SELECT n.actor_hash, n.asked_at, CASE WHEN a.id IS NULL THEN 0 ELSE 1 END
		FROM names n
		LEFT JOIN remote_actors a ON a.uri_hash = n.actor_hash
		WHERE n.name_hash = ?`, database.Hash(name)).Scan(&actor, &asked, &a.known)
	if errors.Is(err, database.ErrNotFound) {
		return askedName{}, nil
	}
	a.at, a.isNobodys = database.Time(asked), actor == nobody
	return a, err
}

// ExpireNames forgets up to limit names that were not asked for since before, and says how many it
// was.
func ExpireNames(ctx context.Context, q database.Querier, before time.Time, limit int) (int64, error) {
	names, err := database.Collect(func(s database.Scanner) (name any, err error) {
		var d database.Digest
		err = s.Scan(&d)
		return d, err
	})(q.Query(ctx, `
		SELECT name_hash
		FROM names
		WHERE asked_at < ?
		ORDER BY asked_at
		LIMIT ?`, database.Millis(before), limit))
	if err != nil || len(names) == 0 {
		return 0, err
	}
	return q.Exec(ctx, `
		DELETE FROM names
		WHERE name_hash IN (`+database.Marks(len(names))+`)
		AND asked_at < ?`, append(names, database.Millis(before))...)
}

// nobody is the actor_hash of a name that nobody has.
var nobody = database.Hash("")

// rememberName stores whom a name means; actorURI is "" for nobody.
func rememberName(ctx context.Context, q database.Querier, name, actorURI string, now time.Time) error {
	rows, err := q.Exec(ctx, `
		UPDATE names
		SET actor_hash = ?, asked_at = ?
		WHERE name_hash = ?`, database.Hash(actorURI), database.Millis(now), database.Hash(name))
	if err != nil || rows > 0 {
		return err
	}
	_, err = q.Exec(ctx, `
		INSERT INTO names (name_hash, actor_hash, asked_at)
		VALUES (?, ?, ?)`, database.Hash(name), database.Hash(actorURI), database.Millis(now))
	if errors.Is(err, database.ErrDuplicate) {
		return nil // somebody else has just learned the same
	}
	return err
}

// actorsNamed are the actors of names that are known, by the digest of the name.
func actorsNamed(ctx context.Context, q database.Querier, names []string) (map[database.Digest]Actor, error) {
	var hashes []any
	for _, name := range names {
		hashes = append(hashes, database.Hash(name))
	}
	type row struct{ name, actor database.Digest }
	rows, err := database.Collect(func(s database.Scanner) (r row, err error) { return r, s.Scan(&r.name, &r.actor) })(q.Query(ctx, `
		SELECT name_hash, actor_hash
		FROM names
		WHERE name_hash IN (`+database.Marks(len(hashes))+`)
		LIMIT 100`, hashes...))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	uris := make([]any, len(rows))
	for i, r := range rows {
		uris[i] = r.actor
	}
	actors, err := database.Collect(scanActor)(q.Query(ctx, selectActor+`
		WHERE uri_hash IN (`+database.Marks(len(uris))+`)
		LIMIT 100`, uris...))
	if err != nil {
		return nil, err
	}
	byURI := map[database.Digest]Actor{}
	for _, a := range actors {
		byURI[database.Hash(a.URI)] = a
	}
	found := map[database.Digest]Actor{}
	for _, r := range rows {
		if a, ok := byURI[r.actor]; ok {
			found[r.name] = a
		}
	}
	return found, nil
}
