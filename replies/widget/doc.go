// Package widget is the side of a thread that readers see: comments as JSON, as an HTML fragment,
// as a page that works without JavaScript, and the custom element <bloghorn-comments> that puts the
// fragment under a post.
//
//	GET /comments?url=…        fragment.html ──► <bloghorn-comments> (static/comments.js), or an include of a static site
//	GET /thread?url=…          page.html around the same fragment, with the form to answer from one's own server
//	GET /api/v1/comments?url=… the same thread as JSON          GET /api/v1/counts?url=…&url=… only numbers
//
// What it promises:
//
//   - What nobody may see is not here: it shows what thread.ReadThread returns, and sanitises it once more.
//   - A reader's browser contacts nobody but us before a click. Avatars are initials, attachments are links.
//   - A reader who has the thread already costs one read of threads.version: it is in the ETag, and rendered pages are kept, in a memory
//     that is bounded in bytes. One that is not there is made once, however many ask for it.
//   - While the database does not answer, a request gets the page that it got last, if that is still in memory, the database was asked about
//     it in the last minutes, and this process knows of no change of the post or its thread since: Cache-Status then says how old it is, and
//     nobody may store it (stale.go).
//   - Nobody has to read more than a page, and every page leads on: cursor= names the next one, and that with more of a long exchange.
//   - Nothing is fetched for a reader, and the name of their server is neither kept nor logged: the form answers 303 to that server, which
//     does the rest.
//
// Decisions:
//
//   - One template makes the markup for all three. The element fetches HTML and not JSON, because a second rendering in JavaScript
//     would be a second place to get escaping, dates and plurals wrong. It enters the page by one Trusted Types policy, fedi-comments.
//   - "Show more" is a link to a page of /thread, for browsers without scripts too; the element puts what it leads to in its place.
//   - The form of another site is not answered with a redirect: it could send readers anywhere in our name. It gets our page, filled in.
//   - A quote stands among the replies with a mark (kind "quote", part quote), and is counted apart.
//   - Our addresses are kept from search engines (X-Robots-Tag); inside the blog's own page, what an author wants in no index has
//     data-nosnippet, and "noindex" in the JSON.
//   - Replies are nested three levels deep; deeper ones follow flat and name whom they answer. Narrow screens can show no more, and a browser
//     gives up at 512 nested elements.
//   - Every thread may be stored but is asked for again (no-cache): a moderator who hides a reply
//     wants it gone from the next reading on. Where we do not answer, a cache may go on for ten
//     minutes (bounds.StalePage).
//   - A page is found by its address through a small memory of 30 seconds; a post's address changes less often than that.
package widget
