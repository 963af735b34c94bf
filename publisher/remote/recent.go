package remote

import (
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

const (
	// recentActors is how many documents of actors are kept, and maxRecent the size in bytes of
	// each: 16 MiB at most.
	recentActors = 256
	maxRecent    = 64 << 10
	recentTTL    = time.Minute
)

// A request of a stranger needs two things of the same document: the key before the signature is
// verified, and the actor afterwards. Storing the actor before would let strangers write into our
// tables, asking twice would cost each new follower a fetch. So the document waits in memory for a
// minute.

// start makes what a Directory remembers in memory.
func (m *Directory) start() {
	m.started.Do(func() {
		m.recent = newCache[string, fetched](recentActors)
		m.unanswered = newCache[string, time.Time](maxNamedFailed)
	})
}

func (m *Directory) recentDocuments() *lru.Cache[string, fetched] {
	m.start()
	return m.recent
}

func (m *Directory) remember(f fetched) {
	if f.size <= maxRecent {
		m.recentDocuments().Add(f.doc.ID(), f)
	}
}

// recall returns the document at most once: after that it is in the database.
func (m *Directory) recall(id string) (fetched, bool) {
	f, ok := m.recentDocuments().Get(id)
	m.recentDocuments().Remove(id)
	return f, ok && m.Now().Sub(f.at) < recentTTL
}
