package replies_test

import (
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
)

// The loop forgets names that nobody asked for in NamesFor, and keeps the others.
func TestNamesExpireInTheLoop(t *testing.T) {
	onSQLite(t, func(t *testing.T, w *world) {
		for name, age := range map[string]time.Duration{"old": bounds.NamesFor + time.Hour, "new": bounds.NamesFor - time.Hour} {
			w.must(w.exec("INSERT INTO names (name_hash, actor_hash, asked_at) VALUES (?, ?, ?)", database.Hash(name), database.Hash(""), database.Millis(w.clock().Add(-age))))
		}
		w.runExpiry(0, "the old one is forgotten", func() bool { return w.count("SELECT COUNT(*) FROM names") == 1 })
		if w.count("SELECT COUNT(*) FROM names WHERE name_hash = ?", database.Hash("new")) != 1 {
			t.Error("the wrong one is forgotten")
		}
	})
}
