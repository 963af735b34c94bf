// Package thread answers what is kept of a reply, and what readers see below a post.
//
// Note reads an object written elsewhere, Row and Stored are its row, and Target is the post or
// reply that an address names. ReadThread reads a page of the thread and Build arranges it. A
// reaction is a like, a boost or a dislike (ReactionKinds); Why says by which rule a reply has its
// status; Crawl is a plan to look for answers that nobody has sent.
//
// Each visible change bumps the version of the thread and its counts in the transaction that makes
// the change. Where another transaction was faster with the same thing, the error is ErrRace: look
// again.
//
// # Decisions
//
// The order of a thread is stored with each reply, as its place in it: branches by when they
// began, and in a branch an answer after what it answers. So a page is a range of an index. A
// branch stays one although readers may see it in pieces, for what of it is seen changes.
//
// A page of the web that several blogs here publish has one thread, made of those of all its posts
// when it is read. Each reply stays with the blog whose post it answers: that blog shows or hides
// it, and its counts are added up.
package thread
