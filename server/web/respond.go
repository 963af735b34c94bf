package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// HandlerFunc answers a request, or returns an error and has written nothing.
type HandlerFunc func(w http.ResponseWriter, r *http.Request) error

// ServeHTTP calls f and answers with its error if there is one.
func (f HandlerFunc) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := f(w, r); err != nil {
		Error(w, r, err)
	}
}

// Page is a whole answer from prepared bytes.
type Page struct {
	Type         string // Content-Type
	Body         []byte
	ETag         string    // in quotes, as RFC 9110 §8.8.3 writes it; "" for none
	ChangedAt    time.Time // Last-Modified, for people and archives: only the ETag decides about a 304. Zero for none
	CacheControl string    // "" means no-cache
	Vary         string
	Public       bool // any other site may read it: Access-Control-Allow-Origin *
	Status       int  // 0 means 200
}

// Write answers with p, or with 304 where the client already has this ETag. HEAD gets the headers
// alone.
func Write(w http.ResponseWriter, r *http.Request, p Page) {
	if NotModified(w, r, p) {
		return
	}
	w.Header().Set("Content-Type", p.Type)
	w.Header().Set("Content-Length", strconv.Itoa(len(p.Body)))
	if p.Status != 0 {
		w.WriteHeader(p.Status)
	}
	if r.Method != http.MethodHead {
		w.Write(p.Body) // a client that went away is nobody's error
	}
}

// NotModified sets the headers that p has whatever its body, and answers 304 where the client
// already has p.ETag. A handler that knows its ETag before its body calls it first, and stops if it
// is true.
func NotModified(w http.ResponseWriter, r *http.Request, p Page) bool {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", orElse(p.CacheControl, "no-cache"))
	if p.Vary != "" {
		h.Add("Vary", p.Vary)
	}
	if p.Public {
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		h.Set("Access-Control-Expose-Headers", "ETag")
	}
	if !p.ChangedAt.IsZero() {
		h.Set("Last-Modified", p.ChangedAt.UTC().Format(http.TimeFormat))
	}
	if p.ETag == "" {
		return false
	}
	h.Set("ETag", p.ETag)
	if !hasETag(r.Header.Get("If-None-Match"), p.ETag) {
		return false
	}
	w.WriteHeader(http.StatusNotModified)
	return true
}

// hasETag compares weakly, as RFC 9110 §13.1.2 wants: proxies that compress turn a strong tag into
// a weak one.
func hasETag(list, etag string) bool {
	for candidate := range strings.SplitSeq(list, ",") {
		candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
		if candidate == "*" || candidate == strings.TrimPrefix(etag, "W/") {
			return true
		}
	}
	return false
}

// JSON answers 200 with v.
func JSON(w http.ResponseWriter, r *http.Request, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write the answer as JSON: %w", err)
	}
	Write(w, r, Page{Type: "application/json", Body: body})
	return nil
}

// ActivityJSON answers with an ActivityPub document, or with 304 where the client has it. Its
// address may also have a page for people, hence Vary; and since some caches that stand before us
// know no Vary, they have to ask each time, which the ETag makes cheap.
func ActivityJSON(w http.ResponseWriter, r *http.Request, body []byte) {
	Write(w, r, Page{Type: "application/activity+json; charset=utf-8", Body: body, ETag: ETag(body), Vary: "Accept", Public: true})
}

// Redirect sends the browser to url with 303, which makes it ask with GET. Caches have to ask each
// time, unless the handler has said something else: where a post's page is may change, and to a
// server the same address may answer with a document.
func Redirect(w http.ResponseWriter, r *http.Request, url string) {
	if w.Header().Get("Cache-Control") == "" {
		w.Header().Set("Cache-Control", "no-cache")
	}
	http.Redirect(w, r, url, http.StatusSeeOther)
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
