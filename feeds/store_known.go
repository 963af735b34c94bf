package feeds

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// stored is what must be known of a post to tell whether an item is it, and whether that is news.
type stored struct {
	id                           string
	guid                         database.Digest
	url, link                    string // link is url, normalised
	title                        string
	hash                         database.Digest
	version, generation          int
	announce, held               bool
	removed                      bool
	removedBy                    string
	heldBy                       string // the rule that holds it
	heldLike                     string // the post that a held one may be
	firstSeenAt                  time.Time
	publishedAt, editedAt, dueAt time.Time
	absentSince                  time.Time // zero while it is listed
	absentPolls                  int
	sharesNames                  bool // another post that is there has its guid and its link; not stored
}

// isPublic says that readers can see it.
func (s stored) isPublic() bool { return !s.removed && !s.held }

const (
	// maxMarks bounds the values of one IN list.
	maxMarks = 200
	// maxAround bounds how many posts of a blog a poll looks at beside those it finds by name.
	maxAround = 2 * parser.MaxItems
)

const selectStored = `
SELECT p.id, p.guid_hash, p.url, p.title, p.content_hash, p.hash_version, p.generation, p.announce, p.held_at, p.held_by, p.removed_at, p.removed_by, p.held_like,
	p.first_seen_at, p.published_at, p.edited_at, p.due_at, p.absent_since, p.absent_polls
FROM posts p`

func scanStored(row database.Scanner) (s stored, err error) {
	var held, removed, seen, published, edited, absent int64
	var due sql.NullInt64
	err = row.Scan(&s.id, &s.guid, &s.url, &s.title, &s.hash, &s.version, &s.generation, &s.announce, &held, &s.heldBy, &removed, &s.removedBy, &s.heldLike,
		&seen, &published, &edited, &due, &absent, &s.absentPolls)
	s.link, s.held, s.removed = pageurl.Normalise(s.url), held != 0, removed != 0
	s.firstSeenAt, s.publishedAt, s.editedAt = database.Time(seen), database.Time(published), database.Time(edited)
	s.dueAt, s.absentSince = database.Time(due.Int64), database.Time(absent)
	return s, err
}

// storedAround are a blog's posts that its feed lists, or listed not before since; the newest first.
func storedAround(ctx context.Context, q database.Querier, blogID database.ID, since time.Time) ([]stored, error) {
	return database.Collect(scanStored)(q.Query(ctx, selectStored+`
WHERE p.blog_id = ? AND p.removed_at = 0 AND (p.absent_since = 0 OR p.absent_since > ?)
ORDER BY p.published_at DESC, p.id DESC
LIMIT ?`, blogID, database.Millis(since), maxAround))
}

// storedNamed are the posts of a blog with one of these ids, guids or addresses, removed ones included.
func storedNamed(
	ctx context.Context, q database.Querier, blogID database.ID, ids []string, guids, pages []database.Digest,
) ([]stored, error) {
	var all []stored
	for _, lookup := range []struct {
		where  string
		values []any
	}{
		{`
WHERE p.blog_id = ? AND p.id IN `, anys(ids)},
		{`
WHERE p.blog_id = ? AND p.guid_hash IN `, anys(guids)},
		{`
JOIN post_aliases a ON a.post_id = p.id
WHERE a.blog_id = ? AND a.page_key IN `, anys(pages)},
	} {
		for some := range slices.Chunk(lookup.values, maxMarks) {
			rows, err := database.Collect(scanStored)(q.Query(ctx, selectStored+lookup.where+`(`+database.Marks(len(some))+`)
LIMIT ?`, append(append([]any{blogID}, some...), 10*maxMarks)...))
			if err != nil {
				return nil, err
			}
			all = append(all, rows...)
		}
	}
	return all, nil
}

// storedDated are the posts of a blog that were published at one of these times and are not removed.
func storedDated(ctx context.Context, q database.Querier, blogID database.ID, times []time.Time) ([]stored, error) {
	var all []stored
	for some := range slices.Chunk(times, maxMarks) {
		args := []any{blogID}
		for _, at := range some {
			args = append(args, database.Millis(at))
		}
		rows, err := database.Collect(scanStored)(q.Query(ctx, selectStored+`
WHERE p.blog_id = ? AND p.removed_at = 0 AND p.published_at IN (`+database.Marks(len(some))+`)
LIMIT ?`, append(args, 10*maxMarks)...))
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	return all, nil
}

// storedTexts are the texts of posts, by their ids.
func storedTexts(ctx context.Context, q database.Querier, ids []string) (map[string]string, error) {
	texts := map[string]string{}
	for some := range slices.Chunk(anys(ids), maxMarks) {
		type text struct{ id, content string }
		rows, err := database.Collect(func(row database.Scanner) (t text, err error) {
			return t, row.Scan(&t.id, &t.content)
		})(q.Query(ctx, `
SELECT id, content
FROM posts
WHERE id IN (`+database.Marks(len(some))+`)
LIMIT ?`, append(some, maxMarks)...))
		if err != nil {
			return nil, err
		}
		for _, t := range rows {
			texts[t.id] = safehtml.Text(t.content)
		}
	}
	return texts, nil
}

func anys[T any](values []T) []any {
	all := make([]any, len(values))
	for i, v := range values {
		all[i] = v
	}
	return all
}
