package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/server/bounds"
)

// Bodies bounds the memory that all requests together may have for what they send, before anybody
// knows whether they are worth it. The zero value is ready.
type Bodies struct {
	mu       sync.Mutex
	all      int
	networks map[string]int
}

type bodiesKey struct{}

// held is what one request has.
type held struct {
	in      *Bodies
	network string
	bytes   int
}

// Middleware has what a request is given by ReadBody and Hold counted until it is answered. It
// needs Proxies.Middleware around it.
func (b *Bodies) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := &held{in: b, network: Client(r)}
		defer h.release()
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), bodiesKey{}, h)))
	})
}

// Hold counts memory for the request of ctx until it is answered. Where there is no more of it, the
// error is ErrTooMany: a 503 would be a line in the log for each.
func Hold(ctx context.Context, bytes int) error {
	h, ok := ctx.Value(bodiesKey{}).(*held)
	if !ok {
		return nil
	}
	h.in.mu.Lock()
	defer h.in.mu.Unlock()
	its := h.in.networks[h.network] + bytes
	switch {
	case h.network != "" && its > bounds.BodiesOfNetwork:
		return fmt.Errorf("%w: what you send at once is more than there is room for; send less at once", ErrTooMany)
	case h.in.all+bytes > bounds.BodiesInAll,
		its > bounds.BodiesOfNetwork/16 && h.in.all+bytes > bounds.BodiesInAll*3/4: // the last quarter is for those who have little
		return fmt.Errorf("%w: too much is sent here at once", ErrTooMany)
	}
	if h.in.networks == nil {
		h.in.networks = map[string]int{}
	}
	h.in.networks[h.network] = its
	h.in.all += bytes
	h.bytes += bytes
	return nil
}

func (h *held) release() {
	if h.bytes == 0 {
		return
	}
	h.in.mu.Lock()
	defer h.in.mu.Unlock()
	h.in.all -= h.bytes
	if h.in.networks[h.network] -= h.bytes; h.in.networks[h.network] == 0 {
		delete(h.in.networks, h.network)
	}
}

// Body is a request's body of at most max bytes, which has to come at bounds.BodyPace. Its errors
// are ErrTooLarge, ErrSlow and ErrInvalid.
func Body(w http.ResponseWriter, r *http.Request, max int64) io.Reader {
	b := &body{from: http.MaxBytesReader(w, r.Body, max), conn: http.NewResponseController(w), max: max, began: time.Now()}
	if server, ok := r.Context().Value(http.ServerContextKey).(*http.Server); ok {
		b.write = server.WriteTimeout
	}
	return b
}

type body struct {
	from  io.Reader
	conn  *http.ResponseController
	max   int64
	read  int
	began time.Time
	write time.Duration // to answer
}

func (b *body) Read(p []byte) (int, error) {
	grown := time.Duration(b.read) * time.Second / bounds.BodyPace
	b.conn.SetReadDeadline(b.began.Add(bounds.BodyPatience + grown)) // a request that came otherwise than by a connection has none
	n, err := b.from.Read(p)
	b.read += n
	if errors.Is(err, io.EOF) {
		b.conn.SetReadDeadline(time.Time{}) // it would end the request while somebody works on it
	}
	if err != nil && b.write > 0 {
		b.conn.SetWriteDeadline(time.Now().Add(b.write)) // that of the server began before the body came
	}
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil, errors.Is(err, io.EOF):
		return n, err
	case errors.As(err, &tooLarge):
		return n, fmt.Errorf("%w: a body has at most %d bytes here", ErrTooLarge, b.max)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return n, fmt.Errorf("%w: %d bytes came in %v", ErrSlow, b.read, time.Since(b.began).Round(time.Second))
	}
	return n, fmt.Errorf("%w: the body broke off: %v", ErrInvalid, err)
}

// firstRead is the room for a body at first: most are smaller.
const firstRead = 8 << 10

// ReadBody reads a request's body as Body does. What it needs is counted as by Hold, as it comes:
// nobody has room for what they only announce.
func ReadBody(w http.ResponseWriter, r *http.Request, max int64) ([]byte, error) {
	from, room := Body(w, r, max), 0
	var read []byte
	for {
		if len(read) == cap(read) {
			more := min(firstRead+3*room, int(max)+1-room)
			if known := r.ContentLength; known >= int64(room) && known < int64(room+more) { // else it was wrong
				more = int(known) + 1 - room
			}
			if err := Hold(r.Context(), more); err != nil {
				return nil, err
			}
			room += more
			read = append(make([]byte, 0, room), read...)
		}
		n, err := from.Read(read[len(read):cap(read)])
		read = read[:len(read)+n]
		switch {
		case errors.Is(err, io.EOF):
			return read, nil
		case err != nil:
			return nil, err
		}
	}
}
