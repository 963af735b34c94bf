// Package signature proves who sent a request: HTTP signatures in the two ways that the fediverse
// speaks, draft-cavage-http-signatures-12 and RFC 9421. It signs what we send and verifies what
// arrives; it knows no actor and fetches nothing itself.
//
//	request ─► parse ─► scheme, coverage ─► window ─► digest ─► Keys(keyID) ─► RSA ─┬─► PublicKey, with its owner
//	           cheap checks, nothing is fetched for a request that fails one        └─ no: Keys(keyID, fresh) once, RSA again
//
// Both schemes go through this one door (Verifier.Verify), with the same window, the same errors
// and the same result. A signature must cover the method, the whole address, a time and, for a
// request with a body, a digest that is compared with the bytes; it may be 65 minutes old (or until
// its own expires, 12 hours at most) and 65 minutes ahead.
//
// The signed address is not what the Host header or X-Forwarded-* say but the base URL that the
// caller says the request belongs to. A proxy that rewrites Host then breaks nothing, and a
// signature made for another server is not good for ours.
//
// # RFC 9421
//
// Signature-Input decides: who sends it means RFC 9421, and is not believed by draft-cavage if that
// fails. The structured fields are parsed and written by github.com/dunglas/httpsfv, whose only
// importer this package is; which names occur twice, which it overwrites in silence, is found by
// doubled.go.
//
// Of several signatures the first is taken that we understand (its components are on the list in
// components.go, its algorithm is ours, and it covers what it has to). The others are ignored, also
// where the first turns out wrong: one key is asked for, and a request is said by that one or by
// nobody. KeyID makes the same choice. Components that we do not know, or that have parameters, are
// refused rather than skipped; the parameters tag and nonce are signed and otherwise ignored,
// because replays are the business of whoever remembers activity ids. The algorithms are
// rsa-v1_5-sha256 and, for a key of that kind, ed25519; where none is named, the key decides.
//
// We sign "@method" "@target-uri" and, for a body, "content-digest", with created, keyid and alg,
// under the label sig1: what Mastodon wants and all others read. Style.Next makes of a refusal what
// to try next: an Accept-Signature (RFC 9421 §5) that we can fulfil, else the other scheme. A
// request carries one signature, never both: Mastodon looks at one only, and which differs.
//
// # Draft-cavage
//
// It is the only importer of github.com/go-fed/httpsig, which builds the signed string and does the
// RSA. Everything that package leaves open is done here, because each of these, measured, lets a
// forged or an honest request through the wrong way:
//
//   - It checks no digest, requires no coverage and knows no window. Here a signature must cover (request-target), host, a date or
//     (created), and for a request with a body its SHA-256 digest.
//   - It signs and verifies the decoded path, while the wire and every peer have the raw one. Here it is given the request target as it
//     stood in the request line; for old peers that leave the query out, a second time without it.
//   - Its parser splits at commas, takes the last of two keyIds and stumbles over a space. Here parameters are parsed with their quotes,
//     doubles are refused, and it is handed a header of our own writing.
//   - Its clock is the machine's and allows 10 seconds; ours is injected and allows for skewed peers. claim.go says how.
//   - A signer shared between goroutines makes wrong signatures in silence: each request gets its own. A request signed again loses its
//     old Digest and Signature first.
//   - It writes algorithm="hs2019", which Guppe and old Takahe refuse; we write rsa-sha256, which everyone knows.
package signature
