package publisher_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// copied are the tables that a restored copy brings back to what they were.
var copied = []string{"posts", "post_aliases", "announcements", "polls", "activities", "deliveries"}

// backup copies the tables.
func (w *world) backup() {
	for _, table := range copied {
		w.exec(`CREATE TABLE old_` + table + ` AS SELECT * FROM ` + table)
	}
}

// restore brings the copy back.
func (w *world) restore() {
	for _, table := range copied {
		w.exec(`DELETE FROM ` + table)
		w.exec(`INSERT INTO ` + table + ` SELECT * FROM old_` + table)
	}
}

func TestRestoredCopyGivesNoUpdateIDToOtherContent(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.announcer.UpdateInterval = 0
		w.follow(w.fedi.Person("ada", "pasture.example"))
		said := map[string]string{}
		edit := func(title string) {
			t.Helper()
			w.write(item{Path: "one", Title: title, At: start})
			w.announceAll()
			updates := w.sent("Update")
			last := updates[len(updates)-1]
			article, _ := last.Object.Object("object")
			if was, known := said[last.ID()]; known && was != article.String("name") {
				t.Errorf("%s said %q before, and says %q", last.ID(), was, article.String("name"))
			}
			said[last.ID()] = article.String("name")
		}
		w.write(item{Path: "one", Title: "One"})
		w.announceAll()
		edit("Two")
		w.backup()
		edit("Three")
		edit("Four")
		w.restore()
		edit("Five")
		edit("Six")
		if len(said) != 5 {
			t.Errorf("%d ids for 5 edits", len(said))
		}
	})
}

// runUntil has the announcer run until a condition holds.
func (w *world) runUntil(what string, holds func() bool) {
	w.t.Helper()
	ctx, stop := context.WithCancel(w.t.Context())
	var running sync.WaitGroup
	running.Go(func() { w.announcer.Run(ctx) })
	w.fedi.WaitFor(what, holds)
	stop()
	running.Wait()
}

func TestDeletedPostStaysDeletedInARestoredCopy(t *testing.T) {
	for name, knew := range map[string]bool{"the copy has the post": true, "the copy is older than the post": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, databasetest.Open(t))
			file := filepath.Join(t.TempDir(), "deleted-posts")
			start := func() {
				t.Helper()
				marks, err := publisher.OpenMarks(file)
				w.must(err)
				w.announcer.Deleted = marks
			}
			start()
			w.follow(w.fedi.Person("ada", "pasture.example"))
			w.write(item{Path: "first", Title: "First"})
			w.announceAll()
			if !knew {
				w.backup()
			}
			w.write(item{Path: "one", Title: "One"})
			w.announceAll()
			if knew {
				w.backup()
			}
			id := w.newest().ID
			w.must(feeds.Remove(t.Context(), w.db, id, w.clock()))
			w.announceAll()
			if n := len(w.sent("Delete")); n != 1 {
				t.Fatalf("%d Deletes", n)
			}
			creates := len(w.sent("Create"))
			w.restore()
			start()
			if knew {
				w.runUntil("it is removed again", func() bool {
					p, err := feeds.PostByID(t.Context(), w.db, id)
					return err == nil && !p.RemovedAt.IsZero()
				})
			}
			for range 3 {
				w.pass(time.Hour)
				w.must(w.poller.Poll(t.Context(), w.blog.ID))
				w.announceAll()
			}
			if answer := w.ask("GET", base+"/posts/"+id, asJSON); answer.Code != 410 {
				t.Errorf("its address answers %d", answer.Code)
			}
			if !knew {
				creates-- // that of the post is not in the copy
			}
			if n := len(w.sent("Create")); n != creates {
				t.Errorf("%d Creates, want %d", n, creates)
			}
		})
	}
}

func TestMarksOutliveHalfALineAndAFolderThatIsNotThere(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	file := filepath.Join(t.TempDir(), "deleted-posts")
	w.must(os.WriteFile(file, []byte("aaaaaaaaaaaaaaaaaaaaaaaaaa owner\nbbbbbbb"), 0o600))
	w.follow(w.fedi.Person("ada", "pasture.example"))
	for n, path := range []string{file, "/nowhere/at/all"} {
		marks, err := publisher.OpenMarks(path)
		w.must(err)
		w.announcer.Deleted = marks
		w.write(item{Path: path, Title: "At " + path})
		w.announceAll()
		w.must(feeds.Remove(t.Context(), w.db, w.newest().ID, w.clock()))
		w.announceAll()
		if deletes := len(w.sent("Delete")); deletes != n+1 {
			t.Errorf("with marks at %s: %d Deletes in all", path, deletes)
		}
	}
	text, err := os.ReadFile(file)
	w.must(err)
	if lines := strings.Split(strings.TrimSpace(string(text)), "\n"); len(lines) != 3 || !strings.HasSuffix(lines[2], " owner") || len(lines[2]) != 32 {
		t.Errorf("the file is %q", text)
	}
}
