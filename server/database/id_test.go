package database

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestIDsGrowWithTimeAndAreNeverTheSame(t *testing.T) {
	now := time.Now()
	seen, last := map[ID]bool{}, ID(0)
	for i := range 5000 {
		id := NewID(now.Add(time.Duration(i/1000) * time.Millisecond))
		if seen[id] || id <= last && i%1000 == 0 {
			t.Fatalf("id %d of %d comes again or goes back", i, id)
		}
		seen[id], last = true, id
	}
}

func TestIDTextGoesThereAndBack(t *testing.T) {
	for range 100 {
		id := NewID(time.Now())
		if back, err := ParseID(strings.ToUpper(id.String())); back != id || err != nil || len(id.String()) != 13 {
			t.Fatalf("%v -> %s -> %v, %v", int64(id), id, int64(back), err)
		}
	}
}

func FuzzParseID(f *testing.F) {
	for _, s := range []string{"", "aaaaaaaaaaaaa", "7777777777777", "aaaaaaaaaaaab", "ääääääa", NewID(time.Now()).String()} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParseID(s)
		if err != nil {
			if !errors.Is(err, ErrBadID) {
				t.Fatal(err)
			}
			return
		}
		if id.String() != strings.ToLower(s) {
			t.Fatalf("%q is read as %s", s, id)
		}
	})
}
