package signature

import (
	"fmt"

	"github.com/bloghorn/bloghorn/server/web"
)

// Why a request is not believed. All are 401 but the last, which is 503: the sender shall try
// again.
var (
	ErrUnsigned       = fmt.Errorf("%w: the request has no Signature header", web.ErrUnsigned)
	ErrUnsupported    = fmt.Errorf("%w: this kind of signature is not supported", web.ErrUnsigned)
	ErrMalformed      = fmt.Errorf("%w: the signature headers are malformed", web.ErrUnsigned)
	ErrCoverage       = fmt.Errorf("%w: the signature does not cover enough of the request", web.ErrUnsigned)
	ErrWindow         = fmt.Errorf("%w: the signature is too old or from the future", web.ErrUnsigned)
	ErrDigest         = fmt.Errorf("%w: the body is not the one that was signed", web.ErrUnsigned)
	ErrKey            = fmt.Errorf("%w: the key is not usable", web.ErrUnsigned)
	ErrMismatch       = fmt.Errorf("%w: the signature was not made with this key for this request", web.ErrUnsigned)
	ErrKeyUnreachable = fmt.Errorf("%w: the document of your key cannot be had from it; the same request is welcome again later", web.ErrElsewhere)
)
