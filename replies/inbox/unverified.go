package inbox

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

// check returns the request to verify. Where too many requests of its network could not be verified
// lately, that asks for no key that we do not have: others share the network, and those whom we know
// are still known.
func (u unverified) check(r *http.Request) *http.Request {
	if u.bound.Has(web.Client(r)) {
		return r
	}
	return r.WithContext(publisher.WithKnownKeys(r.Context()))
}

// refusal is what the sender is told where checked, which is from check, could not be verified.
func (u unverified) refusal(checked *http.Request, err error) error {
	if publisher.KnownKeysOnly(checked.Context()) && couldNot(err) {
		return fmt.Errorf("%w: too many requests from your network could not be verified lately; check your key and your clock", web.ErrTooMany)
	}
	return err
}

// couldNot says whether err is about a request that cannot be verified, and not trouble of our own.
func couldNot(err error) bool {
	return errors.Is(err, web.ErrUnsigned) || errors.Is(err, signature.ErrKeyUnreachable)
}

// learn counts a request by what became of its signature.
func (u unverified) learn(r *http.Request, key signature.PublicKey, err error) {
	if couldNot(err) {
		u.bound.Take(web.Client(r))
	}
	switch {
	case u.remotes == nil:
	case err == nil:
		u.remotes.Verified(r.Context(), key.ID, key.Owner)
	default:
		u.remotes.Unverified(r.Context(), err)
	}
}
