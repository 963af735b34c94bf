package delivery

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

// knockTimeout is for requests that name no time of their own.
const knockTimeout = 15 * time.Second

// Knock sends a request signed in the way its host is known to take, draft-cavage where nothing is known; and where the answer may be about
// the signature, once more in another way: by what its Accept-Signature asks for, else by the other scheme. Both together have the time of
// r, and only one of the answers is returned. What the host took in the end is remembered for a week, here and for other processes.
//
// sign is called for each request, and for each hop of one, just before it is sent. key is the one it signs with.
func (s *Schemes) Knock(
	ctx context.Context, client *safehttp.Client, r safehttp.Request, key signature.Key, sign func(*http.Request, signature.Style) error,
) (*safehttp.Response, error) {
	r.Timeout = cmp.Or(r.Timeout, knockTimeout)
	whole, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	host := activitypub.Host(r.URL)
	style := s.first(whole, host)
	r.Sign = func(req *http.Request) error { return sign(req, style) }
	first, err := client.Do(whole, r)
	if err != nil || !rejectsSignature(host, first.Status) {
		return first, err
	}
	style = style.Next(first.Header, key)
	second, err := client.Do(whole, r)
	switch {
	case err != nil && r.Method == http.MethodPost:
		return nil, err // it may have arrived this time: the first answer must neither end the delivery nor say that it did not
	case err != nil:
		return first, nil
	}
	if judge(host, second.Status).state == Delivered {
		s.won(whole, host, style.Scheme)
	}
	if isBetterAnswer(r.Method, host, first.Status, second.Status) {
		return first, nil
	}
	return second, nil
}

// rejectsSignature says whether a status may be about the signature. Mastodon and Fedify answer
// 401, others 400 for what they cannot parse or 403 for whom they do not know, Threads 404.
func rejectsSignature(host string, status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		return true
	}
	return status == http.StatusNotFound && isThreads(host)
}

// isBetterAnswer says whether the first of two answers leaves more hope than the second. A server
// that has no patience with a scheme it does not know (400) shall not end a delivery that it would
// take tomorrow (401). Of a document, a 404 or 410 is what was asked for.
func isBetterAnswer(method, host string, first, second int) bool {
	if method != http.MethodPost && !rejectsSignature(host, second) {
		return false
	}
	state := judge(host, second).state
	return state != Delivered && state != Pending && judge(host, first).state == Pending
}
