package widget

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// crowd has n readers ask for pages at the same time, and counts how many pages are made, and how
// many at once at most.
func crowd(t *testing.T, h *Handlers, n int, etag func(int) string) (made, together int64) {
	t.Helper()
	var count, now, most atomic.Int64
	f := format{name: "test", render: func(asked, page) ([]byte, error) {
		count.Add(1)
		for at := now.Add(1); ; {
			before := most.Load()
			if at <= before || most.CompareAndSwap(before, at) {
				break
			}
		}
		defer now.Add(-1)
		return []byte(strings.Repeat("x", 1<<10)), nil
	}}
	a := asked{copies: []feeds.Copy{{Post: feeds.Post{ID: "aaaaaaaaaaaaaaaaaaaaaaaaaa"}}}}
	var readers sync.WaitGroup
	for i := range n {
		readers.Go(func() {
			if body, _, err := h.body(t.Context(), a, f, etag(i)); err != nil || len(body) != 1<<10 {
				t.Errorf("%d bytes, %v", len(body), err)
			}
		})
	}
	readers.Wait()
	return count.Load(), most.Load()
}

func TestAPageIsMadeOnceForACrowd(t *testing.T) {
	h := &Handlers{DB: databasetest.Open(t)}
	h.open()
	etag := h.etag(asked{copies: []feeds.Copy{{Post: feeds.Post{ID: "aaaaaaaaaaaaaaaaaaaaaaaaaa"}}}}, format{name: "test"}, 0)
	if made, _ := crowd(t, h, 200, func(int) string { return etag }); made != 1 {
		t.Errorf("a page was made %d times for 200 readers", made)
	}
}

func TestPanicOverAPageEndsOneRequest(t *testing.T) {
	h := &Handlers{DB: databasetest.Open(t)}
	h.open()
	a := asked{copies: []feeds.Copy{{Post: feeds.Post{ID: "aaaaaaaaaaaaaaaaaaaaaaaaaa"}}}}
	f := format{name: "test", render: func(asked, page) ([]byte, error) { panic("over this page") }}
	for range bounds.ThreadBuilds + 1 { // each leaves room for the next
		if _, _, err := h.body(t.Context(), a, f, "x"); err == nil || !strings.Contains(err.Error(), "panic: over this page") {
			t.Fatal(err)
		}
	}
}

func TestFewPagesAreMadeAtOnce(t *testing.T) {
	h := &Handlers{DB: databasetest.Open(t)}
	h.open()
	made, together := crowd(t, h, 10*bounds.ThreadBuilds, func(i int) string { return fmt.Sprint(i) })
	if made != 10*bounds.ThreadBuilds || together > bounds.ThreadBuilds {
		t.Errorf("%d pages were made, %d of them at the same time", made, together)
	}
}

func TestMemoryOfPagesIsBoundedInBytes(t *testing.T) {
	h := &Handlers{}
	h.open()
	largest := make([]byte, 4*bounds.ThreadPage)
	for i := range 200 {
		h.bodies.put(fmt.Sprint("large", i), largest, len(largest))
		for n := range 500 {
			h.bodies.put(fmt.Sprint(i, "/", n), nil, 0)
			h.places.put(where{url: fmt.Sprint(i, "/", n)}, place{}, 2<<10)
		}
	}
	if _, ok := h.bodies.get("large199"); !ok {
		t.Error("a page as large as may be is not kept")
	}
	held := 0
	for _, m := range []map[string]kept[[]byte]{h.bodies.new, h.bodies.old} {
		for key, e := range m {
			held += e.size + len(key)
		}
	}
	for _, m := range []map[where]kept[place]{h.places.new, h.places.old} {
		for _, e := range m {
			held += e.size
		}
	}
	if held > bounds.ThreadMemory || held < bounds.ThreadMemory/4 {
		t.Errorf("%d bytes are kept of %d", held, bounds.ThreadMemory)
	}
}
