package widget

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"

	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

const maxCounts = 20 // addresses in one request

// Counts are the numbers of several pages, such as a list of posts shows: GET
// /api/v1/counts?url=…&url=…, 20 at most. A page we do not know has zeros, for to the reader of a
// list that is the same.
func (h *Handlers) Counts(w http.ResponseWriter, r *http.Request) error {
	jsonFormat.allow(w)
	query := r.URL.Query()
	if n := len(query["url"]); n == 0 || n > maxCounts {
		return fmt.Errorf("%w: name 1 to %d pages, each in its own url=", web.ErrInvalid, maxCounts)
	}
	counts := map[string]countsJSON{}
	for _, address := range query["url"] {
		if len(address) > maxURL {
			return fmt.Errorf("%w: an address has at most %d bytes here", web.ErrInvalid, maxURL)
		}
		c, err := h.count(r, where{address, query.Get("blog")})
		if err != nil {
			return err
		}
		counts[address] = c
	}
	body, err := marshal(map[string]any{"counts": counts})
	if err != nil {
		return fmt.Errorf("write the counts: %w", err)
	}
	sum := sha256.Sum256(body)
	web.Write(w, r, web.Page{
		Type: "application/json", Body: body, ETag: `"` + hex.EncodeToString(sum[:16]) + `"`, CacheControl: threadCache, Public: true,
	})
	return nil
}

func (h *Handlers) count(r *http.Request, page where) (countsJSON, error) {
	found, err := h.find(r.Context(), page)
	if errors.Is(err, database.ErrNotFound) {
		return countsJSON{}, nil
	}
	if err != nil {
		return countsJSON{}, err
	}
	head, err := thread.ReadHead(r.Context(), h.DB, postsOf(found.copies)...)
	if err != nil {
		return countsJSON{}, fmt.Errorf("count thread %s: %w", found.copies[0].Post.ID, err)
	}
	return countsJSON(head.Counts), nil
}
