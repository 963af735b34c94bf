package replies_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// item is given as "id<parent status at", such as "3<1 hidden 5" or, for a shown one, "3<1 5".
func item(t *testing.T, s string) thread.Item {
	t.Helper()
	status := thread.Shown
	fields := strings.Fields(s)
	if len(fields) == 3 {
		status = fields[1]
	}
	var id, parent, minute int64
	if _, err := fmt.Sscanf(fields[0]+" "+fields[len(fields)-1], "%d<%d %d", &id, &parent, &minute); err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return thread.Item{Reply: thread.Reply{
		ID: database.ID(id), ParentID: database.ID(parent), Status: status, ObjectURI: "x",
		PublishedAt: start.Add(time.Duration(minute) * time.Minute),
	}}
}

func TestThreadIsArrangedForReaders(t *testing.T) {
	for name, c := range map[string]struct{ given, want string }{
		"nothing":                            {"", ""},
		"oldest first":                       {"3<0 3, 1<0 1, 2<0 2", "1<0 2<0 3<0"},
		"same instant: as they came":         {"2<0 1, 3<0 1, 1<0 1", "1<0 2<0 3<0"},
		"answers among the others":           {"1<0 1, 2<0 2, 3<1 3, 4<0 4", "1<0 2<0 3<1 4<0"},
		"answer with a wrong clock":          {"1<0 5, 2<1 1, 3<0 3", "3<0 1<0 2<1"},
		"parent that came later":             {"9<0 1, 2<9 1, 3<2 1", "9<0 2<9 3<2"},
		"hidden with an answer":              {"1<0 hidden 1, 2<1 2", "1<0… 2<1"},
		"deleted with an answer":             {"1<0 deleted 1, 2<1 2", "1<0… 2<1"},
		"hidden without":                     {"1<0 hidden 1, 2<1 deleted 2, 3<0 3", "3<0"},
		"hidden above hidden":                {"1<0 hidden 1, 2<1 deleted 2, 3<2 3", "1<0… 2<1… 3<2"},
		"waiting leaves no trace":            {"1<0 1, 2<1 held 2, 3<2 3", "1<0 3<1"},
		"spam leaves no trace":               {"2<0 spam 2, 3<2 3", "3<0"},
		"waiting between hidden and shown":   {"1<0 hidden 1, 2<1 held 2, 3<2 3", "1<0… 3<1"},
		"waiting above deleted":              {"1<0 held 1, 2<1 deleted 2, 3<2 3", "2<0… 3<2"},
		"parent that is not there":           {"3<7 1", "3<0"},
		"two in a circle":                    {"1<2 1, 2<1 2", "2<0 1<2"},
		"own parent":                         {"1<1 1, 2<1 2", "1<0 2<1"},
		"circle of what leaves no trace":     {"1<2 held 1, 2<1 held 2, 3<1 3", "3<0"},
		"circle of placeholders":             {"1<2 hidden 1, 2<1 hidden 2, 3<1 3", "2<0… 1<2… 3<1"},
		"several answers to one placeholder": {"1<0 deleted 1, 2<1 2, 3<1 3", "1<0… 2<1 3<1"},
	} {
		var given []thread.Item
		for _, s := range strings.Split(c.given, ", ") {
			if s != "" {
				given = append(given, item(t, s))
			}
		}
		var got []string
		for _, i := range thread.Build(given) {
			s := fmt.Sprintf("%d<%d", i.ID, i.ParentID)
			if i.Placeholder {
				s += "…"
				if i.ObjectURI != "" || i.Status != "" {
					t.Errorf("%s: a placeholder says %+v", name, i.Reply)
				}
			}
			got = append(got, s)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", name, strings.Join(got, " "), c.want)
		}
	}
}

// TestThreadOfAnyShapeIsArranged: whatever hangs where, each shown reply is there once, after its
// parent, and nothing else is.
func TestThreadOfAnyShapeIsArranged(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	statuses := []string{thread.Shown, thread.Shown, thread.Hidden, thread.Deleted, thread.Held, thread.Withheld}
	for range 3000 {
		given := make([]thread.Item, random.IntN(12))
		shown := 0
		for i := range given {
			given[i] = item(t, fmt.Sprintf("%d<%d %s %d", i+1, random.IntN(len(given)+2), statuses[random.IntN(len(statuses))], random.IntN(4)))
			if given[i].Status == thread.Shown {
				shown++
			}
		}
		seen := map[database.ID]bool{0: true}
		for _, i := range thread.Build(slices.Clone(given)) {
			if !seen[i.ParentID] || seen[i.ID] {
				t.Fatalf("%d comes before its parent %d, or twice, of %+v", i.ID, i.ParentID, given)
			}
			seen[i.ID] = true
			if !i.Placeholder {
				shown--
			}
		}
		if shown != 0 {
			t.Fatalf("%d shown replies are missing of %+v", shown, given)
		}
	}
}

func TestLongChainIsRead(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		above := w.teaID
		for i := range 30 {
			above = w.accepted(ada.Reply(above, fmt.Sprint(i))).ObjectID
		}
		for _, i := range w.thread().Items[:29] {
			w.must(w.hide(i.ID))
		}
		items := w.thread().Items
		if len(items) != 30 || !items[0].Placeholder || items[29].Placeholder || items[29].ParentID != items[28].ID {
			t.Errorf("%d items", len(items))
		}
	})
}
