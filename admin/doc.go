// Package admin is the page for people with rights: which posts and replies wait for a decision,
// how each blog's feed is doing, and which deliveries fail and why. It shows and decides with the
// packages below; its own are only the tables of sign-in links and sessions.
//
//	bloghorn admin link ─► token ─► GET /admin/?token=… ─► session cookie ─► GET /admin/ ─► POST /admin/replies/{id}/approve ─► 303 back
//	                                                                            ├─► POST /admin/held/{post}/announce|quiet|same
//	                                                                            ├─► POST /admin/held/{blog}/{rule}/announce|quiet
//	                                                                            ├─► POST /admin/blogs/{id}/read
//	                                                                            └─► GET /admin/hidden, whose replies can be shown again
//
// # Who gets in
//
// There are no passwords yet. Whoever can run a command on the server may make a link (serve prints
// one too). It works once, within 30 minutes; the database holds only hashes of links and cookies,
// so a stolen backup opens nothing. A session ends after 12 idle hours, or 30 days after it began.
//
// A link is taken only by a browser that opens it as a page. HEAD, prefetching and prerendering
// leave it as it is, because programs that look at links before people do would otherwise spend
// them.
//
// # What keeps others out
//
// The page has its own listener, so that no script of the blog shares its origin. The cookie is
// HttpOnly, SameSite=Lax (a link in a mail must work) and limited to /admin/, since browsers send
// cookies of one host to every port of it. Forms are taken from our own origin only
// (http.CrossOriginProtection, which reads Sec-Fetch-Site and Origin), and requests under a name
// that is neither an address nor localhost nor the configured one are refused: that is DNS
// rebinding. The content security policy lets in our style sheet and nothing else, so even HTML
// that slipped through the sanitiser could not run.
//
// # Decisions
//
// Everything is one server-rendered page, and one of hidden replies, whose forms work without
// JavaScript and answer 303. A decision about a reply leads back to the next card of the same page,
// so that nobody loses their place. What it says after a form is picked from fixed sentences by a
// word in the address; no text from a URL is shown.
//
// Posts that the hold rules keep are grouped by blog and rule, because what happened is one thing
// however many posts it brought. A button for a whole group carries the time up to which its posts
// were shown, so that it never decides about what came since. An announcement cannot be called
// back: more than ten are asked back on a page of its own, which says how many people would get
// them, at most thirty go at one press, and they go one every ten minutes. Of two people who decide
// about one post the first one does, and the other is told so.
package admin
