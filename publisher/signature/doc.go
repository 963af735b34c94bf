// Package signature proves who sent a request: HTTP signatures as draft-cavage-http-signatures-12 describes them and the fediverse speaks
// them, RSA keys only. It signs what we send and verifies what arrives; it knows no actor and fetches nothing itself.
//
//	request ─► parse ─► scheme, coverage ─► window ─► digest ─► Keys(keyID) ─► RSA ─┬─► PublicKey, with its owner
//	           cheap checks, nothing is fetched for a request that fails one        └─ no: Keys(keyID, fresh) once, RSA again
//
// It is the only importer of github.com/go-fed/httpsig, which builds the signed string and does the RSA. Everything that package leaves
// open is done here, because each of these, measured, lets a forged or an honest request through the wrong way:
//
//   - It checks no digest, requires no coverage and knows no window. Here a signature must cover (request-target), host, a date or
//     (created), and for a request with a body its SHA-256 digest, which is compared with the bytes; it may be 65 minutes old (or until
//     its own expires, 12 hours at most) and 65 minutes ahead.
//   - It signs and verifies the decoded path, while the wire and every peer have the raw one. Here it is given the request target as it
//     stood in the request line; for old peers that leave the query out, a second time without it.
//   - Its parser splits at commas, takes the last of two keyIds and stumbles over a space. Here parameters are parsed with their quotes,
//     doubles are refused, and it is handed a header of our own writing.
//   - Its clock is the machine's and allows 10 seconds; ours is injected and allows for skewed peers. verify.go says how.
//   - A signer shared between goroutines makes wrong signatures in silence: each request gets its own. A request signed again loses its
//     old Digest and Signature first.
//   - It writes algorithm="hs2019", which Guppe and old Takahe refuse; we write rsa-sha256, which everyone knows.
//
// The signed host is not the Host header but what the caller says it must be: the authority of the base URL that the request belongs to.
// A proxy that rewrites Host then breaks nothing, and a signature made for another server is not good for ours.
//
// Requests with Signature-Input (RFC 9421) are refused with words of their own and 401, which is when their senders fall back to the draft.
package signature
