// Package safehttp is the only way out of the program: every request that Bloghorn sends to the
// world goes through a Client of this package. Most addresses it is asked for were written by
// strangers (a feed's link, an actor's inbox, a Location header), so a request is treated as an
// attempt to reach the machine next door until the connection itself proves otherwise.
//
//	URL ─► spelling: scheme, no user, a host ─► sign ─► dial ─► the connected IP public? ─► headers ≤ 64 KiB ─► body ≤ cap, inflated
//	          ▲                                                                                    │
//	          └──────────────── redirect: a new request, everything again ◄────────────────────────┘
//
// What it promises:
//
//   - The address is checked on the socket, after DNS and for each attempt, hop and retry, so neither a name that answers differently
//     the second time nor an odd spelling of 127.0.0.1 gets past. Only global unicast addresses may be dialled; IPv6 forms that carry
//     an IPv4 address inside (mapped, compatible, NAT64, 6to4, Teredo) are no way around it. Any port is allowed: inboxes live on 8443 too.
//   - The only exception is Options.Allow, by the URL's exact host:port. It opens no other port and no other spelling of the same host.
//   - One deadline holds for the whole journey, redirects and body included, so a server that drips a byte a second costs no more
//     than one that never answers.
//   - A body is counted after inflation; a gzip bomb costs its cap and no more. The compressed side is counted as well, because gzip can
//     be made of endlessly many empty members.
//   - A redirected GET is a new request: spelling and address are checked and it is signed anew for its new host. A POST goes nowhere
//     but to another path of the same host:port, and only when the answer (307, 308) says that the body shall be sent again.
//   - Nothing of the environment changes the way: no proxy variables, since a proxy would do the dialling where nobody checks.
//
// Decisions:
//
//   - The Transport is used directly, without http.Client: cookies, Referer, basic authentication from URLs and its ten redirects are
//     all things we would have to switch off.
//   - HTTP/1.1 only. Bloghorn sends at most two requests at a time to one host, where HTTP/2 gains nothing and brings a second
//     implementation of every limit above.
//   - Any HTTP status is an answer, not an error: whether 410 is good news is for the caller to say.
//   - TLS sessions are kept across requests (a resumed handshake costs a third less CPU than a first one), and up to two idle connections a
//     host.
package safehttp
