package replies

import (
	"sync"
	"time"
)

// changedHere is when this process last changed each thread. It belongs to the process, as what it is compared with does: the pages that
// were made for readers, and are shown again while the database does not answer.
var changedHere lately

const (
	longestTx  = time.Minute // from a change to the commit of its transaction
	maxChanged = 10_000      // threads that are remembered
)

type lately struct {
	mu  sync.Mutex
	at  map[string]time.Time // by post
	all time.Time            // when at was emptied: any thread may have changed then
}

func (l *lately) note(postID string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.at == nil || len(l.at) >= maxChanged {
		if l.at != nil {
			l.all = time.Now()
		}
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

// UnchangedSince reports whether this process has changed no thread of these posts since then, and is not about to. What others have changed
// it does not know.
func UnchangedSince(then time.Time, posts ...string) bool {
	for _, id := range posts {
		if last := changedHere.last(id); !last.IsZero() && !then.After(last.Add(longestTx)) {
			return false
		}
	}
	return true
}
