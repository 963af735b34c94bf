// Package moderation answers who is let in, what readers see of it, and why.
//
// Judge decides whether words that come in are held, withheld or shown; thread.Why keeps by which
// rule, and Listed.Because says it. What its author's profile or the blog keeps from passers-by is
// withheld, and comes back by itself (consent.go). Approve and Hide decide about one reply,
// AddBlock about everything of a person or a server; a block keeps the state and the reason that a
// reply had, so that lifting it gives back what was there. RevokeQuote takes back the leave to
// quote, CloseReport deals with a report. Each decision is an entry of a log (Decisions) that only
// grows.
//
// The blog's own voice belongs here too: its answers (Answer, EditAnswer, DeleteAnswer), and the
// accounts that its owner has elsewhere (AddAccount).
//
// # Decisions
//
// A block hides, and keeps the status and the approval that a reply had, so that lifting it gives
// back what was there. It is the same where somebody blocks a blog: until they take that back, no
// moderator can show what they wrote.
//
// Likes and boosts of the blocked are kept out of the counts. What a blocked person likes later is
// stored like that, so that lifting the block counts it. Of a blocked server nothing is stored: to
// know who likes there, its keys would have to be asked for.
//
// To stay out of search engines is a wish where indexable or discoverable is false, or the profile
// says #nobot; a server that says neither wishes nothing. It is a mark on each comment. Our own
// pages are kept out of them altogether.
//
// Of a report only what is ours is kept, of at most 100 a day and server. Ours is sent for no
// blog, so that a block made next does not cancel it.
//
// What a blog answers is a reply like any other, of author 0: what is answered, liked or counted
// below it needs no second way. An answer to a reply that a moderator keeps from readers is
// refused, for it would tell of it. Its Note begins with a mention, which is made when it is built
// and is no part of what is stored, so that pages show what was written.
//
// An account that an owner has elsewhere is adopted (accounts.go) on the word of its profile, which
// only its owner can write: that keeps the conversations of others out. A link back from the blog
// is not asked for: who runs the command speaks for the blog. Their toots are read from the
// outbox, not followed, so that nothing private comes here.
//
// Approval is a mark on the reply, not its status: a person stays known when their approved reply
// is deleted, and is unknown again when a moderator hides it. What was shown because of
// moderation.unknown=show makes nobody known.
package moderation
