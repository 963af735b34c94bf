package feeds

import (
	"sync"
	"time"
)

// changedHere is when this process last changed each post or its thread. It belongs to the process,
// as what it is compared with does: the pages that were made for readers, and are shown again while
// the database does not answer.
var changedHere lately

const (
	longestTx  = time.Minute // from a change to the commit of its transaction
	maxChanged = 10_000      // posts that are remembered
)

type lately struct {
	mu  sync.Mutex
	at  map[string]time.Time // by post
	all time.Time            // when at was emptied: any post may have changed then
}

func (l *lately) note(postID string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.at) >= maxChanged {
		l.at, l.all = nil, time.Now()
	}
	if l.at == nil {
		l.at = map[string]time.Time{}
	}
	l.at[postID] = time.Now()
}

func (l *lately) last(postID string) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at := l.at[postID]; at.After(l.all) {
		return at
	}
	return l.all
}

// NoteChange says that a post, or its thread, is about to be another to readers. It is called
// before the row is written: between that and the commit nobody may show again what was there.
func NoteChange(postID string) { changedHere.note(postID) }

// UnchangedSince reports whether this process has changed none of these posts and none of their
// threads since then, and is not about to. What others have changed it does not know.
func UnchangedSince(then time.Time, posts ...string) bool {
	for _, id := range posts {
		if last := changedHere.last(id); !last.IsZero() && !then.After(last.Add(longestTx)) {
			return false
		}
	}
	return true
}
