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

// TestIDsKeepTheirOrderWhereTimesCross: a transaction makes two ids from the time at which it began,
// and another one makes one of a later time between them.
func TestIDsKeepTheirOrderWhereTimesCross(t *testing.T) {
	began := time.Now()
	for n := range 1000 {
		now := began.Add(time.Duration(n) * time.Second)
		first, others, second := NewID(now), NewID(now.Add(20*time.Second)), NewID(now)
		if first >= others || others >= second {
			t.Fatalf("ids %d, %d and %d are not in the order in which they were made", first, others, second)
		}
	}
	before, old, after := NewID(began), NewID(began.Add(-5*24*time.Hour)), NewID(began)
	if before >= old || old >= after {
		t.Errorf("ids %d, %d of five days ago, and %d are not in the order in which they were made", before, old, after)
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
