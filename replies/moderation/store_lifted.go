package moderation

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// hideFor hides a reply because of who wrote it, and remembers the status it had and why. Its
// approval stays: whoever comes back is known as before.
func hideFor(ctx context.Context, q database.Querier, r thread.Authored, letGoAt time.Time, why thread.Why) error {
	rows, err := q.Exec(ctx, `
UPDATE replies
SET rule_before = status_rule, evidence_before = status_evidence,
	status = ?, let_go_at = ?, status_rule = ?, status_evidence = ?, status_since = ?, status_before = ?
WHERE id = ? AND status = ?`, thread.Hidden, thread.MillisOrNull(letGoAt), why.Rule, why.Evidence, database.Millis(why.At), r.Status, r.ID, r.Status)
	return thread.ExactlyOne(rows, err, "hide the reply")
}

const inHiddenBy = `
FROM replies
WHERE author_id = ? AND (? = 0 OR blog_id = ?) AND status = ? AND status_rule = ?`

// hiddenBy lists what a rule has hidden of an author on a blog (0: on all).
func hiddenBy(ctx context.Context, q database.Querier, blogID, authorID database.ID, rule string, after database.ID) ([]setApart, error) {
	return database.Collect(func(row database.Scanner) (r setApart, err error) {
		var hash database.Digest
		err = row.Scan(&r.ID, &r.BlogID, &r.PostID, &r.Root, &r.SortAt, &r.Kind, &r.Visibility, &r.Status, &r.before, &r.why.Rule, &r.why.Evidence,
			&r.uri, &hash, &r.text)
		r.textGone = hash.IsZero()
		return r, err
	})(q.Query(ctx, `
SELECT id, blog_id, post_id, root_id, sort_at, kind, visibility, status, status_before, rule_before, evidence_before, object_uri, content_hash,
	OCTET_LENGTH(html)`+inHiddenBy+` AND id > ?
ORDER BY id
LIMIT ?`, authorID, blogID, blogID, thread.Hidden, rule, after, thread.AuthoredPage))
}

// BlogLeftBy is the blog that an author has blocked by an activity, as far as that has hidden
// anything.
func BlogLeftBy(ctx context.Context, q database.Querier, authorID database.ID, activity string) (blogID database.ID, err error) {
	err = q.QueryRow(ctx, `
SELECT blog_id`+inHiddenBy+` AND status_evidence = ?
LIMIT 1`, authorID, 0, 0, thread.Hidden, thread.RuleAuthor, thread.Because(thread.RuleAuthor, activity, time.Time{}).Evidence).Scan(&blogID)
	return blogID, err
}

// bringBack gives a hidden reply the status that it shall have now.
func bringBack(ctx context.Context, q database.Querier, r setApart, to string, letGoAt time.Time, why thread.Why) error {
	rows, err := q.Exec(ctx, `
UPDATE replies
SET status = ?, let_go_at = ?, status_rule = ?, status_evidence = ?, status_since = ?, status_before = '', rule_before = '', evidence_before = ''
WHERE id = ? AND status = ?`, to, thread.MillisOrNull(letGoAt), why.Rule, why.Evidence, database.Millis(why.At), r.ID, r.Status)
	return thread.ExactlyOne(rows, err, "show the reply again")
}

// setWhy gives a hidden reply another reason, and leaves everything else.
func setWhy(ctx context.Context, q database.Querier, r setApart, why thread.Why) error {
	rows, err := q.Exec(ctx, `
UPDATE replies
SET status_rule = ?, status_evidence = ?, status_since = ?
WHERE id = ? AND status = ?`, why.Rule, why.Evidence, database.Millis(why.At), r.ID, r.Status)
	return thread.ExactlyOne(rows, err, "say why the reply is hidden")
}

// takeOver makes a reply that the owner's block has hidden one that its author's hides: the end of
// the owner's does not show it then.
func takeOver(ctx context.Context, q database.Querier, id database.ID, why thread.Why) error {
	_, err := q.Exec(ctx, `
UPDATE replies
SET status_rule = ?, status_evidence = ?, status_since = ?
WHERE id = ? AND status = ? AND status_rule = ?`, why.Rule, why.Evidence, database.Millis(why.At), id, thread.Hidden, thread.RuleBlock)
	return err
}

// isDecided says whether something was decided about a target after a time.
func isDecided(ctx context.Context, q database.Querier, d Decision, after time.Time) (bool, error) {
	return database.Exists(q.QueryRow(ctx, `
SELECT 1
FROM decisions
WHERE target_hash = ? AND what = ? AND blog_id = ? AND created_at > ?
LIMIT 1`, database.Hash(d.Target), d.What, d.BlogID, database.Millis(after)))
}

// HideAuthor hides every shown, withheld, held or expired reply of an author on a blog (0: on
// all) until ShowAuthor, says how many it was and notes what that changes.
func HideAuthor(ctx context.Context, q database.Querier, blogID, authorID database.ID, c thread.Changes, why thread.Why) (n int, err error) {
	err = thread.EachAuthored(ctx, q, blogID, authorID, func(r thread.Authored) error {
		if r.Status == thread.Hidden && why.Rule == thread.RuleAuthor {
			return takeOver(ctx, q, r.ID, why)
		}
		if r.Status != thread.Shown && r.Status != thread.Withheld && r.Status != thread.Held && r.Status != thread.Expired {
			return nil
		}
		if err := c.Turn(ctx, q, r, thread.Hidden); err != nil {
			return err
		}
		n++
		return hideFor(ctx, q, r, LetGoAt(authorID, thread.Hidden, why.At), why)
	})
	return n, err
}

// setStatus moves a reply from one status to another and notes when it was approved, and when its
// text goes; the zero time takes an approval back, and lets the text stay.
func setStatus(ctx context.Context, q database.Querier, id database.ID, from, to string, approved, letGoAt time.Time, why thread.Why) error {
	rows, err := q.Exec(ctx, `
UPDATE replies
SET status = ?, approved_at = ?, let_go_at = ?, status_rule = ?, status_evidence = ?, status_since = ?, status_before = '', rule_before = '', evidence_before = ''
WHERE id = ? AND status = ?`, to, database.Millis(approved), thread.MillisOrNull(letGoAt), why.Rule, why.Evidence, database.Millis(why.At), id, from)
	return thread.ExactlyOne(rows, err, "change the status")
}

func withheldAnswersTo(ctx context.Context, q database.Querier, postID string, parent database.ID, limit int) ([]database.ID, error) {
	return database.Collect(database.ScanID)(q.Query(ctx, `
SELECT id
FROM replies
WHERE author_id = ? AND post_id = ? AND status = ? AND parent_id = ?
ORDER BY id
LIMIT ?`, thread.OfTheBlog, postID, thread.Withheld, parent, limit))
}

func showWithheld(ctx context.Context, q database.Querier, id database.ID) error {
	rows, err := q.Exec(ctx, `
UPDATE replies
SET status = ?
WHERE id = ? AND status = ?`, thread.Shown, id, thread.Withheld)
	return thread.ExactlyOne(rows, err, "show the answer")
}
