package replies_test

import (
	"fmt"
	"strings"

	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// checkCounts compares the counts of every thread with a recount.
func (w *world) checkCounts() {
	w.t.Helper()
	for _, post := range []string{w.tea.ID, w.milk.ID} {
		head, err := thread.ReadHead(w.t.Context(), w.db, post)
		w.must(err)
		want := thread.Counts{
			Replies: w.count("SELECT COUNT(*) FROM replies WHERE post_id = ? AND status = 'shown' AND kind = 'reply'", post),
			Quotes:  w.count("SELECT COUNT(*) FROM replies WHERE post_id = ? AND status = 'shown' AND kind = 'quote'", post),
		}
		for _, kind := range thread.ReactionKinds {
			n := w.count("SELECT COUNT(*) FROM reactions WHERE post_id = ? AND reply_id = 0 AND kind = ? AND state = 'shown'", post, kind.Name)
			want.Likes += n * kind.Adds.Likes
			want.Boosts += n * kind.Adds.Boosts
		}
		if got := head.Counts; got != want {
			w.t.Errorf("post %s: counts %+v, a recount says %+v", post, got, want)
		}
	}
}

// checkPlaces looks whether each reply stands in the branch of what it answers, and after it.
func (w *world) checkPlaces() {
	w.t.Helper()
	if n := w.count(`
SELECT COUNT(*)
FROM replies r
LEFT JOIN replies p ON p.id = r.parent_id
WHERE r.parent_id = 0 AND (r.root_id <> r.id OR r.root_at <> r.published_at OR r.sort_at <> r.published_at)
	OR r.parent_id <> 0 AND (p.id IS NULL OR r.root_id <> p.root_id OR r.root_at <> p.root_at OR r.sort_at <= p.sort_at
		OR r.sort_at < r.published_at)`); n > 0 {
		w.t.Errorf("%d replies stand in the wrong place of their thread", n)
	}
}

// verdicts are what the journal says, oldest first.
func (w *world) verdicts() []string {
	w.t.Helper()
	all, err := database.Collect(func(row database.Scanner) (string, error) {
		var kind, state, verdict string
		err := row.Scan(&kind, &state, &verdict)
		return kind + " " + state + ": " + verdict, err
	})(w.db.Query(w.t.Context(), "SELECT type, state, verdict FROM received ORDER BY id LIMIT 10000"))
	w.must(err)
	return all
}

func (w *world) lastVerdict() string {
	w.t.Helper()
	all := w.verdicts()
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}

// unchanged fails the test if what do does changes any table of ours but, where they are named,
// some.
func (w *world) unchanged(do func(), but ...string) {
	w.t.Helper()
	before := w.dump(but...)
	do()
	if after := w.dump(but...); after != before {
		w.t.Errorf("the tables changed:\n%s", difference(before, after))
	}
}

// difference is the lines that only one of two texts has.
func difference(before, after string) string {
	var b strings.Builder
	only := func(sign, text, other string) {
		for line := range strings.Lines(text) {
			if !strings.Contains(other, line) {
				b.WriteString(sign + line)
			}
		}
	}
	only("- ", before, after)
	only("+ ", after, before)
	return b.String()
}

// dump is everything that this package has stored.
func (w *world) dump(but ...string) string {
	w.t.Helper()
	var b strings.Builder
	for _, table := range []string{
		"replies", "reactions", "threads", "blocks", "decisions", "received", "tombstones", "followers", "deliveries", "activities", "quotes", "reports",
	} {
		if strings.Contains(strings.Join(but, " "), table) {
			continue
		}
		w.dumpTable(&b, table)
	}
	return b.String()
}

func (w *world) dumpTable(b *strings.Builder, table string) {
	w.t.Helper()
	rows, err := w.db.Query(w.t.Context(), "SELECT * FROM "+table+" ORDER BY 1, 2")
	w.must(err)
	defer rows.Close()
	columns, err := rows.Columns()
	w.must(err)
	for rows.Next() {
		cells, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		w.must(rows.Scan(into...))
		fmt.Fprintf(b, "%s:", table)
		for _, cell := range cells {
			if raw, ok := cell.([]byte); ok {
				cell = string(raw)
			}
			fmt.Fprintf(b, " %v", cell)
		}
		b.WriteByte('\n')
	}
	w.must(rows.Err())
}

// forgotten fails the test if any of the words is still in a table of ours.
func (w *world) forgotten(words ...string) {
	w.t.Helper()
	all := w.dump()
	for _, word := range words {
		if strings.Contains(all, word) {
			w.t.Errorf("%q is still in the tables:\n%s", word, all)
		}
	}
}
