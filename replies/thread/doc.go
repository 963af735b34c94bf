// Package thread answers what is kept of a reply, and what readers see below a post.
//
// Note reads an object written elsewhere, Row and Stored are its row, and Target is the post or reply that an address names. ReadThread
// reads a page of the thread and Build arranges it. A reaction is a like, a boost or a dislike (ReactionKinds); Why says by which rule a
// reply has its status; Crawl is a plan to look for answers that nobody has sent.
//
// Each visible change bumps the version of the thread and its counts in the transaction that makes the change. Where another transaction
// was faster with the same thing, the error is ErrRace: look again.
package thread
