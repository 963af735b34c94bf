package publisher

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/ids"
)

// markOf is an id that a post may have: n in digits of base 8.
func markOf(n int) string {
	digits := strings.NewReplacer("0", "a", "1", "b").Replace(fmt.Sprintf("%o", n))
	return strings.Repeat("a", ids.PostIDLength-len(digits)) + digits
}

func writeMarks(t *testing.T, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "deleted-posts")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheLastMarksAreRemembered(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for n := range maxMarks + 2 {
		fmt.Fprintf(&text, "\n%s owner\n", markOf(n)) // as add writes them
	}
	m, err := OpenMarks(writeMarks(t, text.String()))
	if err != nil || len(m.ids) != maxMarks {
		t.Fatalf("%d marks, %v", len(m.ids), err)
	}
	for n, want := range map[int]bool{0: false, 1: false, 2: true, maxMarks + 1: true} {
		if _, known := m.by(markOf(n)); known != want {
			t.Errorf("mark %d is remembered: %t", n, known)
		}
	}
}

func TestWhatCanBeReadOfMarksIsOfUse(t *testing.T) {
	t.Parallel()
	m, err := OpenMarks(writeMarks(t, markOf(1)+" owner\n"+strings.Repeat("x", 1<<20)+"\n"))
	if _, known := m.by(markOf(1)); err == nil || !known {
		t.Errorf("before a line without end: %t, %v", known, err)
	}
	if m, err := OpenMarks(t.TempDir()); err == nil || m == nil {
		t.Errorf("of a folder: %v, %v", m, err)
	} else if err := m.add(markOf(1), "owner"); err == nil {
		t.Error("a mark in a folder is said to be on the disk")
	}
}
