// Package inbox answers what becomes of an activity that another server sends.
//
// receive (inbox.go) takes a request to its answer, Apply an activity to its effect. An effect is a
// method of Inbox; activities.go names it for each kind. Where one needs something from the network
// first, it returns Missing and has written nothing; package crawl fetches that and tries again.
//
// # Decisions
//
// An author we have never met is fetched before the answer, for a second at most: their document
// mostly came along with their key, so it costs nothing. Where it does not work out, the worker
// does it.
//
// An activity whose actor did not sign it may bear a proof of theirs (proof.go); then it is as if
// they had sent it. Else it is taken for forwarded only where it concerns the signer's server
// (ActivityPub §7.1.2); anything else is a forgery and refused. Nothing of a forwarded activity is
// kept but the id of its object.
//
// The journal knows a Follow, a Like, a Dislike, an EmojiReact, an Announce, a Block, a
// QuoteRequest, a Move and an Undo again by id and date, everything else by id, where it has one, an
// Update also by what it says: see Inbound.dedupe.
//
// Of a deleted reply nothing is left but its row. Who undoes the Delete, its author or the
// community of the post, has it fetched from its own server and judged as a new one (restore.go).
//
// A like with an emoji and a like are one kind: of a person and a thing the last one counts, and
// when it is taken back the one before it (like.go).
//
// Whoever is blocked may still delete, undo and block a blog: nothing of theirs is shown by it. A
// blocked server may not; it is refused before anything is fetched from it, its Follows too, and a
// Follow from a blocked person elsewhere is answered with a Reject. Blocks are read from the table
// for each activity; what is being stored in the very moment in which a block is made may slip
// through.
//
// A quote that asks for leave is nothing before it has it: its Create is dropped, and the
// QuoteRequest, which mostly brings it along, or the Update that names the authorization makes it
// a quote. One that only has the older fields never asks; it is shown as they are, held like any
// reply of a stranger. The line in it that names what is quoted (class quote-inline) goes, since
// it stands below that.
//
// A community that announces a post which was posted into it boosts nothing, and of the votes it
// passes on those count that the voters' own servers confirm (community.go). What a moderator
// there removes stays here until its author's server says that it is gone: a group is believed
// about nobody's words but its own.
package inbox
