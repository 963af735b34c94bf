package publisher

import (
	"context"
	"errors"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// nameAsked says whether it is known whom a name means, and when that was asked; the zero time for never.
func nameAsked(ctx context.Context, q database.Querier, name string) (known bool, at time.Time, err error) {
	var actor database.Digest
	var asked int64
	err = q.QueryRow(ctx, `
		SELECT actor_hash, asked_at
		FROM names
		WHERE name_hash = ?`, database.Hash(name)).Scan(&actor, &asked)
	if errors.Is(err, database.ErrNotFound) {
		return false, time.Time{}, nil
	}
	return actor != nobody, database.Time(asked), err
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
func actorsNamed(ctx context.Context, q database.Querier, names []string) (map[database.Digest]RemoteActor, error) {
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
	if err != nil {
		return nil, err
	}
	found := map[database.Digest]RemoteActor{}
	for _, r := range rows {
		a, err := scanRemoteActor(q.QueryRow(ctx, selectRemoteActor+`
		WHERE uri_hash = ?`, r.actor))
		if errors.Is(err, database.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		found[r.name] = a
	}
	return found, nil
}
