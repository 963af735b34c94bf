// Package replies listens: it receives what other servers send, keeps the threads under the posts, and lets moderators decide what of
// them is seen.
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
//	inbox       what becomes of an activity, one file for each kind; the journal
//	crawl       what is fetched from other servers: what an activity needs, answers that nobody sent
//	widget      the thread as HTML and JSON
//
// Each stands on those before it. The tests in this folder play stories through all of them.
//
// # Promises
//
// What was answered 2xx has had its effect, or has a row in the journal that leads to it or says why there is none. Trouble of our own is
// 503: senders come again, Mastodon for two days. Then nothing has changed, or the work went on after its time was over (web.Deadline),
// and what comes again is known.
//
// Nothing is believed because it is written in an activity. The signer is the actor, objects live on the actor's own origin and are
// attributed to her, and whose a stored thing is says our database. The decision is one function, authorise, without any I/O. What
// somebody says about somebody else is asked for at its origin.
//
// Only public and unlisted replies have a row. Who may read one is said by its own to and cc and by nothing else; an edit can narrow
// that and never widen it. Of private ones a digest is remembered for a month, so that no later edit publishes them.
//
// Everything may come twice, at the same time, and in the wrong order. Unique keys decide: the journal's on the activity, the tables' on
// what it means. A Delete or Undo that comes first is remembered.
//
// Who may quote a post is the blog's to say (FEP-044f). One object has at most one authorization on one post, gets the same however often it asks,
// and none again once it was taken back: by the owner, by a block, or because the object was deleted.
//
// What an author's server, or the blog, keeps from passers-by (consent.go) is in no thread, count or collection, from the transaction on in
// which we learn of it. Their word is asked for again before it counts, and now and then after that (preferences.go); what the blog answers
// meanwhile is told to the author and withheld with the reply.
//
// What its author deletes is gone: the text is purged, the row stays to keep the id from coming back, and no moderator can undo it.
//
// A thread's version grows in the transaction of every visible change, so it is the ETag, and its counts are what a recount would say.
//
// A page of a thread costs what the page holds. Nothing that a person or a crowd writes below a post makes it longer, and nobody drowns the
// others: who is shown at once and says very much under one post waits for a moderator (room.go).
//
// # Decisions
//
// An author we have never met is fetched before the answer, for a second at most: her document mostly came along with her key, so it costs
// nothing. Where it does not work out, the worker does it.
//
// An activity whose actor did not sign it may bear a proof of hers (proof.go); then it is as if she
// had sent it. Else it is taken for forwarded only where it concerns the signer's server
// (ActivityPub §7.1.2); anything else is a forgery and refused. Nothing of a forwarded activity is
// kept but the id of its object.
//
// The journal knows a Follow, a Like, a Dislike, an EmojiReact, an Announce, a Block, a
// QuoteRequest, a Move and an Undo again by id and date, everything else by id, an Update also by
// what it says: see inbound.dedupe.
//
// Of a deleted reply nothing is left but its row. Who undoes the Delete, its author or the
// community of the post, has it fetched from its own server and judged as a new one (restore.go).
//
// A like with an emoji and a like are one kind: of a person and a thing the last one counts, and when it is taken back the one before it
// (covered.go).
//
// Whoever is blocked may still delete, undo and block a blog: nothing of hers is shown by it. A
// blocked server may not; it is refused before anything is fetched from it, its Follows too, and a
// Follow from a blocked person elsewhere is answered with a Reject. Blocks are read from the table
// for each activity; what is being stored in the very moment in which a block is made may slip
// through.
//
// A block hides, and keeps the status and the approval that a reply had, so that lifting it gives back what was there. It is the same where
// somebody blocks a blog: until they take that back, no moderator can show what they wrote.
//
// Likes and boosts of the blocked are kept out of the counts (reactions.go). What a blocked person likes later is stored like that, so that
// lifting the block counts it. Of a blocked server nothing is stored: to know who likes there, its keys would have to be asked for.
//
// A quote that asks for leave is nothing before it has it: its Create is dropped, and the
// QuoteRequest, which mostly brings it along, or the Update that names the authorization makes it a quote.
// One that only has the older fields never asks; it is shown as they are, held like any reply of a
// stranger. The line in it that names what is quoted (class quote-inline) goes, since it stands
// below that.
//
// To stay out of search engines is a wish where indexable or discoverable is false, or the profile says #nobot; a server that says neither
// wishes nothing. It is a mark on each comment. Our own pages are kept out of them altogether.
//
// Of a report only what is ours is kept, of at most 100 a day and server. Ours is sent for no blog,
// so that a block made next does not cancel it.
//
// What a blog answers is a reply like any other, of author 0: what is answered, liked or counted
// below it needs no second way. An answer to a reply that a moderator keeps from readers is
// refused, for it would tell of it. Its Note begins with a mention, which is made when it is built
// and is no part of what is stored, so that pages show what was written.
//
// A community that announces a post which was posted into it boosts nothing, and of the votes it passes on those count that the voters' own
// servers confirm (community.go). What a moderator there removes stays here until its author's server says that it is gone: a group is
// believed about nobody's words but its own.
//
// An account that an owner has elsewhere is adopted (adopted.go) on the word of its profile, which
// only its owner can write: that keeps the conversations of others out. A link back from the blog
// is not asked for: who runs the command speaks for the blog. Her toots are read from her outbox,
// not followed, so that nothing private comes here.
//
// The order of a thread is stored with each reply, as its place in it: branches by when they began, and in a branch an answer after what it
// answers. So a page is a range of an index. A branch stays one although readers may see it in pieces, for what of it is seen changes.
//
// A page of the web that several blogs here publish has one thread, made of those of all its posts
// when it is read. Each reply stays with the blog whose post it answers: that blog shows or hides
// it, and its counts are added up.
//
// Approval is a mark on the reply, not its status: a person stays known when her approved reply is deleted, and is unknown again when a
// moderator hides it. What was shown because of moderation.unknown=show makes nobody known.
package replies
