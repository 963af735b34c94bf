// Package replies listens: it receives what other servers send, keeps the threads under the posts,
// and lets moderators decide what of them is seen.
//
//	POST inbox ─► type, size, JSON ─► filter ─► signature ─► authorise ─► effect + journal row, one transaction ─► 202
//	                                  blocked servers,             │
//	                                  floods of Deletes            └─► something is missing: journal row alone ─► 202
//	                                                                         │
//	read ◄─ Build ◄─ shown replies ◄─ threads, version + 1 ◄─ effect ◄─ fetch it ◄─ Run
//
// # Where things are
//
//	thread      what is stored, what an address names, and how a thread is read
//	moderation  who is let in, what readers see, and why; blocks; the blog's own answers
//	inbox       what becomes of an activity, of each kind; the journal
//	crawl       what is fetched from other servers: what an activity needs, answers that nobody sent
//	widget      the thread as HTML and JSON
//
// Each stands on those before it, and tells in its doc.go what was decided about it. The tests in
// this folder play stories through all of them.
//
// # Promises
//
// What was answered 2xx has had its effect, or has a row in the journal that leads to it or says
// why there is none. Trouble of our own is 503: senders come again, Mastodon for two days. Then
// nothing has changed, or the work went on after its time was over (web.Deadline), and what comes
// again is known.
//
// Nothing is believed because it is written in an activity. The signer is the actor, objects live
// on the actor's own origin and are attributed to them, and whose a stored thing is says our
// database. The decision is one function, inbox.Authorise, without any I/O. What somebody says
// about somebody else is asked for at its origin.
//
// Only public and unlisted replies have a row. Who may read one is said by its own to and cc and by
// nothing else; an edit can narrow that and never widen it. Of private ones a digest is remembered
// for a month, so that no later edit publishes them.
//
// Everything may come twice, at the same time, and in the wrong order. Unique keys decide: the
// journal's on the activity, the tables' on what it means. A Delete or Undo that comes first is
// remembered.
//
// Who may quote a post is the blog's to say (FEP-044f). One object has at most one authorization on
// one post, gets the same however often it asks, and none again once it was taken back: by the
// owner, by a block, or because the object was deleted.
//
// What an author's server, or the blog, keeps from passers-by (moderation/consent.go) is in no
// thread, count or collection, from the transaction on in which we learn of it. Their word is asked
// for again before it counts, and now and then after that (crawl/withheld.go); what the blog
// answers meanwhile is told to the author and withheld with the reply.
//
// What its author deletes is gone: the text is purged, the row stays to keep the id from coming
// back, and no moderator of ours can undo it. Who deleted it may, or the community of the post: then
// its own server is asked for it again (inbox/restore.go).
//
// A thread's version grows in the transaction of every visible change, so it is the ETag, and its
// counts are what a recount would say.
//
// A page of a thread costs what the page holds. Nothing that a person or a crowd writes below a
// post makes it longer, and nobody drowns the others: who is shown at once and says very much under
// one post waits for a moderator (moderation/judge.go).
package replies
