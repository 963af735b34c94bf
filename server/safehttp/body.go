package safehttp

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// maxDiscard is how much of a redirect's body is read to keep its connection; a longer one costs
// the connection instead.
const maxDiscard = 2 << 10

// readBody reads up to max bytes, counted after inflation. With an error come the bytes read so
// far, at most max.
func readBody(res *http.Response, max int64) ([]byte, error) {
	inflated, err := inflate(res, max)
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	body, err := io.ReadAll(io.LimitReader(inflated, max+1))
	if int64(len(body)) > max {
		return body[:max], fmt.Errorf("%w: more than %d bytes", ErrTooLarge, max)
	}
	if err != nil {
		return body, fmt.Errorf("read answer: %w", err)
	}
	return body, nil
}

// inflate undoes the encodings we asked for: none or gzip ("x-gzip" is the same, RFC 9110
// §8.4.1.3).
func inflate(res *http.Response, max int64) (io.Reader, error) {
	switch encoding := strings.ToLower(strings.Join(res.Header.Values("Content-Encoding"), ", ")); encoding {
	case "", "identity":
		return res.Body, nil
	case "gzip", "x-gzip":
		return gunzip(res.Body, max)
	default:
		return nil, fmt.Errorf("%w: content encoding %.40q", ErrEncoding, encoding)
	}
}

// gunzip inflates; answers without a body (HEAD, 304) are empty whatever their header says. The
// packed side is bounded as well: flushed or stored gzip is rarely more than twice its content, and
// endless empty members would never reach the other cap.
func gunzip(packed io.Reader, max int64) (io.Reader, error) {
	in := bufio.NewReader(&cappedReader{from: packed, left: 2*max + maxHeaderBytes})
	if _, err := in.Peek(1); errors.Is(err, io.EOF) {
		return in, nil
	}
	return gzip.NewReader(in)
}

// cappedReader fails where io.LimitReader would pretend that the stream had ended.
type cappedReader struct {
	from io.Reader
	left int64
}

func (c *cappedReader) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, fmt.Errorf("%w: compressed", ErrTooLarge)
	}
	n, err := c.from.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}

// discard lets go of a body nobody wants.
func discard(body io.ReadCloser) {
	io.CopyN(io.Discard, body, maxDiscard) // the connection is reused if this works and closed if not
	body.Close()
}
