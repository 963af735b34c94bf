package publisher

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/server/database"
)

// Marks remembers outside the database which posts were deleted on the fediverse: in a file beside
// the secret key, one line for each post with its id and who removed it. An older copy of the
// database, which somebody restores after a bad day, does not know of the last Deletes. Without the
// marks it would show those posts again, or announce them as new, after their readers were told
// that they are gone.
//
// It is a second memory and never the first: where the file cannot be written, the Delete is sent
// all the same.
type Marks struct {
	path string

	mu  sync.Mutex
	ids map[string]string // who removed the post, by its id
}

// maxMarks bounds how many marks are read, the last ones: an older copy lacks the newest Deletes.
const maxMarks = 100_000

// OpenMarks reads the file, which need not be there. Where it cannot be read, or only in part, the
// Marks are those that were read, and are of use beside the error.
func OpenMarks(path string) (*Marks, error) {
	m := &Marks{path: path, ids: map[string]string{}}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return m, fmt.Errorf("read which posts were deleted: %w", err)
	}
	defer file.Close()
	var order []string // in the order of the file, each once
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		id, by, _ := strings.Cut(lines.Text(), " ")
		if !ids.IsPostID(id) { // nothing, or half a line
			continue
		}
		if _, known := m.ids[id]; !known {
			order = append(order, id)
		}
		m.ids[id] = by
		if len(m.ids) > maxMarks {
			delete(m.ids, order[0])
			order = order[1:]
		}
	}
	if err := lines.Err(); err != nil {
		return m, fmt.Errorf("read which posts were deleted from %s: %w", path, err)
	}
	return m, nil
}

// by says who removed the post; false where it was not deleted. A nil Marks knows of none.
func (m *Marks) by(postID string) (by string, deleted bool) {
	if m == nil {
		return "", false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	by, deleted = m.ids[postID]
	return by, deleted
}

// add remembers a post; it is on the disk when add returns nil.
func (m *Marks) add(postID, by string) error {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, known := m.ids[postID]; known {
		return nil
	}
	file, err := os.OpenFile(m.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err == nil {
		_, err = fmt.Fprintf(file, "\n%s %s\n", postID, by) // a line of its own, also after half a one
	}
	if err == nil {
		err = file.Sync()
	}
	if file != nil {
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		return fmt.Errorf("remember that post %s is deleted: %w", postID, err)
	}
	m.ids[postID] = by
	return nil
}

// all are the ids, in no order.
func (m *Marks) all() (ids []string) {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for id := range m.ids {
		ids = append(ids, id)
	}
	return ids
}

// removeMarked removes posts again that were deleted and that this database has as public: it is an
// older copy.
func (m *Marks) removeMarked(ctx context.Context, db *database.DB, now time.Time) (n int, err error) {
	public, err := feeds.PublicOf(ctx, db, m.all())
	if err != nil {
		return 0, fmt.Errorf("look for deleted posts: %w", err)
	}
	for _, id := range public {
		by, _ := m.by(id)
		if err := feeds.RemoveAgain(ctx, db, id, by, now); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
