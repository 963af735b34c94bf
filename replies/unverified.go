package replies

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/web"
)

// unverified bounds what can be caused by requests that nobody stands up for: by the network that
// they come from, never by whom they name. Only what cannot be verified is counted, so that a
// server with a thousand readers is not held back.
type unverified struct {
	bound   *web.Limiter
	remotes *publisher.Remotes // may be nil
}

// check is an error where too many requests of the network could not be verified lately.
func (u unverified) check(r *http.Request) error {
	if u.bound.Has(web.Client(r)) {
		return nil
	}
	return fmt.Errorf("%w: too many requests from your network could not be verified lately; check your key and your clock", web.ErrTooMany)
}

// learn counts a request by what became of its signature.
func (u unverified) learn(r *http.Request, key signature.PublicKey, err error) {
	if errors.Is(err, web.ErrUnsigned) || errors.Is(err, signature.ErrKeyUnreachable) {
		u.bound.Take(web.Client(r))
	}
	switch {
	case u.remotes == nil:
	case err == nil:
		u.remotes.Verified(r.Context(), key.ID)
	default:
		u.remotes.Unverified(r.Context(), err)
	}
}
