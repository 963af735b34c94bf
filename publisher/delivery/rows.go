package delivery

import (
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// newRow is a delivery as it enters the ledger.
type newRow struct {
	activity database.ID
	object   database.Digest
	blogID   database.ID
	to       inbox
	state    string
	words    string
	joined   bool
	firstTry time.Time
	now      time.Time
}

func (r newRow) settledAt() int64 {
	if r.state == Pending {
		return 0
	}
	return database.Millis(r.now)
}

// newRows plans one row for each inbox; never are those that the Create of the object never reached.
func newRows(a Activity, blogID database.ID, to []inbox, never map[database.Digest]bool, now time.Time) []newRow {
	rows := make([]newRow, len(to))
	starts := spread(to, a.Spread)
	for i, one := range to {
		r := newRow{
			activity: a.ID, object: a.object(), blogID: blogID, to: one, state: Pending, now: now, firstTry: now.Add(starts[one.host]),
		}
		switch {
		case !never[one.hash]:
		case a.Kind == "Delete":
			r.state, r.words, r.firstTry = Cancelled, "nothing to delete: its Create never left", now
		default:
			r.joined = true
		}
		rows[i] = r.checked()
	}
	return rows
}

// checked refuses from the start what there is nowhere to send to.
func (r newRow) checked() newRow {
	if r.to.host == "" || len(r.to.host) > maxHost || len(r.to.url) > maxInbox {
		r.to.url, r.to.host = cut(r.to.url, maxInbox), ""
		r.state, r.words, r.firstTry = Refused, "the inbox is not an address", r.now
	}
	return r
}
