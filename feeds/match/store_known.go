package match

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

// Known is what must be known of a post to tell whether an item is it, and whether that is news.
type Known struct {
	ID                           string
	GUID                         database.Digest
	URL, Link                    string // Link is URL, normalised
	Title                        string
	Hash                         database.Digest
	Version, Generation          int
	Announce, Held               bool
	Removed                      bool
	RemovedBy                    string
	HeldBy                       string // the rule that holds it
	heldLike                     string // the post that a held one may be
	FirstSeenAt                  time.Time
	PublishedAt, EditedAt, DueAt time.Time
	AbsentSince                  time.Time // zero while it is listed
	AbsentPolls                  int
	sharesNames                  bool // another post that is there has its guid and its link; not stored
}

// IsPublic says that readers can see it.
func (s Known) IsPublic() bool { return !s.Removed && !s.Held }

// MaxAround bounds how many posts of a blog a poll looks at beside those it finds by name.
const MaxAround = 2 * parser.MaxItems

const selectKnown = `
SELECT p.id, p.guid_hash, p.url, p.title, p.content_hash, p.hash_version, p.generation, p.announce, p.held_at, p.held_by, p.removed_at, p.removed_by, p.held_like,
	p.first_seen_at, p.published_at, p.edited_at, p.due_at, p.absent_since, p.absent_polls
FROM posts p`

func scanKnown(row database.Scanner) (s Known, err error) {
	var held, removed, seen, published, edited, absent int64
	var due sql.NullInt64
	err = row.Scan(&s.ID, &s.GUID, &s.URL, &s.Title, &s.Hash, &s.Version, &s.Generation, &s.Announce, &held, &s.HeldBy, &removed, &s.RemovedBy, &s.heldLike,
		&seen, &published, &edited, &due, &absent, &s.AbsentPolls)
	s.Link, s.Held, s.Removed = pageurl.Normalise(s.URL), held != 0, removed != 0
	s.FirstSeenAt, s.PublishedAt, s.EditedAt = database.Time(seen), database.Time(published), database.Time(edited)
	s.DueAt, s.AbsentSince = database.Time(due.Int64), database.Time(absent)
	return s, err
}

// postsAround are a blog's posts that its feed lists, or listed not before since; the newest first.
func postsAround(ctx context.Context, q database.Querier, blogID database.ID, since time.Time) ([]Known, error) {
	return database.Collect(scanKnown)(q.Query(ctx, selectKnown+`
WHERE p.blog_id = ? AND p.removed_at = 0 AND (p.absent_since = 0 OR p.absent_since > ?)
ORDER BY p.published_at DESC, p.id DESC
LIMIT ?`, blogID, database.Millis(since), MaxAround))
}

// postsNamed are the posts of a blog with one of these ids, guids or addresses, removed ones
// included.
func postsNamed(
	ctx context.Context, q database.Querier, blogID database.ID, ids []string, guids, pages []database.Digest,
) ([]Known, error) {
	var all []Known
	for _, lookup := range []struct {
		where  string
		values []any
	}{
		{`
WHERE p.blog_id = ? AND p.id IN `, database.Args(ids)},
		{`
WHERE p.blog_id = ? AND p.guid_hash IN `, database.Args(guids)},
		{`
JOIN post_aliases a ON a.post_id = p.id
WHERE a.blog_id = ? AND a.page_key IN `, database.Args(pages)},
	} {
		for some := range slices.Chunk(lookup.values, database.MaxMarks) {
			rows, err := database.Collect(scanKnown)(q.Query(ctx, selectKnown+lookup.where+`(`+database.Marks(len(some))+`)
LIMIT ?`, append(append([]any{blogID}, some...), 10*database.MaxMarks)...))
			if err != nil {
				return nil, err
			}
			all = append(all, rows...)
		}
	}
	return all, nil
}

// postsDated are the posts of a blog that were published at one of these times and are not removed.
func postsDated(ctx context.Context, q database.Querier, blogID database.ID, times []time.Time) ([]Known, error) {
	var all []Known
	for some := range slices.Chunk(times, database.MaxMarks) {
		args := []any{blogID}
		for _, at := range some {
			args = append(args, database.Millis(at))
		}
		rows, err := database.Collect(scanKnown)(q.Query(ctx, selectKnown+`
WHERE p.blog_id = ? AND p.removed_at = 0 AND p.published_at IN (`+database.Marks(len(some))+`)
LIMIT ?`, append(args, 10*database.MaxMarks)...))
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	return all, nil
}

// Texts are the texts of posts, by their ids.
func Texts(ctx context.Context, q database.Querier, ids []string) (map[string]string, error) {
	texts := map[string]string{}
	for some := range slices.Chunk(database.Args(ids), database.MaxMarks) {
		type text struct{ ID, content string }
		rows, err := database.Collect(func(row database.Scanner) (t text, err error) {
			return t, row.Scan(&t.ID, &t.content)
		})(q.Query(ctx, `
SELECT id, content
FROM posts
WHERE id IN (`+database.Marks(len(some))+`)
LIMIT ?`, append(some, database.MaxMarks)...))
		if err != nil {
			return nil, err
		}
		for _, t := range rows {
			texts[t.ID] = safehtml.Text(t.content)
		}
	}
	return texts, nil
}

// knownNames are what posts are known by: ids, guids, addresses, and hashes of what they say.
type knownNames map[any]bool

// NamesOf are the names of those posts of a blog that share one with an item.
func NamesOf(ctx context.Context, q database.Querier, blogID database.ID, origin string, items []Item) (knownNames, error) {
	var ids []string
	var guids, pages []database.Digest
	for _, it := range items {
		ids = append(ids, postID(origin, it.identity, 0))
		guids, pages = append(guids, GUIDOf(it)), append(pages, pageurl.Key(it.Link))
	}
	posts, err := postsNamed(ctx, q, blogID, ids, guids, pages)
	known := knownNames{}
	for _, p := range posts {
		known[p.ID], known[p.GUID], known[p.Link], known[p.Hash] = true, true, true, true
	}
	return known, err
}

func (n knownNames) Has(origin string, it Item) bool {
	return n[postID(origin, it.identity, 0)] || it.ownGUID && n[GUIDOf(it)] || it.ownLink && n[pageurl.Normalise(it.Link)] ||
		it.isNameless() && n[it.Hash]
}
